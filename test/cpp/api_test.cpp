// The C++ API as a program uses it: torch/torch.h and nothing else of ours.
#include <torch/torch.h>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

std::vector<float> values(const torch::Tensor& t) {
  const torch::Tensor flat = t.contiguous().view({-1});
  const float* data = flat.data_ptr<float>();
  return {data, data + flat.numel()};
}

template <typename F>
std::string error_of(F call) {
  try {
    call();
  } catch (const c10::Error& error) {
    return error.what();
  }
  return "";
}

TEST(Api, RandomNumbersAreThoseOfPython) {
  torch::manual_seed(0);
  const torch::Tensor x = torch::randn({2, 3});
  const std::vector<float> expected{
      1.5409960746765137f,
      -0.293428897857666f,
      -2.1787893772125244f,
      0.5684312582015991f,
      -1.0845223665237427f,
      -1.3985954523086548f};
  EXPECT_EQ(values(x), expected);
}

TEST(Api, BackwardFillsGradOfLeaves) {
  torch::Tensor x = torch::arange(6, torch::kFloat32).view({2, 3}).clone();
  x.requires_grad_();
  torch::Tensor w = torch::ones({3}, torch::kFloat32).requires_grad_();
  const torch::Tensor loss = ((x * w + 1) * 2).sum();
  loss.backward();
  EXPECT_FLOAT_EQ(loss.item().to<float>(), 42.f);
  EXPECT_EQ(values(x.grad()), std::vector<float>(6, 2.f));
  EXPECT_EQ(values(w.grad()), (std::vector<float>{6, 10, 14}));
  EXPECT_TRUE(x.is_leaf());
  EXPECT_FALSE(loss.is_leaf());
}

TEST(Api, DoubleBackward) {
  torch::Tensor x = torch::full({}, 3., torch::kFloat64).requires_grad_();
  torch::pow(x, 3).backward({}, std::nullopt, /*create_graph=*/true);
  const torch::Tensor first = x.grad().clone();
  EXPECT_DOUBLE_EQ(first.item().to<double>(), 27.);
  x.mutable_grad() = torch::Tensor();
  first.backward();
  EXPECT_DOUBLE_EQ(x.grad().item().to<double>(), 18.);
}

TEST(Api, NoGradGuardRecordsNothing) {
  torch::Tensor x = torch::ones({2}).requires_grad_();
  {
    torch::NoGradGuard no_grad;
    EXPECT_FALSE((x * 2).requires_grad());
    x.add_(1); // a leaf may be written here
  }
  EXPECT_TRUE((x * 2).requires_grad());
  EXPECT_EQ(values(x), (std::vector<float>{2, 2}));
}

TEST(Api, ViewsShareAndAssign) {
  torch::Tensor x = torch::zeros({2, 2});
  x.select(0, 1).fill_(3);
  EXPECT_EQ(values(x), (std::vector<float>{0, 0, 3, 3}));
  EXPECT_EQ(values(x.t()), (std::vector<float>{0, 3, 0, 3}));
}

TEST(Api, ErrorsCarryTheTextOfPython) {
  EXPECT_EQ(
      error_of([] { torch::ones({2, 3}).mm(torch::ones({2, 3})); }),
      "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
  EXPECT_EQ(
      error_of([] { torch::ones({2}).requires_grad_().add_(1); }),
      "a leaf Variable that requires grad is being used in an in-place "
      "operation.");
}

// y = 2x + 1 by gradient descent: forward, backward, update, in a loop.
TEST(Api, ALineIsLearned) {
  torch::manual_seed(1);
  const torch::Tensor x = torch::randn({64, 1});
  const torch::Tensor y = x * 2 + 1;
  torch::Tensor w = torch::zeros({1, 1}).requires_grad_();
  torch::Tensor b = torch::zeros({1}).requires_grad_();
  for (int step = 0; step < 200; ++step) {
    torch::mse_loss(torch::addmm(b, x, w), y).backward();
    torch::NoGradGuard no_grad;
    for (torch::Tensor* p : {&w, &b}) {
      p->sub_(p->grad(), 0.1);
      p->mutable_grad() = torch::Tensor();
    }
  }
  EXPECT_NEAR(w.item().to<float>(), 2.f, 1e-4);
  EXPECT_NEAR(b.item().to<float>(), 1.f, 1e-4);
}

} // namespace

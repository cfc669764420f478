// The softmax kernels, run on the CPU and compared with the CPU's own.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/SoftMax.cu"
#include "generated/ops/SoftMax.h"

namespace {

using namespace testing_cuda;
using at::native::SoftMaxSum;

constexpr float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

double tolerance_of(ScalarType dtype) {
  return dtype == at::kHalf ? 1e-3 : dtype == at::kBFloat16 ? 1e-2 : 1e-5;
}

void check(const Tensor& x, int64_t dim) {
  const double tolerance = tolerance_of(x.scalar_type());
  const Tensor y = at::_softmax(x, dim, false);
  const Tensor log_y = at::_log_softmax(x, dim, false);
  const Tensor grad = random(x.sizes(), x.scalar_type(), 5);
  const Tensor out = empty(x.sizes(), x.scalar_type());
  at::native::softmax_cuda_out(x, dim, false, out);
  expect_close(out, y, tolerance);
  at::native::log_softmax_cuda_out(x, dim, false, out);
  expect_close(out, log_y, tolerance);
  at::native::softmax_backward_cuda_out(grad, y, dim, x.scalar_type(), out);
  expect_close(
      out,
      at::_softmax_backward_data(grad, y, dim, x.scalar_type()),
      tolerance);
  at::native::log_softmax_backward_cuda_out(
      grad, log_y, dim, x.scalar_type(), out);
  expect_close(
      out,
      at::_log_softmax_backward_data(grad, log_y, dim, x.scalar_type()),
      10 * tolerance);
}

TEST(CUDASoftMax, rows_in_a_warp) {
  for (int64_t n : {1, 2, 31, 33, 64, 65, 200, 256, 257, 1000, 1024}) {
    check(random({19, n}), 1);
  }
}

TEST(CUDASoftMax, rows_in_a_block) {
  for (int64_t n : {1025, 4096, 4099, 9001}) {
    check(random({3, n}), 1);
  }
}

TEST(CUDASoftMax, columns) {
  check(random({2, 5, 3}), 1);
  check(random({3, 70, 33}), 1);
  check(random({300, 100}), 0);
  check(random({2, 1, 40}), 1);
}

TEST(CUDASoftMax, every_dtype) {
  for (auto dtype : {at::kHalf, at::kBFloat16, at::kDouble}) {
    check(random({4, 100}, dtype), 1);
    check(random({2, 3000}, dtype), 1);
    check(random({20, 30}, dtype), 0);
  }
}

TEST(CUDASoftMax, a_number_and_a_strided_tensor) {
  check(random({1}).view(IntArrayRef()), 0);
  check(random({30, 40}).transpose(0, 1), 1);
}

TEST(CUDASoftMax, half_becomes_float) {
  for (int64_t n : {100, 2000}) {
    const Tensor x = random({3, n}, at::kHalf);
    const Tensor out = empty(x.sizes(), at::kFloat);
    at::native::softmax_cuda_out(x, 1, true, out);
    const Tensor y = at::_softmax(x.to(at::kFloat), 1, false);
    expect_close(out, y, 1e-5);
    const Tensor grad = random(x.sizes(), at::kFloat, 3);
    const Tensor grad_x = empty(x.sizes(), at::kHalf);
    at::native::softmax_backward_cuda_out(grad, y, 1, at::kHalf, grad_x);
    expect_close(
        grad_x,
        at::_softmax_backward_data(grad, y, 1, at::kFloat).to(at::kHalf),
        1e-3);
  }
  EXPECT_THROW(
      at::native::softmax_cuda_out(
          random({3}), 0, true, empty({3}, at::kFloat)),
      c10::Error);
}

// One pass gives what two passes give, whatever the order.
void check_sum(std::vector<float> x) {
  float top = -kInf;
  for (float v : x) {
    top = v > top ? v : top;
  }
  float sum = 0;
  for (float v : x) {
    sum += std::exp(v - top);
  }
  std::sort(x.begin(), x.end(), [](float a, float b) {
    return std::isnan(b) ? !std::isnan(a) : a < b;
  });
  for (int order = 0; order < 2; ++order) {
    const size_t half = x.size() / 2;
    auto a = SoftMaxSum<float>::none();
    auto b = SoftMaxSum<float>::none();
    for (size_t i = 0; i < x.size(); ++i) {
      (i < half ? a : b).add(x[i]);
    }
    for (const auto& joined : {a.join(b), b.join(a)}) {
      EXPECT_EQ(joined.top, top);
      if (top != -kInf) { // of a row of -inf, x - top is NaN already
        EXPECT_TRUE(
            std::isnan(sum) ? std::isnan(joined.sum)
                            : std::abs(joined.sum - sum) < 1e-5f * sum);
      }
    }
    std::reverse(x.begin(), x.end());
  }
}

TEST(CUDASoftMax, one_pass_sums_as_two_do) {
  check_sum({1, 2, 3, 4, -5, 100});
  check_sum({-kInf, 1, -kInf, 2});
  check_sum({-kInf, -kInf});
  check_sum({kInf, 1});
  check_sum({kInf, kInf, -kInf});
  check_sum({kNan, 1});
  check_sum({-kInf, kNan, 1, 2});
}

} // namespace

// The fused optimizer steps of CUDA, run on the CPU and compared with the
// CPU's.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/FusedOptim.cu"

#include "generated/ops/FusedOptim.h"

namespace {

using namespace testing_cuda;

// Some parameters of different sizes with what a step needs of each.
struct Parameters {
  std::vector<Tensor> param, grad, first, second, third, step;

  explicit Parameters(ScalarType dtype = at::kFloat) {
    unsigned seed = 1;
    for (int64_t n : {1, 300, 0, 7, 2000}) {
      for (auto* list : {&param, &grad, &first, &second, &third}) {
        Tensor t = random({n}, dtype, seed++);
        if (list == &second || list == &third) {
          t = t.mul(t); // squares are not negative
        }
        list->push_back(t);
      }
      step.push_back(empty({}).fill_(3));
    }
    // Columns: another layout than its gradient's.
    param.push_back(random({4, 6}, dtype, seed++).t());
    for (auto* list : {&grad, &first, &second, &third}) {
      Tensor t = random({6, 4}, dtype, seed++);
      list->push_back(t.mul(t));
    }
    step.push_back(empty({}).fill_(1));
  }
};

void expect_same(const Parameters& a, const Parameters& b, double tolerance) {
  for (size_t i = 0; i < a.param.size(); ++i) {
    expect_close(a.param[i], b.param[i], tolerance);
    expect_close(a.grad[i], b.grad[i], tolerance);
    expect_close(a.first[i], b.first[i], tolerance);
    expect_close(a.second[i], b.second[i], tolerance);
    expect_close(a.third[i], b.third[i], tolerance);
  }
}

TEST(CUDAFusedOptim, adam) {
  for (bool amsgrad : {false, true}) {
    for (bool maximize : {false, true}) {
      Parameters a, b;
      at::native::fused_adam_cuda_(
          a.param, a.grad, a.first, a.second, a.third, a.step, 0.01, 0.9, 0.99,
          0.1, 1e-8, amsgrad, maximize, {}, {});
      at::_fused_adam_(
          b.param, b.grad, b.first, b.second, b.third, b.step, 0.01, 0.9, 0.99,
          0.1, 1e-8, amsgrad, maximize, {}, {});
      expect_same(a, b, 1e-5);
    }
  }
}

TEST(CUDAFusedOptim, adamw_in_16_bits) {
  Parameters a(at::kHalf), b(at::kHalf);
  at::native::fused_adamw_cuda_(
      a.param, a.grad, a.first, a.second, a.third, a.step, 0.01, 0.9, 0.99,
      0.1, 1e-4, false, false, {}, {});
  at::_fused_adamw_(
      b.param, b.grad, b.first, b.second, b.third, b.step, 0.01, 0.9, 0.99,
      0.1, 1e-4, false, false, {}, {});
  expect_same(a, b, 5e-3);
}

TEST(CUDAFusedOptim, sgd) {
  for (double momentum : {0.0, 0.9}) {
    for (bool first : {false, true}) {
      for (bool nesterov : {false, true}) {
        Parameters a, b;
        at::native::fused_sgd_cuda_(
            a.param, a.grad, a.first, 0.1, momentum, 0.01, 0, nesterov, false,
            first, {}, {});
        at::_fused_sgd_(
            b.param, b.grad, b.first, 0.1, momentum, 0.01, 0, nesterov, false,
            first, {}, {});
        expect_same(a, b, 1e-5);
      }
    }
  }
}

TEST(CUDAFusedOptim, an_infinity_found_leaves_everything) {
  Parameters a;
  const Parameters before;
  at::native::fused_adam_cuda_(
      a.param, a.grad, a.first, a.second, a.third, a.step, 0.01, 0.9, 0.99, 0,
      1e-8, false, false, {}, empty({}).fill_(1));
  expect_same(a, before, 0);
}

TEST(CUDAFusedOptim, gradients_are_unscaled) {
  Parameters a, b;
  const Tensor scale = empty({}).fill_(4);
  at::native::fused_sgd_cuda_(
      a.param, a.grad, {}, 0, 0, 0.5, 0, false, false, true, scale, {});
  at::_fused_sgd_(
      b.param, b.grad, {}, 0, 0, 0.5, 0, false, false, true, scale, {});
  expect_same(a, b, 1e-6);
}

TEST(CUDAFusedOptim, more_parameters_than_one_launch_holds) {
  std::vector<Tensor> param, grad;
  for (unsigned i = 0; i < 70; ++i) {
    param.push_back(random({5}, at::kFloat, i + 1));
    grad.push_back(random({5}, at::kFloat, 100 + i));
  }
  std::vector<Tensor> expected;
  for (size_t i = 0; i < param.size(); ++i) {
    expected.push_back(param[i].sub(grad[i].mul(0.25)));
  }
  at::native::fused_sgd_cuda_(
      param, grad, {}, 0, 0, 0.25, 0, false, false, true, {}, {});
  for (size_t i = 0; i < param.size(); ++i) {
    expect_close(param[i], expected[i], 1e-6);
  }
}

} // namespace

// Batch norm's kernels, run on the CPU and compared with the CPU's own body.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/Normalization.cu"
#include "generated/ops/Normalization.h"

namespace {

using namespace testing_cuda;

void check(
    const Tensor& x,
    bool affine,
    bool training,
    double tolerance = 1e-4) {
  const int64_t channels = x.size(1);
  const auto vector = [&](unsigned seed) {
    return random({channels}, at::kFloat, seed).abs();
  };
  const Tensor weight = affine ? vector(2) : Tensor();
  const Tensor bias = affine ? vector(3) : Tensor();
  const Tensor mean = vector(4), var = vector(5).add(1);
  const Tensor mean2 = mean.clone(), var2 = var.clone();
  const auto [y, m, s] =
      at::native_batch_norm(x, weight, bias, mean, var, training, 0.1, 1e-5);
  const auto [y2, m2, s2] = at::native::native_batch_norm_cuda(
      x, weight, bias, mean2, var2, training, 0.1, 1e-5);
  expect_close(y2, y, tolerance);
  expect_close(mean2, mean, 1e-5);
  expect_close(var2, var, 1e-5);
  if (training) {
    expect_close(m2, m.to(m2.scalar_type()), tolerance);
    expect_close(s2, s.to(s2.scalar_type()), tolerance);
  }
  const Tensor grad = random(x.sizes(), x.scalar_type(), 6);
  const auto expected = at::native_batch_norm_backward(
      grad, x, weight, mean, var, m, s, training, 1e-5, {true, true, true});
  const auto actual = at::native::native_batch_norm_backward_cuda(
      grad, x, weight, mean, var, m, s, training, 1e-5, {true, true, true});
  expect_close(std::get<0>(actual), std::get<0>(expected), tolerance);
  expect_close(std::get<1>(actual), std::get<1>(expected), tolerance);
  expect_close(std::get<2>(actual), std::get<2>(expected), tolerance);
}

TEST(CUDABatchNorm, small_images) {
  check(random({5, 3, 4, 4}), true, true);
  check(random({5, 3, 4, 4}), false, false);
}

TEST(CUDABatchNorm, large_images) {
  check(random({3, 2, 70, 71}), true, true);
  check(random({3, 2, 16, 16}), true, false);
}

TEST(CUDABatchNorm, rows_of_channels) { check(random({200, 33}), true, true); }

TEST(CUDABatchNorm, every_dtype) {
  check(random({5, 3, 20, 20}, at::kHalf), true, true, 5e-3);
  check(random({5, 3, 4}, at::kBFloat16), false, true, 4e-2);
  check(random({5, 3, 20, 20}, at::kDouble), false, true, 1e-6);
}

TEST(CUDABatchNorm, a_mean_far_from_zero_cancels_nothing) {
  const Tensor x = random({8, 2, 33}).add(10000);
  const auto [y, m, s] =
      at::native::native_batch_norm_cuda(x, {}, {}, {}, {}, true, 0.1, 0.0);
  const Tensor d = x.to(at::kDouble);
  const auto [y2, m2, s2] =
      at::native_batch_norm(d, {}, {}, {}, {}, true, 0.1, 0.0);
  expect_close(s, s2.to(at::kFloat), 1e-6);
}

} // namespace

// The kernels of layer norm, run on the CPU and compared with the CPU's own.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/NormalizationKernel.cu"

namespace {

using namespace testing_cuda;
using at::native::LayerNormBackwardCall;
using at::native::LayerNormCall;

void* data(const Tensor& t) { return t.defined() ? t.data_ptr() : nullptr; }

// x: (rows, n); weight and bias may be undefined.
void check(
    const Tensor& x,
    const Tensor& weight,
    const Tensor& bias,
    double tolerance) {
  const int64_t rows = x.size(0), n = x.size(1);
  const auto dtype = x.scalar_type();
  const auto inner = c10::is_reduced_floating_type(dtype) ? at::kFloat : dtype;
  const Tensor grad = random({rows, n}, dtype, 4);
  Tensor y[2], mean[2], rstd[2], grad_x[2], grad_w[2], grad_b[2];
  for (int i = 0; i < 2; ++i) {
    const auto device = i == 0 ? c10::kCUDA : c10::kCPU;
    y[i] = empty({rows, n}, dtype);
    mean[i] = empty({rows}, inner);
    rstd[i] = empty({rows}, inner);
    at::native::layer_norm_stub(
        device,
        LayerNormCall{
            dtype,
            rows,
            n,
            data(x),
            data(weight),
            data(bias),
            data(y[i]),
            data(mean[i]),
            data(rstd[i]),
            1e-5});
    grad_x[i] = empty({rows, n}, dtype);
    grad_w[i] = empty({n}, inner);
    grad_b[i] = empty({n}, inner);
    at::native::layer_norm_backward_stub(
        device,
        LayerNormBackwardCall{
            dtype,
            rows,
            n,
            data(grad),
            data(x),
            data(weight),
            data(mean[i]),
            data(rstd[i]),
            data(grad_x[i]),
            data(grad_w[i]),
            data(grad_b[i])});
  }
  expect_close(y[0], y[1], tolerance);
  expect_close(mean[0], mean[1], 1e-5);
  expect_close(rstd[0], rstd[1], 1e-5);
  expect_close(grad_x[0], grad_x[1], tolerance);
  expect_close(grad_w[0], grad_w[1], 1e-4);
  expect_close(grad_b[0], grad_b[1], 1e-4);
}

TEST(CUDALayerNorm, rows_in_a_warp) {
  for (int64_t n : {1, 3, 32, 100, 1024}) {
    check(random({37, n}), random({n}), random({n}, at::kFloat, 3), 1e-4);
  }
}

TEST(CUDALayerNorm, rows_in_a_block) {
  for (int64_t n : {1025, 5000}) {
    check(random({5, n}), random({n}), {}, 1e-4);
  }
}

TEST(CUDALayerNorm, every_dtype) {
  check(random({9, 200}, at::kDouble), {}, {}, 1e-10);
  check(random({9, 200}, at::kHalf), random({200}), random({200}), 5e-3);
  check(random({9, 1030}, at::kBFloat16), {}, random({1030}), 4e-2);
}

TEST(CUDALayerNorm, many_rows) {
  check(random({3000, 5}), random({5}), random({5}), 1e-4);
}

TEST(CUDALayerNorm, no_rows) {
  check(random({0, 5}), random({5}), random({5}), 0);
}

} // namespace

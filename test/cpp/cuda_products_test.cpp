// Our own products and convolutions of CUDA, run on the CPU and compared with
// the CPU's.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/Convolution.cu"
#include "aten/native/cuda/LinearAlgebra.cu"

#include "generated/ops/LinearAlgebra.h"

namespace at::native {
const conv::ConvProvider* cudnn_conv_provider() { return nullptr; }
} // namespace at::native

namespace {

using namespace testing_cuda;
using at::Scalar;
using at::native::blas::GemmCall;
using at::native::blas::Matrix;

// alpha a b + beta c over row-major or transposed operands.
void check_product(
    int64_t m,
    int64_t n,
    int64_t k,
    ScalarType dtype = at::kFloat,
    bool left = false,
    bool right = false,
    Scalar alpha = 1,
    Scalar beta = 0) {
  const Tensor a = random(left ? IntArrayRef{k, m} : IntArrayRef{m, k}, dtype);
  const Tensor b =
      random(right ? IntArrayRef{n, k} : IntArrayRef{k, n}, dtype, 2);
  const Tensor c = random({m, n}, dtype, 3);
  GemmCall call;
  call.dtype = dtype;
  call.m = m;
  call.n = n;
  call.k = k;
  call.a = {a.data_ptr(), left ? m : k, left};
  call.b = {b.data_ptr(), right ? k : n, right};
  call.alpha = alpha;
  call.beta = beta;
  const Tensor actual = c.clone();
  call.c = actual.data_ptr();
  call.ldc = n;
  at::native::gemm_stub(c10::kCUDA, call);
  const Tensor expected = at::addmm(
      c, left ? a.t() : a, right ? b.t() : b, beta, alpha);
  expect_close(actual, expected, dtype == at::kHalf ? 2e-2 : 1e-4);
}

TEST(CUDAProducts, sizes_around_a_tile) {
  for (int64_t m : {1, 15, 16, 17}) {
    for (int64_t n : {1, 16, 33}) {
      for (int64_t k : {1, 16, 20}) {
        check_product(m, n, k);
      }
    }
  }
}

TEST(CUDAProducts, transposed_operands) {
  for (bool left : {false, true}) {
    for (bool right : {false, true}) {
      check_product(18, 19, 7, at::kFloat, left, right);
    }
  }
}

TEST(CUDAProducts, factors_and_dtypes) {
  check_product(5, 6, 7, at::kFloat, false, false, 2, 0.5);
  check_product(5, 6, 7, at::kDouble, false, true, -1, 1);
  check_product(5, 6, 7, at::kHalf);
  check_product(5, 6, 7, at::kLong, true);
  check_product(5, 6, 7, at::kComplexFloat);
}

TEST(CUDAProducts, no_terms_leave_the_added_matrix) {
  check_product(4, 5, 0, at::kFloat, false, false, 1, 2);
}

TEST(CUDAProducts, an_unread_result_may_hold_nan) {
  const Tensor a = random({3, 3});
  Tensor c = empty({3, 3});
  c.fill_(std::numeric_limits<double>::quiet_NaN());
  GemmCall call;
  call.dtype = at::kFloat;
  call.m = call.n = call.k = call.ldc = 3;
  call.a = call.b = {a.data_ptr(), 3, false};
  call.c = c.data_ptr();
  at::native::gemm_stub(c10::kCUDA, call);
  expect_close(c, at::mm(a, a), 1e-5);
}

TEST(CUDAProducts, batches_lie_their_strides_apart) {
  const Tensor a = random({3, 4, 5});
  const Tensor b = random({3, 5, 6}, at::kFloat, 2);
  const Tensor c = empty({3, 4, 6});
  GemmCall call;
  call.dtype = at::kFloat;
  call.m = 4;
  call.n = call.ldc = 6;
  call.k = 5;
  call.a = {a.data_ptr(), 5, false};
  call.b = {b.data_ptr(), 6, false};
  call.c = c.data_ptr();
  call.batch = 3;
  call.a_stride = 20;
  call.b_stride = 30;
  call.c_stride = 24;
  at::native::gemm_stub(c10::kCUDA, call);
  expect_close(c, at::bmm(a, b), 1e-5);
}

TEST(CUDAProducts, matrix_times_strided_vector) {
  const Tensor a = random({7, 9});
  const Tensor x = random({18}, at::kFloat, 2);
  const Tensor y = random({14}, at::kFloat, 3);
  const Tensor expected = y.clone();
  at::native::blas::GemvCall call;
  call.dtype = at::kFloat;
  call.m = 7;
  call.n = 9;
  call.a = Matrix{a.data_ptr(), 9, false};
  call.x = x.data_ptr();
  call.incx = 2;
  call.y = y.data_ptr();
  call.incy = 2;
  at::native::gemv_stub(c10::kCUDA, call);
  const Tensor even = x.view({9, 2}).select(1, 0);
  Tensor target = expected.view({7, 2}).select(1, 0);
  target.copy_(at::mv(a, even));
  expect_close(y, expected, 1e-5);
}

TEST(CUDAProducts, dot_of_every_length) {
  for (int64_t n : {0, 1, 255, 257, 70000}) {
    const Tensor x = random({n});
    const Tensor y = random({n}, at::kFloat, 2);
    const Tensor out = empty({});
    at::native::dot_stub(
        c10::kCUDA, at::kFloat, n, x.data_ptr(), 1, y.data_ptr(), 1, false,
        out.data_ptr());
    expect_close(out, at::dot(x, y), 1e-4);
  }
}

TEST(CUDAProducts, dot_conjugates_its_left_side) {
  const Tensor x = random({30}, at::kComplexFloat).mul(Scalar(1));
  const Tensor out = empty({}, at::kComplexFloat);
  at::native::dot_stub(
      c10::kCUDA, at::kComplexFloat, 30, x.data_ptr(), 1, x.data_ptr(), 1,
      true, out.data_ptr());
  expect_close(out, at::vdot(x, x), 1e-4);
}

// ------------------------------------------------------------ convolutions

using at::native::conv::ConvProblem;

ConvProblem problem_of(
    std::array<int64_t, 3> in,
    std::array<int64_t, 3> kernel,
    std::array<int64_t, 3> stride,
    std::array<int64_t, 3> padding,
    std::array<int64_t, 3> dilation,
    int64_t groups) {
  ConvProblem p{
      at::kFloat, 3, groups, 4, 6, in, {}, kernel, stride, padding, dilation};
  for (size_t d = 0; d < 3; ++d) {
    p.out[d] = (in[d] + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1) /
            stride[d] +
        1;
  }
  return p;
}

void check_convolution(const ConvProblem& p) {
  const Tensor x = random({p.batch, p.in_channels, p.in_size()});
  const Tensor w = random(
      {p.out_channels, p.in_channels / p.groups, p.kernel_size()},
      at::kFloat,
      2);
  const Tensor b = random({p.out_channels}, at::kFloat, 3);
  const Tensor gy =
      random({p.batch, p.out_channels, p.out_size()}, at::kFloat, 4);
  Tensor y[2], gx[2], gw[2], gb[2];
  const at::native::conv::ConvProvider* providers[2] = {
      at::native::conv_provider_stub(c10::kCUDA, p),
      &at::native::conv::select_conv_provider(p)};
  for (int i = 0; i < 2; ++i) {
    y[i] = empty(gy.sizes());
    gx[i] = empty(x.sizes());
    gw[i] = empty(w.sizes());
    gb[i] = empty(b.sizes());
    providers[i]->forward(
        p, x.data_ptr(), w.data_ptr(), b.data_ptr(), y[i].data_ptr());
    providers[i]->backward_input(
        p, gy.data_ptr(), w.data_ptr(), gx[i].data_ptr());
    providers[i]->backward_weight(
        p, gy.data_ptr(), x.data_ptr(), gw[i].data_ptr(), gb[i].data_ptr());
  }
  expect_close(y[0], y[1], 1e-4);
  expect_close(gx[0], gx[1], 1e-4);
  expect_close(gw[0], gw[1], 1e-4);
  expect_close(gb[0], gb[1], 1e-4);
}

TEST(CUDAConvolution, plain) {
  check_convolution(
      problem_of({1, 6, 5}, {1, 3, 2}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}, 1));
}

TEST(CUDAConvolution, strides_padding_dilation) {
  check_convolution(
      problem_of({1, 9, 8}, {1, 3, 3}, {1, 2, 3}, {0, 1, 2}, {1, 2, 1}, 1));
}

TEST(CUDAConvolution, groups) {
  check_convolution(
      problem_of({1, 5, 5}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}, {1, 1, 1}, 2));
}

TEST(CUDAConvolution, three_dimensions) {
  check_convolution(
      problem_of({4, 3, 5}, {2, 3, 2}, {1, 1, 2}, {1, 1, 0}, {1, 1, 1}, 1));
}

} // namespace

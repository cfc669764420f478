#include "aten/native/blas/Products.h"

#include <algorithm>
#include <cstring>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(dot_stub);

namespace {

using blas::GemmCall;
using blas::Matrix;

// ---------------------------------------------------- operands as BLAS has them

// How a matrix with these sizes and strides is read, if it can be.
bool describe(
    int64_t rows,
    int64_t cols,
    int64_t row_stride,
    int64_t col_stride,
    Matrix& matrix) {
  if ((col_stride == 1 || cols <= 1) &&
      (row_stride >= std::max<int64_t>(1, cols) || rows <= 1)) {
    matrix.ld = rows <= 1 ? std::max<int64_t>(1, cols) : row_stride;
    matrix.transposed = false;
    return true;
  }
  if ((row_stride == 1 || rows <= 1) &&
      (col_stride >= std::max<int64_t>(1, rows) || cols <= 1)) {
    matrix.ld = cols <= 1 ? std::max<int64_t>(1, rows) : col_stride;
    matrix.transposed = true;
    return true;
  }
  return false;
}

// The last two dimensions of a tensor as a Matrix; a copy where BLAS cannot
// read them in place. Borrows the tensor.
class Operand {
 public:
  explicit Operand(const Tensor& t) {
    if (C10_UNLIKELY(!describe_tensor(t))) {
      copy_ = Tensor(at::detail::empty(t.sizes(), t.scalar_type(), t.device()));
      at::detail::copy_(copy_, t);
      describe_tensor(copy_);
    }
  }
  const Matrix& matrix() const { return matrix_; }
  int64_t batch_stride() const { return batch_stride_; }

 private:
  bool describe_tensor(const Tensor& t) {
    const IntArrayRef sizes = t.sizes();
    const IntArrayRef strides = t.strides();
    const size_t d = sizes.size();
    matrix_.data = t.data_ptr();
    batch_stride_ = d == 3 ? strides[0] : 0;
    return describe(
        sizes[d - 2], sizes[d - 1], strides[d - 2], strides[d - 1], matrix_);
  }

  Tensor copy_;
  Matrix matrix_;
  int64_t batch_stride_ = 0;
};

Tensor empty_like_contiguous(const Tensor& t, ScalarType dtype) {
  return Tensor(at::detail::empty(t.sizes(), dtype, t.device()));
}

Tensor to_float(const Tensor& t) {
  Tensor result = empty_like_contiguous(t, c10::ScalarType::Float);
  at::detail::copy_(result, t);
  return result;
}

// (b1 b2)^T = b2^T b1^T: the same product for a column-major result.
void swap_operands(GemmCall& call) {
  std::swap(call.a, call.b);
  std::swap(call.m, call.n);
  std::swap(call.a_stride, call.b_stride);
  call.a.transposed = !call.a.transposed;
  call.b.transposed = !call.b.transposed;
}

void multiply(const Tensor& out, const GemmCall& call) {
  if (out.is_cuda()) {
    gemm_stub(c10::kCUDA, call);
  } else {
    blas::gemm(call);
  }
}

bool is_row_bias(const Tensor& self, const Tensor& out) {
  const int64_t n = out.sizes()[1];
  return self.dim() == 1 && self.sizes()[0] == n && out.strides()[1] == 1 &&
      (self.strides()[0] == 1 || n == 1) &&
      self.scalar_type() == out.scalar_type();
}

} // namespace

// ------------------------------------------------------------------ checks

void check_matrix_dtypes(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(
      a.scalar_type() == b.scalar_type(),
      "expected m1 and m2 to have the same dtype, but got: ",
      c10::cpp_type_name(a.scalar_type()),
      " != ",
      c10::cpp_type_name(b.scalar_type()));
}

void check_batch_dtypes(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(
      a.scalar_type() == b.scalar_type(),
      "expected scalar type ",
      a.scalar_type(),
      " but found ",
      b.scalar_type());
}

void check_no_bool(ScalarType dtype, const char* name) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      dtype != c10::ScalarType::Bool,
      '"',
      name,
      "\" not implemented for 'Bool'");
}

// ---------------------------------------------------------------- products

// out = alpha * a b + beta * out for matrices or batches of them.
void multiply_into(
    const Tensor& out,
    const Tensor& a,
    const Tensor& b,
    const Scalar& beta,
    const Scalar& alpha) {
  const size_t d = out.sizes().size();
  GemmCall call;
  call.dtype = out.scalar_type();
  call.m = out.sizes()[d - 2];
  call.n = out.sizes()[d - 1];
  call.k = a.sizes()[d - 1];
  call.batch = d == 3 ? out.sizes()[0] : 1;
  if (out.numel() == 0) {
    return;
  }
  Matrix c;
  const bool direct = describe(
                          call.m,
                          call.n,
                          out.strides()[d - 2],
                          out.strides()[d - 1],
                          c) &&
      !out.is_alias_of(a) && !out.is_alias_of(b);
  const bool through_float = out.is_cpu() &&
      c10::is_reduced_floating_type(call.dtype) &&
      call.m * call.n * call.k > blas::kTinyProduct;
  if (!direct || through_float) {
    const ScalarType dtype =
        through_float ? c10::ScalarType::Float : call.dtype;
    Tensor result = empty_like_contiguous(out, dtype);
    if (!beta.equal(0)) {
      at::detail::copy_(result, out);
    }
    multiply_into(
        result,
        through_float ? to_float(a) : a,
        through_float ? to_float(b) : b,
        beta,
        alpha);
    at::detail::copy_(out, result);
    return;
  }
  const Operand left(a);
  const Operand right(b);
  call.a = left.matrix();
  call.b = right.matrix();
  call.a_stride = left.batch_stride();
  call.b_stride = right.batch_stride();
  call.c = out.data_ptr();
  call.ldc = c.ld;
  call.c_stride = d == 3 ? out.strides()[0] : 0;
  call.alpha = alpha;
  call.beta = beta;
  if (c.transposed) {
    swap_operands(call);
  }
  multiply(out, call);
}

// out = self, broadcast; nothing where beta is zero or out is self.
void copy_added(const Tensor& out, const Tensor& self, const Scalar& beta) {
  if (out.is_same(self)) {
    return;
  }
  if (out.is_cpu() && out.dim() == 2 && is_row_bias(self, out)) {
    const size_t bytes = static_cast<size_t>(out.sizes()[1]) * out.itemsize();
    const size_t step = static_cast<size_t>(out.strides()[0]) * out.itemsize();
    char* to = static_cast<char*>(out.data_ptr());
    for (int64_t i = 0; i < out.sizes()[0] && bytes != 0; ++i, to += step) {
      std::memcpy(to, self.data_ptr(), bytes);
    }
    return;
  }
  // Raises expand's error even where the values are not needed.
  const Tensor expanded =
      self.sizes() == out.sizes() ? self : self.expand(out.sizes());
  if (!beta.equal(0)) {
    at::detail::copy_(out, expanded);
  }
}

// out = alpha * mat vec + beta * out.
void multiply_vector(
    const Tensor& out,
    const Tensor& mat,
    const Tensor& vec,
    const Scalar& beta,
    const Scalar& alpha) {
  const int64_t incx = vec.strides()[0];
  const int64_t incy = out.strides()[0];
  if (incx <= 0 || incy <= 0 || out.is_alias_of(mat) || out.is_alias_of(vec)) {
    const Tensor result = empty_like_contiguous(out, out.scalar_type());
    if (!beta.equal(0)) {
      at::detail::copy_(result, out);
    }
    const Tensor x = empty_like_contiguous(vec, vec.scalar_type());
    at::detail::copy_(x, vec);
    multiply_vector(result, mat, x, beta, alpha);
    at::detail::copy_(out, result);
    return;
  }
  const Operand matrix(mat);
  blas::GemvCall call;
  call.dtype = out.scalar_type();
  call.m = mat.sizes()[0];
  call.n = mat.sizes()[1];
  call.a = matrix.matrix();
  call.x = vec.data_ptr();
  call.incx = incx;
  call.y = out.data_ptr();
  call.incy = incy;
  call.alpha = alpha;
  call.beta = beta;
  if (out.is_cuda()) {
    gemv_stub(c10::kCUDA, call);
  } else {
    blas::gemv(call);
  }
}

void dot_into(
    const Tensor& self,
    const Tensor& other,
    bool conjugate,
    const Tensor& out) {
  dot_stub(
      out.device_type(), self.scalar_type(), self.numel(), self.data_ptr(),
      self.strides()[0], other.data_ptr(), other.strides()[0], conjugate,
      out.data_ptr());
}

} // namespace at::native

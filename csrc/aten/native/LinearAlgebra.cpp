// Products: shape rules and checks, then one call of blas::gemm, gemv or dot.
// No operand is copied that BLAS can read where it lies: rows or columns with
// any leading dimension. Matmul's folding is in Matmul.cpp.
//
// Read first: native/blas/Gemm.h.
#include <algorithm>
#include <cstring>

#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "aten/OutputSpec.h"
#include "aten/core/Tensor.h"
#include "aten/native/blas/BuiltinGemm.h"
#include "aten/native/blas/Gemm.h"
#include "generated/native/LinearAlgebra.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(dot_stub);

namespace {

using blas::GemmCall;
using blas::Matrix;

// ------------------------------------------------------------------ checks

// `a`'s columns must be `b`'s rows.
void check_multiply(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(
      a.sizes()[1] == b.sizes()[0],
      "mat1 and mat2 shapes cannot be multiplied (",
      a.sizes()[0],
      'x',
      a.sizes()[1],
      " and ",
      b.sizes()[0],
      'x',
      b.sizes()[1],
      ')');
}

void check_no_bool(ScalarType dtype, const char* name) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      dtype != c10::ScalarType::Bool,
      '"',
      name,
      "\" not implemented for 'Bool'");
}

void check_batches(const Tensor& batch1, const Tensor& batch2) {
  TORCH_CHECK(batch1.dim() == 3, "batch1 must be a 3D tensor");
  TORCH_CHECK(batch2.dim() == 3, "batch2 must be a 3D tensor");
  const IntArrayRef a = batch1.sizes();
  const IntArrayRef b = batch2.sizes();
  TORCH_CHECK(
      b[0] == a[0] && b[1] == a[2],
      "Expected size for first two dimensions of batch2 tensor to be: [",
      a[0],
      ", ",
      a[2],
      "] but got: [",
      b[0],
      ", ",
      b[1],
      "].");
}

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
      copy_ = Tensor(at::detail::empty(t.sizes(), t.scalar_type()));
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
  return Tensor(at::detail::empty(t.sizes(), dtype));
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
  const bool through_float = c10::is_reduced_floating_type(call.dtype) &&
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
  blas::gemm(call);
}

// ------------------------------------------------------- the added operand

bool is_row_bias(const Tensor& self, const Tensor& out) {
  const int64_t n = out.sizes()[1];
  return self.dim() == 1 && self.sizes()[0] == n && out.strides()[1] == 1 &&
      (self.strides()[0] == 1 || n == 1) &&
      self.scalar_type() == out.scalar_type();
}

// out = self, broadcast; nothing where beta is zero or out is self.
void copy_added(const Tensor& out, const Tensor& self, const Scalar& beta) {
  if (out.is_same(self)) {
    return;
  }
  if (out.dim() == 2 && is_row_bias(self, out)) {
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

void check_matrix_dtypes(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(
      a.scalar_type() == b.scalar_type(),
      "expected m1 and m2 to have the same dtype, but got: ",
      c10::cpp_type_name(a.scalar_type()),
      " != ",
      c10::cpp_type_name(b.scalar_type()));
}

} // namespace

// ---------------------------------------------------------------- mm, addmm

OutputSpec mm_meta(const Tensor& self, const Tensor& mat2) {
  TORCH_CHECK(self.dim() == 2, "self must be a matrix");
  TORCH_CHECK(mat2.dim() == 2, "mat2 must be a matrix");
  check_multiply(self, mat2);
  return OutputSpec({self.sizes()[0], mat2.sizes()[1]}, self.options());
}

void mm_cpu_out(const Tensor& self, const Tensor& mat2, const Tensor& out) {
  check_matrix_dtypes(self, mat2);
  check_no_bool(self.scalar_type(), "addmm_impl_cpu_");
  multiply_into(out, self, mat2, 0, 1);
}

OutputSpec addmm_meta(
    const Tensor& self,
    const Tensor& mat1,
    const Tensor& mat2,
    const Scalar&,
    const Scalar&) {
  TORCH_CHECK(
      self.scalar_type() == mat2.scalar_type(),
      "self and mat2 must have the same dtype, but got ",
      self.scalar_type(),
      " and ",
      mat2.scalar_type());
  TORCH_CHECK(
      mat1.dim() == 2, "mat1 must be a matrix, got ", mat1.dim(), "-D tensor");
  TORCH_CHECK(
      mat2.dim() == 2, "mat2 must be a matrix, got ", mat2.dim(), "-D tensor");
  check_multiply(mat1, mat2);
  return OutputSpec({mat1.sizes()[0], mat2.sizes()[1]}, self.options());
}

void addmm_cpu_out(
    const Tensor& self, const Tensor& mat1, const Tensor& mat2,
    const Scalar& beta, const Scalar& alpha, const Tensor& out) {
  check_matrix_dtypes(mat1, mat2);
  check_no_bool(self.scalar_type(), "addmm_impl_cpu_");
  copy_added(out, self, beta);
  multiply_into(out, mat1, mat2, beta, alpha);
}

// ------------------------------------------------------- bmm, baddbmm, addbmm

OutputSpec bmm_meta(const Tensor& self, const Tensor& mat2) {
  check_batches(self, mat2);
  return OutputSpec(
      {self.sizes()[0], self.sizes()[1], mat2.sizes()[2]}, self.options());
}

void bmm_cpu_out(const Tensor& self, const Tensor& mat2, const Tensor& out) {
  TORCH_CHECK(
      self.scalar_type() == mat2.scalar_type(),
      "expected scalar type ",
      self.scalar_type(),
      " but found ",
      mat2.scalar_type());
  check_no_bool(self.scalar_type(), "bmm");
  multiply_into(out, self, mat2, 0, 1);
}

OutputSpec baddbmm_meta(
    const Tensor& self,
    const Tensor& batch1,
    const Tensor& batch2,
    const Scalar&,
    const Scalar&) {
  check_batches(batch1, batch2);
  TORCH_CHECK(
      self.scalar_type() == batch1.scalar_type(),
      "Input dtypes must be the same, got: input ",
      c10::cpp_type_name(self.scalar_type()),
      ", batch1: ",
      c10::cpp_type_name(batch1.scalar_type()),
      ", batch2: ",
      c10::cpp_type_name(batch2.scalar_type()));
  return OutputSpec(
      {batch1.sizes()[0], batch1.sizes()[1], batch2.sizes()[2]},
      self.options());
}

void baddbmm_cpu_out(
    const Tensor& self, const Tensor& batch1, const Tensor& batch2,
    const Scalar& beta, const Scalar& alpha, const Tensor& out) {
  TORCH_CHECK(
      batch1.scalar_type() == batch2.scalar_type(),
      "expected scalar type ",
      batch1.scalar_type(),
      " but found ",
      batch2.scalar_type());
  check_no_bool(self.scalar_type(), "baddbmm");
  copy_added(out, self, beta);
  multiply_into(out, batch1, batch2, beta, alpha);
}

// The sum over the batch is one product: (p, b n) times (b n, m).
Tensor addbmm(
    const Tensor& self,
    const Tensor& batch1,
    const Tensor& batch2,
    const Scalar& beta,
    const Scalar& alpha) {
  TORCH_CHECK(batch1.dim() == 3, "batch1 must be a 3D tensor");
  TORCH_CHECK(batch2.dim() == 3, "batch2 must be a 3D tensor");
  const IntArrayRef a = batch1.sizes();
  const IntArrayRef b = batch2.sizes();
  TORCH_CHECK(
      a[0] == b[0],
      "batch1 and batch2 must have same number of batches, got ",
      a[0],
      " and ",
      b[0]);
  TORCH_CHECK(
      a[2] == b[1],
      "Incompatible matrix sizes for bmm (",
      a[1],
      'x',
      a[2],
      " and ",
      b[1],
      'x',
      b[2],
      ')');
  return at::addmm(
      self.expand({a[1], b[2]}),
      batch1.transpose(0, 1).reshape({a[1], a[0] * a[2]}),
      batch2.reshape({b[0] * b[1], b[2]}),
      beta,
      alpha);
}

// ------------------------------------------------------- vectors: mv, addmv

namespace {

void check_addmv(const Tensor& self, const Tensor& mat, const Tensor& vec) {
  TORCH_CHECK(
      mat.dim() == 2 && vec.dim() == 1 && self.dim() <= 1,
      "vector + matrix @ vector expected, got ",
      self.dim(),
      ", ",
      mat.dim(),
      ", ",
      vec.dim());
  const int64_t n = self.dim() == 0 ? 1 : self.sizes()[0];
  TORCH_CHECK(
      mat.sizes()[1] == vec.sizes()[0] && (n == mat.sizes()[0] || n == 1),
      "size mismatch, got input (",
      n,
      "), mat (",
      mat.sizes()[0],
      'x',
      mat.sizes()[1],
      "), vec (",
      vec.sizes()[0],
      ')');
  TORCH_CHECK(
      self.scalar_type() == mat.scalar_type() &&
          mat.scalar_type() == vec.scalar_type(),
      "addmv input tensors must have the same dtype, but got ",
      self.scalar_type(),
      ", ",
      mat.scalar_type(),
      ", and ",
      vec.scalar_type());
}

// out = alpha * mat vec + beta * out.
void multiply_vector(
    const Tensor& out,
    const Tensor& mat,
    const Tensor& vec,
    const Scalar& beta,
    const Scalar& alpha) {
  check_no_bool(out.scalar_type(), "addmv_impl_cpu");
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
  blas::gemv(call);
}

} // namespace

OutputSpec mv_meta(const Tensor& self, const Tensor& vec) {
  TORCH_CHECK(
      self.dim() == 2 && vec.dim() == 1,
      "vector + matrix @ vector expected, got 1, ",
      self.dim(),
      ", ",
      vec.dim());
  TORCH_CHECK(
      self.sizes()[1] == vec.sizes()[0],
      "size mismatch, got input (",
      self.sizes()[0],
      "), mat (",
      self.sizes()[0],
      'x',
      self.sizes()[1],
      "), vec (",
      vec.sizes()[0],
      ')');
  TORCH_CHECK(
      self.scalar_type() == vec.scalar_type(),
      "addmv input tensors must have the same dtype, but got ",
      vec.scalar_type(),
      ", ",
      self.scalar_type(),
      ", and ",
      vec.scalar_type());
  return OutputSpec({self.sizes()[0]}, self.options());
}

void mv_cpu_out(const Tensor& self, const Tensor& vec, const Tensor& out) {
  multiply_vector(out, self, vec, 0, 1);
}

OutputSpec addmv_meta(
    const Tensor& self,
    const Tensor& mat,
    const Tensor& vec,
    const Scalar&,
    const Scalar&) {
  check_addmv(self, mat, vec);
  return OutputSpec({mat.sizes()[0]}, self.options());
}

void addmv_cpu_out(
    const Tensor& self, const Tensor& mat, const Tensor& vec,
    const Scalar& beta, const Scalar& alpha, const Tensor& out) {
  copy_added(out, self, beta);
  multiply_vector(out, mat, vec, beta, alpha);
}

Tensor addr(
    const Tensor& self,
    const Tensor& vec1,
    const Tensor& vec2,
    const Scalar& beta,
    const Scalar& alpha) {
  TORCH_CHECK(
      vec1.dim() == 1,
      "addr: Expected 1-D argument vec1, but got ",
      vec1.dim(),
      "-D");
  TORCH_CHECK(
      vec2.dim() == 1,
      "addr: Expected 1-D argument vec2, but got ",
      vec2.dim(),
      "-D");
  const Tensor added = self.expand({vec1.sizes()[0], vec2.sizes()[0]});
  if (c10::is_integral_type(self.scalar_type(), true)) {
    TORCH_CHECK(
        !beta.is_floating_point() && !alpha.is_floating_point(),
        "For integral input tensors, argument ",
        beta.is_floating_point() ? "beta" : "alpha",
        " must not be a floating point number.");
  }
  // Numbers act on truth values as truth values.
  const auto factor = [&](const Tensor& t, const Scalar& s) {
    const bool truth = t.scalar_type() == c10::ScalarType::Bool;
    return s.equal(1) ? t : at::mul(t, truth ? Scalar(s.to_bool()) : s);
  };
  const Tensor product = factor(at::mul(vec1.unsqueeze(1), vec2), alpha);
  return beta.equal(0) ? product : at::add(factor(added, beta), product);
}

// -------------------------------------------------------------------- dot

namespace {

void check_dot(const Tensor& self, const Tensor& other) {
  TORCH_CHECK(
      self.dim() == 1 && other.dim() == 1,
      "1D tensors expected, but got ",
      self.dim(),
      "D and ",
      other.dim(),
      "D tensors");
  TORCH_CHECK(
      self.scalar_type() == other.scalar_type(),
      "dot : expected both vectors to have same dtype, but found ",
      self.scalar_type(),
      " and ",
      other.scalar_type());
  TORCH_CHECK(
      self.numel() == other.numel(),
      "inconsistent tensor size, expected tensor ",
      self.sizes(),
      " and src ",
      other.sizes(),
      " to have the same number of elements, but got ",
      self.numel(),
      " and ",
      other.numel(),
      " elements respectively");
}

void dot_into(
    const Tensor& self,
    const Tensor& other,
    bool conjugate,
    const Tensor& out) {
  dot_stub(
      c10::kCPU, self.scalar_type(), self.numel(), self.data_ptr(),
      self.strides()[0], other.data_ptr(), other.strides()[0], conjugate,
      out.data_ptr());
}

} // namespace

OutputSpec dot_meta(const Tensor& self, const Tensor& tensor) {
  check_dot(self, tensor);
  return OutputSpec(IntArrayRef(), self.options());
}
void dot_cpu_out(const Tensor& self, const Tensor& tensor, const Tensor& out) {
  dot_into(self, tensor, false, out);
}
OutputSpec vdot_meta(const Tensor& self, const Tensor& other) {
  check_dot(self, other);
  return OutputSpec(IntArrayRef(), self.options());
}
void vdot_cpu_out(const Tensor& self, const Tensor& other, const Tensor& out) {
  dot_into(self, other, true, out);
}

} // namespace at::native

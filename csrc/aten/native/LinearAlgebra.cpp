// Products: shape rules and checks; native/blas/Products.h computes, on either
// device (the CUDA bodies are in native/cuda/LinearAlgebra.cu). Matmul's
// folding is in Matmul.cpp.
#include "aten/ExpandUtils.h"
#include "aten/OutputSpec.h"
#include "aten/core/Tensor.h"
#include "aten/native/blas/Products.h"
#include "generated/native/LinearAlgebra.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

namespace {

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
  check_batch_dtypes(self, mat2);
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
  check_batch_dtypes(batch1, batch2);
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
  check_no_bool(out.scalar_type(), "addmv_impl_cpu");
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
  check_no_bool(out.scalar_type(), "addmv_impl_cpu");
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

#include "autograd/functions/LinearAlgebra.h"

#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {
namespace {

bool is_column_major(IntArrayRef strides) {
  return strides[0] == 1 && strides[1] > 1;
}

} // namespace

Tensor scaled(const Tensor& grad, const Scalar& factor) {
  return factor.equal(1) ? grad : at::mul(grad, factor.conj());
}

// grad mat2^H
Tensor
mm_mat1_grad(const Tensor& grad, const Tensor& mat2, IntArrayRef strides) {
  return is_column_major(strides) ? at::mm(mat2.conj(), grad.t()).t()
                                  : at::mm(grad, mat2.t().conj());
}

// mat1^H grad
Tensor
mm_mat2_grad(const Tensor& grad, const Tensor& mat1, IntArrayRef strides) {
  return is_column_major(strides) ? at::mm(grad.t(), mat1.conj()).t()
                                  : at::mm(mat1.t().conj(), grad);
}

Tensor bmm_mat1_grad(const Tensor& grad, const Tensor& mat2) {
  return at::bmm(grad, mat2.transpose(1, 2).conj());
}

Tensor bmm_mat2_grad(const Tensor& grad, const Tensor& mat1) {
  return at::bmm(mat1.transpose(1, 2).conj(), grad);
}

Tensor over_batch(const Tensor& grad, int64_t count) {
  return grad.unsqueeze(0).expand({count, grad.size(0), grad.size(1)});
}

} // namespace torch::autograd

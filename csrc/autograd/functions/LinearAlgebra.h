// Derivatives of matrix products, made of differentiable operators.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Scalar;
using at::Tensor;

// grad * conj(factor), without an operator where the factor is one.
C10_API Tensor scaled(const Tensor& grad, const Scalar& factor);

// out = mat1 mat2, all matrices. The gradient gets the memory order of its
// argument (given by strides), so that a transposed weight has a row-major
// gradient once transposed back.
C10_API Tensor
mm_mat1_grad(const Tensor& grad, const Tensor& mat2, IntArrayRef strides);
C10_API Tensor
mm_mat2_grad(const Tensor& grad, const Tensor& mat1, IntArrayRef strides);

// The same for batches of matrices.
C10_API Tensor bmm_mat1_grad(const Tensor& grad, const Tensor& mat2);
C10_API Tensor bmm_mat2_grad(const Tensor& grad, const Tensor& mat1);

// (n, m) repeated along a new first dimension.
C10_API Tensor over_batch(const Tensor& grad, int64_t count);

} // namespace torch::autograd

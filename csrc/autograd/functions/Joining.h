// Derivatives of cat, stack, split and unbind, made of differentiable
// operators.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;
using at::TensorList;

// out = cat(tensors, dim): the pieces of grad, in each tensor's dtype.
C10_API std::vector<Tensor> cat_backward(
    const Tensor& grad,
    const std::vector<std::vector<int64_t>>& sizes,
    const std::vector<at::ScalarType>& dtypes,
    int64_t dim);
C10_API std::vector<Tensor> stack_backward(
    const Tensor& grad,
    const std::vector<at::ScalarType>& dtypes,
    int64_t dim);

// outs = split(self): grads joined; zeros for the outputs nobody used.
C10_API Tensor split_backward(
    TensorList grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    int64_t split_size,
    int64_t dim);
C10_API Tensor split_with_sizes_backward(
    TensorList grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    IntArrayRef split_sizes,
    int64_t dim);
C10_API Tensor unbind_backward(
    TensorList grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    int64_t dim);

} // namespace torch::autograd

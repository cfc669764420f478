// Derivatives of indexing by tensors.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;
using at::TensorList;

// out = self[indices]: equal indices add up.
C10_API Tensor index_backward(
    const Tensor& grad,
    IntArrayRef sizes,
    TensorList indices);

// out.select(dim, i) = value for every i of index: what is set twice counts once.
C10_API Tensor
index_fill_value_backward(const Tensor& grad, int64_t dim, const Tensor& index);

} // namespace torch::autograd

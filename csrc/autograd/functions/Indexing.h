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

} // namespace torch::autograd

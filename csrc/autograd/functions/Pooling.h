// Second derivative of max pooling.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Tensor;

// The elements of grad that won, over the last `dims` dimensions.
C10_API Tensor
max_pool_double_backward(const Tensor& grad, const Tensor& indices, int64_t dims);

} // namespace torch::autograd

// Second derivative of embedding.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Tensor;

C10_API Tensor embedding_dense_double_backward(
    const Tensor& grad,
    const Tensor& indices,
    int64_t padding_idx);

} // namespace torch::autograd

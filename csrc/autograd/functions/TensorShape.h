// Derivatives of views, made of differentiable operators.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;
using at::TensorList;

// out = permute(self, dims): the inverse permutation.
C10_API Tensor permute_backward(const Tensor& grad, IntArrayRef dims);

// out[i..] = storage[offset + sum(i * stride)]: every element of the storage
// receives the sum over the outputs that show it, every element of self the
// share of its storage element.
C10_API Tensor as_strided_backward(
    const Tensor& grad,
    IntArrayRef self_sizes,
    IntArrayRef self_strides,
    int64_t self_offset,
    IntArrayRef size,
    IntArrayRef stride,
    std::optional<int64_t> storage_offset);

} // namespace torch::autograd

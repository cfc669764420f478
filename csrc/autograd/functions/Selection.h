// Derivatives of elements chosen by masks and flat positions.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;

// out = self.view(-1)[index].
C10_API Tensor
take_backward(const Tensor& grad, IntArrayRef sizes, const Tensor& index);

// out = self[mask], both broadcast to one shape; `sizes` are self's.
C10_API Tensor masked_select_backward(
    const Tensor& grad,
    IntArrayRef sizes,
    const Tensor& mask);

// The elements of source, in order, fill the places where mask is true;
// those that are left over have no part in the result.
C10_API Tensor masked_scatter_backward(
    const Tensor& grad,
    const Tensor& mask,
    IntArrayRef source_sizes);

} // namespace torch::autograd

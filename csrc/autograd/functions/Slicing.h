// Derivatives of repeated and rolled tensors.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;

// out = self.repeat(repeats), which may have more dimensions than self.
C10_API Tensor
repeat_backward(const Tensor& grad, IntArrayRef sizes, IntArrayRef repeats);

// out = self.roll(shifts, dims): rolled the other way.
C10_API Tensor
roll_backward(const Tensor& grad, IntArrayRef shifts, IntArrayRef dims);

} // namespace torch::autograd

// Derivative of constant_pad_nd.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;

C10_API Tensor constant_pad_nd_backward(const Tensor& grad, IntArrayRef pad);

} // namespace torch::autograd

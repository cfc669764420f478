// Derivatives of functions of two tensors beyond arithmetic.
#pragma once

#include "aten/core/Tensor.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/UnaryMath.h"

namespace torch::autograd {

using at::Tensor;

// copysign(x, y) = |x| sign(y): the sign of result / x, zero at x = 0.
C10_API Tensor copysign_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result);

} // namespace torch::autograd

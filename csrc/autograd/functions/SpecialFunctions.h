// Derivatives of special functions.
#pragma once

#include "aten/core/Tensor.h"
#include "generated/ops/UnaryMath.h"

namespace torch::autograd {

using at::Scalar;
using at::Tensor;

// sinc' = (cos(pi x) pi x - sin(pi x)) / (pi x^2), zero at 0
C10_API Tensor sinc_backward(const Tensor& grad, const Tensor& self);
// I1' = I0 - I1 / x, one half at 0
C10_API Tensor special_i1_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result);

} // namespace torch::autograd

// Derivatives of powers.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Scalar;
using at::Tensor;

// d(x^n) / dx = n x^(n-1); zero for n = 0, also at x = 0.
C10_API Tensor
pow_backward(const Tensor& grad, const Tensor& self, const Scalar& exponent);
C10_API Tensor pow_backward_self(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& exponent);
// d(x^n) / dn = x^n log x; zero where x = 0 and n >= 0.
C10_API Tensor pow_backward_exponent(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& exponent,
    const Tensor& result);
C10_API Tensor pow_backward_exponent(
    const Tensor& grad,
    const Scalar& self,
    const Tensor& exponent,
    const Tensor& result);

} // namespace torch::autograd

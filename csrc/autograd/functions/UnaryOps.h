// Derivatives of signs and angles of complex numbers.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Scalar;
using at::Tensor;

// sgn(z) = z / |z|: dz = (g - Re(g conj(s)) s) / |z|, zero at 0 and for reals.
C10_API Tensor
sgn_backward(const Tensor& self, const Tensor& grad, const Tensor& sgn);
C10_API Tensor angle_backward(const Tensor& grad, const Tensor& self);

} // namespace torch::autograd

// Derivatives of the arithmetic binary operators.
#pragma once

#include <optional>
#include <string_view>

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Scalar;
using at::ScalarType;
using at::Tensor;

// The conjugate, without a call for what is real.
C10_API Tensor conj_of(const Tensor& t);
C10_API Scalar conj_of(const Scalar& s);

// The real part where a real input met a complex number.
C10_API Tensor real_if(const Tensor& grad, ScalarType input);

// grad * factor, without the product when the factor is one.
C10_API Tensor maybe_multiply(const Tensor& grad, const Scalar& factor);

// d(self * other) / dself = conj(other)
C10_API Tensor
mul_tensor_backward(const Tensor& grad, const Tensor& other, ScalarType self);
C10_API Tensor
mul_tensor_backward(const Tensor& grad, const Scalar& other, ScalarType self);

// out = self / other, rounded: the derivative of a rounded quotient is zero.
C10_API Tensor div_tensor_self_backward(
    const Tensor& grad,
    const Tensor& other,
    ScalarType self,
    std::optional<std::string_view> rounding_mode = std::nullopt);
C10_API Tensor div_tensor_self_backward(
    const Tensor& grad,
    const Scalar& other,
    ScalarType self,
    std::optional<std::string_view> rounding_mode = std::nullopt);
C10_API Tensor div_tensor_other_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& other,
    std::optional<std::string_view> rounding_mode = std::nullopt);

// The share of `self` in the gradient of maximum(self, other): all of it
// where self is greater, half where they are equal.
C10_API Tensor select_backward_greater(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& other);

} // namespace torch::autograd

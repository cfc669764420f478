// Derivatives of clamp and lerp.
#pragma once

#include <array>
#include <optional>
#include <tuple>

#include "aten/core/Tensor.h"
#include "autograd/functions/BinaryOps.h"

namespace torch::autograd {

using at::Scalar;
using at::Tensor;

// The gradient passes where self lies within the bounds, ends included.
C10_API Tensor clamp_backward(
    const Tensor& grad,
    const Tensor& self,
    const std::optional<Scalar>& min,
    const std::optional<Scalar>& max);
C10_API Tensor clamp_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& min,
    const Tensor& max);
// A bound receives it where it cut; the upper one where both do.
C10_API std::tuple<Tensor, Tensor> clamp_backward_bounds(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& min,
    const Tensor& max,
    std::array<bool, 2> grad_input_mask);

// 1 - s
C10_API Scalar one_minus(const Scalar& s);

} // namespace torch::autograd

// Derivative of native_dropout.
#pragma once

#include <optional>

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Tensor;

C10_API Tensor native_dropout_grad(
    const Tensor& grad,
    const Tensor& mask,
    double p,
    std::optional<bool> train);

} // namespace torch::autograd

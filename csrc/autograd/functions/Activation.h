// Second derivatives of the activation functions: the gradient of
// foo_backward(grad_output, self) with respect to self.
#pragma once

#include <string_view>

#include "aten/core/Tensor.h"
#include "generated/ops/Compare.h"
#include "generated/ops/LogicalOps.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

using at::Scalar;
using at::Tensor;

C10_API Tensor gelu_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self,
    std::string_view approximate);
C10_API Tensor silu_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self);
C10_API Tensor mish_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self);
C10_API Tensor elu_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self_or_result,
    bool is_result,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale);
C10_API Tensor softplus_double_backward(
    const Tensor& grad,
    const Tensor& self,
    const Scalar& beta,
    const Scalar& threshold);

} // namespace torch::autograd

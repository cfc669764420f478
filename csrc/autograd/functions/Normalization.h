// Derivatives of native_layer_norm and native_batch_norm by input, weight and
// bias: the fused kernels, or where the result will itself be differentiated,
// the same formulas made of differentiable operators.
#pragma once

#include <array>
#include <tuple>

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;

C10_API std::tuple<Tensor, Tensor, Tensor> layer_norm_grads(
    const Tensor& grad, const Tensor& input, IntArrayRef normalized_shape,
    const Tensor& mean, const Tensor& rstd, const Tensor& weight,
    const Tensor& bias, std::array<bool, 3> grad_input_mask);

C10_API std::tuple<Tensor, Tensor, Tensor> batch_norm_grads(
    const Tensor& grad, const Tensor& input, const Tensor& weight,
    const Tensor& running_mean, const Tensor& running_var,
    const Tensor& save_mean, const Tensor& save_invstd, bool training,
    double eps, std::array<bool, 3> grad_input_mask);

} // namespace torch::autograd

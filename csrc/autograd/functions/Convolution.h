// First and second derivative of convolution.
#pragma once

#include <array>
#include <tuple>

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::Tensor;

// Of convolution by input, weight and bias.
C10_API std::tuple<Tensor, Tensor, Tensor> convolution_grads(
    const Tensor& grad, const Tensor& input, const Tensor& weight,
    IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
    bool transposed, IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> grad_input_mask);

// Of convolution_backward by grad_output, input and weight; the first three
// are the gradients of its outputs, any may be undefined.
C10_API std::tuple<Tensor, Tensor, Tensor> convolution_double_backward(
    const Tensor& grad_grad_input, const Tensor& grad_grad_weight,
    const Tensor& grad_grad_bias, const Tensor& grad_output,
    const Tensor& input, const Tensor& weight, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool transposed,
    IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> grad_input_mask);

} // namespace torch::autograd

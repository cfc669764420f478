// Derivative of an LSTM layer.
#pragma once

#include <array>
#include <tuple>

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Tensor;

// Of _lstm_layer, by input, weights, biases, hx and cx. Gradients of the
// three outputs may be undefined. Under create_graph it is composed of
// operators that have derivatives themselves.
C10_API std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
lstm_layer_grads(
    const Tensor& grad_output,
    const Tensor& grad_hy,
    const Tensor& grad_cy,
    const Tensor& input,
    const Tensor& weight_ih,
    const Tensor& weight_hh,
    const Tensor& bias_ih,
    const Tensor& bias_hh,
    const Tensor& hx,
    const Tensor& cx,
    const Tensor& output,
    const Tensor& gates,
    const Tensor& cells,
    bool reverse,
    std::array<bool, 7> grad_input_mask);

} // namespace torch::autograd

// Second derivatives of softmax and log_softmax.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Tensor;

// Of _softmax_backward_data, by `output`.
C10_API Tensor softmax_double_backward(
    const Tensor& grad,
    const Tensor& grad_output,
    int64_t dim,
    const Tensor& output);

// Of _log_softmax_backward_data, by `grad_output` and by `output`.
C10_API Tensor log_softmax_grad_output_grad(
    const Tensor& grad,
    const Tensor& output,
    int64_t dim);
C10_API Tensor log_softmax_output_grad(
    const Tensor& grad,
    const Tensor& grad_output,
    int64_t dim,
    const Tensor& output);

} // namespace torch::autograd

// cuDNN's convolutions as a provider (native/conv/Conv.h), and the bias
// kernels that both of CUDA's providers use.
#pragma once

#include "aten/native/conv/Conv.h"

namespace at::native {

// Null where cuDNN is not built in.
const conv::ConvProvider* cudnn_conv_provider();

// y += bias; grad_bias = the sums of grad_y. Convolution.cu.
void add_bias_cuda(const conv::ConvProblem& p, const void* bias, void* y);
void sum_bias_cuda(
    const conv::ConvProblem& p,
    const void* grad_y,
    void* grad_bias);

} // namespace at::native

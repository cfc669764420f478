// Convolutions as the bodies of both devices run them: operands made dense, a
// provider chosen, its three products put together (native/conv/Conv.h).
#pragma once

#include <tuple>

#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"
#include "aten/native/conv/Conv.h"

namespace at::native {

// Of a device other than the CPU: who serves a problem, and whether Half and
// BFloat16 are taken as they are. Pointers are the device's.
using conv_provider_fn =
    const conv::ConvProvider* (*)(const conv::ConvProblem& problem);
DECLARE_DISPATCH(conv_provider_fn, conv_provider_stub);
using conv_takes_16bit_fn = bool (*)();
DECLARE_DISPATCH(conv_takes_16bit_fn, conv_takes_16bit_stub);

C10_API void convolution_into(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    IntArrayRef stride,
    IntArrayRef padding,
    IntArrayRef dilation,
    bool transposed,
    IntArrayRef output_padding,
    int64_t groups,
    const Tensor& out);

// Of input, weight and bias; undefined where the mask is false.
C10_API std::tuple<Tensor, Tensor, Tensor> convolution_grads_of(
    const Tensor& grad_output,
    const Tensor& input,
    const Tensor& weight,
    IntArrayRef stride,
    IntArrayRef padding,
    IntArrayRef dilation,
    bool transposed,
    IntArrayRef output_padding,
    int64_t groups,
    std::array<bool, 3> output_mask);

} // namespace at::native

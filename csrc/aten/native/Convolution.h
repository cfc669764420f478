// Who computes a convolution on a device other than the CPU, and the check of
// dtypes. The body that both share makes operands dense, chooses a provider and
// puts its three products together (native/conv/Conv.h).
#pragma once

#include "aten/native/DispatchStub.h"
#include "aten/native/conv/Conv.h"

namespace at {
class Tensor;
}

namespace at::native {

// Who serves a problem, and whether Half and BFloat16 are taken as they are.
// Pointers are the device's.
using conv_provider_fn =
    const conv::ConvProvider* (*)(const conv::ConvProblem& problem);
DECLARE_DISPATCH(conv_provider_fn, conv_provider_stub);
using conv_takes_16bit_fn = bool (*)();
DECLARE_DISPATCH(conv_takes_16bit_fn, conv_takes_16bit_stub);

// One dtype, and on CUDA one device, for all three; bias may be undefined.
void check_conv_dtypes(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias);

} // namespace at::native

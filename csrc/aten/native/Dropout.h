// Stub of dropout in one pass, for devices whose numbers PyTorch draws in the
// order of such a pass. The CPU has none: its dropout is a mask and a product
// (Dropout.cpp).
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// out, mask (bool), input: dense in the same order, not empty. An element is
// kept with probability `keep`, and divided by it.
using fused_dropout_fn = void (*)(
    const TensorBase& out,
    const TensorBase& mask,
    const TensorBase& input,
    double keep);
DECLARE_DISPATCH(fused_dropout_fn, fused_dropout_stub);

} // namespace at::native

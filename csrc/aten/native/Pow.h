// Stubs of pow.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Both exponents in the iterator: tensors, or one of them a number.
DECLARE_DISPATCH(void (*)(TensorIterator&), pow_tensor_tensor_stub);
// One input; `exponent` picks a cheaper formula where there is one.
DECLARE_DISPATCH(
    void (*)(TensorIterator&, const Scalar& exponent),
    pow_tensor_scalar_stub);

} // namespace at::native

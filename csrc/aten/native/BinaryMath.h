// Stubs of functions of two tensors beyond arithmetic.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using BinaryMathFn = void (*)(TensorIterator&);

DECLARE_DISPATCH(BinaryMathFn, atan2_stub);
DECLARE_DISPATCH(BinaryMathFn, hypot_stub);
DECLARE_DISPATCH(BinaryMathFn, nextafter_stub);
DECLARE_DISPATCH(BinaryMathFn, copysign_stub);
DECLARE_DISPATCH(BinaryMathFn, heaviside_stub);
DECLARE_DISPATCH(BinaryMathFn, logaddexp_stub);
DECLARE_DISPATCH(BinaryMathFn, logaddexp2_stub);
DECLARE_DISPATCH(BinaryMathFn, xlogy_stub);
DECLARE_DISPATCH(BinaryMathFn, special_xlog1py_stub);
DECLARE_DISPATCH(BinaryMathFn, gcd_stub);
DECLARE_DISPATCH(BinaryMathFn, lcm_stub);

} // namespace at::native

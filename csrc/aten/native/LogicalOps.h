// Stubs of logic, bits and shifts.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using LogicalFn = void (*)(TensorIterator&);

DECLARE_DISPATCH(LogicalFn, logical_and_stub);
DECLARE_DISPATCH(LogicalFn, logical_or_stub);
DECLARE_DISPATCH(LogicalFn, logical_xor_stub);
DECLARE_DISPATCH(LogicalFn, bitwise_and_stub);
DECLARE_DISPATCH(LogicalFn, bitwise_or_stub);
DECLARE_DISPATCH(LogicalFn, bitwise_xor_stub);
DECLARE_DISPATCH(LogicalFn, lshift_stub);
DECLARE_DISPATCH(LogicalFn, rshift_stub);

} // namespace at::native

// Stubs of the comparisons.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using CompareFn = void (*)(TensorIterator&);

DECLARE_DISPATCH(CompareFn, eq_stub);
DECLARE_DISPATCH(CompareFn, ne_stub);
DECLARE_DISPATCH(CompareFn, lt_stub);
DECLARE_DISPATCH(CompareFn, le_stub);
DECLARE_DISPATCH(CompareFn, gt_stub);
DECLARE_DISPATCH(CompareFn, ge_stub);

} // namespace at::native

// Stub of fill_.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Sets every element of the iterator's one output.
using fill_fn = void (*)(TensorIterator& iter, const Scalar& value);
DECLARE_DISPATCH(fill_fn, fill_stub);

} // namespace at::native

// Stubs of copy_: the element-by-element conversion and the 2-d transpose.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// iter: output self, input src, each with its own dtype. Conjugates or
// negates where the two differ in their conj or neg bit.
using copy_fn = void (*)(TensorIterator& iter, bool non_blocking);
DECLARE_DISPATCH(copy_fn, copy_stub);

// dst (rows, cols) row-major = src whose columns are contiguous; the same
// element size. Works by square tiles, so that both sides use whole cache
// lines.
using transpose_copy_fn = void (*)(const TensorBase& dst, const TensorBase& src);
DECLARE_DISPATCH(transpose_copy_fn, transpose_copy_stub);

} // namespace at::native

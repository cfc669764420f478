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

// dst = src, byte for byte: both of one dtype and size, each one run of memory
// in the same order. Devices' own: within one, between two, from and to the
// host. Not blocking: the host may go on before the bytes have crossed.
using copy_bytes_fn =
    void (*)(const TensorBase& dst, const TensorBase& src, bool non_blocking);
DECLARE_DISPATCH(copy_bytes_fn, copy_bytes_stub);

} // namespace at::native

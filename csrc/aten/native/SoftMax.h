// Stubs of softmax and its derivatives. Tensors are contiguous, seen as
// (outer, size, inner) with the normalised dimension in the middle.
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

struct SoftMaxShape {
  int64_t outer, size, inner;
};

// t's dimensions before, at, and after dim.
C10_API SoftMaxShape softmax_shape(const TensorBase& t, int64_t dim);

// out, input
using softmax_fn =
    void (*)(const TensorBase&, const TensorBase&, const SoftMaxShape&);
DECLARE_DISPATCH(softmax_fn, softmax_stub);
DECLARE_DISPATCH(softmax_fn, log_softmax_stub);

// grad_input, grad_output, output
using softmax_backward_fn = void (*)(
    const TensorBase&,
    const TensorBase&,
    const TensorBase&,
    const SoftMaxShape&);
DECLARE_DISPATCH(softmax_backward_fn, softmax_backward_stub);
DECLARE_DISPATCH(softmax_backward_fn, log_softmax_backward_stub);

} // namespace at::native

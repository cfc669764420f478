// Stub of cat: tensors of one dtype, each dense in the result's order.
#pragma once

#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Copies contiguous tensors of equal dtype behind each other along dim into a
// contiguous result.
using cat_fn = void (*)(const Tensor& out, TensorList tensors, int64_t dim);
DECLARE_DISPATCH(cat_fn, cat_stub);

} // namespace at::native

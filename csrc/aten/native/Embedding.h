// What the bodies of embedding share on all devices.
#pragma once

#include "aten/core/Tensor.h"

namespace at::native {

// PyTorch's RuntimeError unless the indices are int32 or int64; `position`:
// the argument's number in the function's text.
C10_API void check_embedding_indices(
    const Tensor& indices,
    const char* function,
    int position);

} // namespace at::native

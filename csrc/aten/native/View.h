// make_view: the one place where a view is made. Topics that return views
// (TensorShape, Joining, Indexing) compute geometry and call it.
#pragma once

#include "aten/core/Tensor.h"

namespace at::native {

// Shares self's storage. The result remembers the root of the chain of views
// and whether it may later be written in place.
C10_API Tensor make_view(
    const Tensor& self,
    IntArrayRef sizes,
    IntArrayRef strides,
    int64_t storage_offset);

// The same memory and geometry, but no view: writes to it are not recorded
// for self, they only raise the shared version.
C10_API Tensor make_detached(const Tensor& self);

// Strides that let `sizes` be viewed in the memory of a tensor with old_sizes
// and old_strides; nullopt where a copy is needed.
std::optional<c10::DimVector> compute_view_strides(
    IntArrayRef old_sizes,
    IntArrayRef old_strides,
    IntArrayRef sizes);

// Replaces the one -1 in sizes so that they hold numel elements.
C10_API c10::DimVector infer_size(IntArrayRef sizes, int64_t numel);

} // namespace at::native

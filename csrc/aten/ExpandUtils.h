// Broadcasting of shapes and strides.
#pragma once

#include "aten/core/TensorBase.h"

namespace at {

// The shape both broadcast to; RuntimeError where they do not.
C10_API DimVector infer_size(IntArrayRef a, IntArrayRef b);

// Whether a tensor of shape `shape` expands to `desired`.
C10_API bool is_expandable_to(IntArrayRef shape, IntArrayRef desired);

struct ExpandGeometry {
  DimVector sizes;
  DimVector strides;
};
// Tensor.expand: -1 keeps a size. PyTorch's errors for what cannot expand.
C10_API ExpandGeometry infer_expand_geometry(
    IntArrayRef tensor_sizes,
    IntArrayRef tensor_strides,
    IntArrayRef sizes);

} // namespace at

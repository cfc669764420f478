// OutputSpec: the shape, strides and options that a structured operator's
// meta function decides for one output. The generated shells allocate or
// resize by it.
#pragma once

#include "aten/core/Tensor.h"

namespace at {

struct OutputSpec {
  DimVector sizes;
  // Empty: row-major.
  DimVector strides;
  TensorOptions options;

  OutputSpec() = default;
  OutputSpec(IntArrayRef sizes, TensorOptions options)
      : sizes(sizes), options(options) {}
  OutputSpec(IntArrayRef sizes, IntArrayRef strides, TensorOptions options)
      : sizes(sizes), strides(strides), options(options) {}
};

C10_API Tensor allocate_output(const OutputSpec& spec);

// Gives `out` the spec's shape. Checks device and dtype; warns, as PyTorch
// does, when a tensor with elements changes its shape.
C10_API void resize_output(const TensorBase& out, const OutputSpec& spec);

namespace detail {
// The resizing alone. True when the shape changed; strides are then row-major
// or the given ones.
C10_API bool resize_output_(
    TensorImpl& out,
    IntArrayRef sizes,
    IntArrayRef strides = {});
} // namespace detail

} // namespace at

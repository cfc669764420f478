// The two primitives that layer 2 needs: make a tensor, copy a tensor.
// at::empty and at::copy_ are built on the same functions.
#pragma once

#include "aten/core/TensorBase.h"

namespace at::detail {

// Uninitialised, row-major; a size below zero is an error.
C10_API TensorBase empty(
    IntArrayRef sizes,
    ScalarType dtype,
    c10::Device device = c10::kCPU);
C10_API TensorBase empty_strided(
    IntArrayRef sizes,
    IntArrayRef strides,
    ScalarType dtype,
    c10::Device device = c10::kCPU);

// A CPU tensor in page-locked memory; RuntimeError where no library offers it.
C10_API TensorBase empty_pinned(
    IntArrayRef sizes,
    IntArrayRef strides,
    ScalarType dtype);

// dst gets the values of src, broadcast and converted: through at::copy_,
// without recording.
C10_API void copy_(const TensorBase& dst, const TensorBase& src);

// Bytes from the first to the last element that sizes and strides reach.
C10_API size_t computed_nbytes(
    IntArrayRef sizes,
    IntArrayRef strides,
    size_t itemsize,
    int64_t storage_offset = 0);

// The strides of a dense tensor in the given format.
C10_API c10::DimVector contiguous_strides(
    IntArrayRef sizes,
    c10::MemoryFormat format = c10::MemoryFormat::Contiguous);
// Strides as empty_like(self, preserve_format) would have them: those of a
// dense `self`, else row-major in the order of self's strides.
C10_API c10::DimVector preserved_strides(const TensorBase& self);

} // namespace at::detail

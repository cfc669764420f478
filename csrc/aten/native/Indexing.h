// Indexing by tensors, reduced to two shapes of work.
//
// IndexedBlocks  index, index_put, index_select, index_add/copy/fill: whole
//                blocks of a strided tensor, at a list of offsets.
// Lines          gather, scatter: single elements, along one dimension.
#pragma once

#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Note [Indexed blocks]
// Any of these operators splits self's dimensions into those before, at and
// after the indexed ones. The indices, checked and wrapped, become one list of
// element offsets; element (b, i, a) of the dense side belongs to
//   data + before(b) + offsets[i] + after(a)
// with b, a running over the other dimensions in row-major order.
struct IndexedBlocks {
  char* data; // first element of the indexed tensor
  c10::DimVector before_sizes, before_strides;
  Tensor offsets; // dense int64, on the device of the tensor
  int64_t most_offset = 0; // none is larger
  c10::DimVector after_sizes, after_strides;
  int64_t before_count = 1;
  int64_t after_count = 1;
  bool after_contiguous = false;
  ScalarType dtype;
};

enum class BlockMove : uint8_t {
  Gather, // dense = indexed
  Put, // indexed = dense, the last of equal offsets wins
  Add, // indexed += dense
};

// dense: row-major (before, offsets, after).
using indexed_blocks_fn = void (*)(
    const TensorBase& dense,
    const IndexedBlocks& blocks,
    BlockMove move);
DECLARE_DISPATCH(indexed_blocks_fn, indexed_blocks_stub);

// offsets += index * stride, both dense int64. An index outside of [0, size),
// or of [-size, size) if it wraps, is an assert on the device. Not for the
// CPU, whose bodies read indices and raise their operator's error.
using add_offsets_fn = void (*)(
    const TensorBase& offsets,
    const TensorBase& index,
    int64_t size,
    int64_t stride,
    bool wraps);
DECLARE_DISPATCH(add_offsets_fn, add_offsets_stub);

// out = self[.., index, ..]: all of index's shape but for self's size at dim.
using gather_fn = void (*)(
    const TensorBase& out,
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index);
DECLARE_DISPATCH(gather_fn, gather_stub);

enum class ScatterReduce : uint8_t { Assign, Add, Multiply };
// src: index's shape, or 0-d for one value.
using scatter_fn = void (*)(
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index,
    const TensorBase& src,
    ScatterReduce reduce);
DECLARE_DISPATCH(scatter_fn, scatter_stub);

} // namespace at::native

// Indexing on CUDA: blocks at offsets, and lines of single elements. A thread
// moves one element. An index out of range is a device-side assert.
//
// Sums into blocks do not depend on the order of threads: the offsets are
// sorted, and one thread adds all that goes to one element. scatter_add uses
// atomics, as PyTorch's does.
#include "aten/native/Indexing.h"

#include <limits>

#include "aten/Dispatch.h"
#include "aten/native/cuda/Atomics.cuh"
#include "aten/native/cuda/IterationSpace.h"
#include "aten/native/cuda/Launch.cuh"
#include "aten/native/cuda/IndexSort.h"

namespace at::native {
namespace {

constexpr int64_t kMost32 = std::numeric_limits<int32_t>::max();

// ----------------------------------------------------------------- offsets

struct AddOffsets {
  int64_t* offsets;
  const int64_t* index;
  int64_t size, stride;
  bool wraps; // negative indices count from the end
  __device__ void operator()(int64_t i) const {
    const int64_t k = index[i];
    CUDA_KERNEL_ASSERT(
        k >= (wraps ? -size : 0) && k < size && "index out of bounds");
    offsets[i] += (k < 0 ? k + size : k) * stride;
  }
};

void add_offsets_kernel(
    const TensorBase& offsets,
    const TensorBase& index,
    int64_t size,
    int64_t stride,
    bool wraps) {
  for_each_index(
      offsets.numel(),
      AddOffsets{
          static_cast<int64_t*>(offsets.data_ptr()),
          static_cast<const int64_t*>(index.data_ptr()),
          size,
          stride,
          wraps});
}

// ------------------------------------------------------------------ blocks

// From the number of a dense element to its place in the indexed tensor.
template <typename Index>
struct BlockPlaces {
  IntegerDivider<Index> after_count, offset_count;
  OffsetCalculator<1, Index> before, after;

  struct Place {
    Index before, slot, after;
  };
  __device__ Place split(Index i) const {
    const auto outer = after_count(i);
    const auto inner = offset_count(outer.div);
    return {inner.div, inner.mod, outer.mod};
  }
  // Without the offset of the slot.
  __device__ int64_t base_of(const Place& place) const {
    return static_cast<int64_t>(before.get(place.before).at[0]) +
        static_cast<int64_t>(after.get(place.after).at[0]);
  }
};

template <typename Index>
OffsetCalculator<1, Index> make_walk(
    const c10::DimVector& sizes,
    const c10::DimVector& strides) {
  TORCH_CHECK(
      sizes.size() <= kMaxLoopDims,
      "tensor has too many (>",
      kMaxLoopDims,
      ") dims");
  c10::DimVector inner_sizes; // innermost first
  c10::DimVector inner_strides;
  for (size_t d = sizes.size(); d-- > 0;) {
    inner_sizes.push_back(sizes[d]);
    inner_strides.push_back(strides[d]);
  }
  const int64_t* steps = inner_strides.data();
  return OffsetCalculator<1, Index>(inner_sizes, &steps);
}

template <typename Index>
BlockPlaces<Index> make_places(const IndexedBlocks& blocks) {
  return {
      IntegerDivider<Index>(static_cast<Index>(blocks.after_count)),
      IntegerDivider<Index>(static_cast<Index>(blocks.offsets.numel())),
      make_walk<Index>(blocks.before_sizes, blocks.before_strides),
      make_walk<Index>(blocks.after_sizes, blocks.after_strides)};
}

template <typename T, typename Index, bool kGather>
struct MoveBlock {
  T* data;
  T* dense;
  const int64_t* offsets;
  BlockPlaces<Index> places;
  __device__ void operator()(int64_t i) const {
    const auto place = places.split(static_cast<Index>(i));
    T* const indexed = data + (places.base_of(place) + offsets[place.slot]);
    if constexpr (kGather) {
      dense[i] = *indexed;
    } else {
      *indexed = dense[i];
    }
  }
};

// The first of equal offsets adds what belongs to all of them, in order.
template <typename T, typename Index>
struct AddBlock {
  T* data;
  const T* dense; // (before, slots, after), row-major
  const int64_t* offsets; // sorted
  const int64_t* order;
  int64_t slots, after_count;
  BlockPlaces<Index> places;
  __device__ void operator()(int64_t i) const {
    using A = opmath_type<T>;
    const auto place = places.split(static_cast<Index>(i));
    const int64_t offset = offsets[place.slot];
    if (place.slot > 0 && offsets[place.slot - 1] == offset) {
      return;
    }
    T* const indexed = data + (places.base_of(place) + offset);
    const T* const from = dense +
        static_cast<int64_t>(place.before) * slots * after_count + place.after;
    A sum = static_cast<A>(*indexed);
    for (int64_t k = place.slot; k < slots && offsets[k] == offset; ++k) {
      const A v = static_cast<A>(from[order[k] * after_count]);
      if constexpr (std::is_same<T, bool>::value) {
        sum = sum || v;
      } else {
        sum = static_cast<A>(sum + v);
      }
    }
    *indexed = static_cast<T>(sum);
  }
};

int64_t extent_of(const c10::DimVector& sizes, const c10::DimVector& strides) {
  int64_t extent = 0;
  for (size_t d = 0; d < sizes.size(); ++d) {
    extent += (sizes[d] - 1) * strides[d];
  }
  return extent;
}

template <typename T, typename Index>
void run_blocks(const IndexedBlocks& blocks, T* dense, BlockMove move) {
  auto* const data = reinterpret_cast<T*>(blocks.data);
  const auto* offsets = static_cast<const int64_t*>(blocks.offsets.data_ptr());
  const int64_t slots = blocks.offsets.numel();
  const int64_t n = blocks.before_count * slots * blocks.after_count;
  const auto places = make_places<Index>(blocks);
  if (move == BlockMove::Gather) {
    for_each_index(n, MoveBlock<T, Index, true>{data, dense, offsets, places});
  } else if (move == BlockMove::Put) {
    for_each_index(n, MoveBlock<T, Index, false>{data, dense, offsets, places});
  } else {
    const SortedKeys sorted =
        sort_keys(offsets, slots, static_cast<uint64_t>(blocks.most_offset));
    for_each_index(
        n,
        AddBlock<T, Index>{
            data,
            dense,
            sorted.keys,
            sorted.order,
            slots,
            blocks.after_count,
            places});
  }
}

void indexed_blocks_kernel(
    const TensorBase& dense,
    const IndexedBlocks& blocks,
    BlockMove move) {
  // Offsets stay in 64 bits; the numbers of elements need not.
  const bool small = dense.numel() <= kMost32 &&
      extent_of(blocks.before_sizes, blocks.before_strides) <= kMost32 &&
      extent_of(blocks.after_sizes, blocks.after_strides) <= kMost32;
  dispatch_every_type(blocks.dtype, "index_cuda", [&](auto type) {
    using T = decltype(type);
    auto* const to = static_cast<T*>(dense.data_ptr());
    if (small) {
      run_blocks<T, uint32_t>(blocks, to, move);
    } else {
      run_blocks<T, uint64_t>(blocks, to, move);
    }
  });
}

// ------------------------------------------------------------------- lines

// The walk over index's shape: index, the dense side, and self without its
// dimension dim.
IterationSpace walk_lines(
    const TensorBase& index,
    const TensorBase& dense,
    const TensorBase& self,
    int64_t dim) {
  const auto size = static_cast<int64_t>(self.itemsize());
  c10::DimVector self_strides(self.strides());
  self_strides[dim] = 0;
  const c10::DimVector one_value(index.sizes().size(), 0);
  IterationSpace space(index.sizes());
  space.add(index.data_ptr(), index.strides(), sizeof(int64_t));
  space.add(
      dense.data_ptr(),
      dense.dim() == 0 ? c10::IntArrayRef(one_value) : dense.strides(),
      size);
  space.add(self.data_ptr(), self_strides, size);
  space.merge();
  return space;
}

// f(element of the dense side, element of self) for each index.
template <typename T, typename F>
struct Line {
  const char* index;
  char* dense;
  char* self;
  int64_t size, step; // of self's dimension
  OffsetCalculator<3> calculator;
  F f;
  __device__ void operator()(int64_t i) const {
    const auto offsets = calculator.get(static_cast<uint32_t>(i));
    const int64_t k = *reinterpret_cast<const int64_t*>(index + offsets.at[0]);
    CUDA_KERNEL_ASSERT(k >= 0 && k < size && "index out of bounds");
    f(*reinterpret_cast<T*>(dense + offsets.at[1]),
      reinterpret_cast<T*>(self + offsets.at[2])[k * step]);
  }
};

template <typename T, typename F>
void for_each_line(
    const IterationSpace& lines,
    const TensorBase& self,
    int64_t dim,
    const F& f) {
  split_for_32bit(lines, [&](const IterationSpace& piece) {
    const int64_t* strides[] = {
        piece.strides[0].data(),
        piece.strides[1].data(),
        piece.strides[2].data()};
    for_each_index(
        piece.numel(),
        Line<T, F>{
            piece.data[0],
            piece.data[1],
            piece.data[2],
            self.sizes()[dim],
            self.strides()[dim],
            OffsetCalculator<3>(piece.sizes, strides),
            f});
  });
}

struct ReadLine {
  template <typename T>
  __device__ void operator()(T& dense, T& self) const {
    dense = self;
  }
};
struct WriteLine {
  template <typename T>
  __device__ void operator()(T& dense, T& self) const {
    self = dense;
  }
};
struct AddLine {
  template <typename T>
  __device__ void operator()(T& dense, T& self) const {
    atomic_add(&self, dense);
  }
};
struct MultiplyLine {
  template <typename T>
  __device__ void operator()(T& dense, T& self) const {
    atomic_multiply(&self, dense);
  }
};

void gather_kernel(
    const TensorBase& out,
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index) {
  const IterationSpace lines = walk_lines(index, out, self, dim);
  dispatch_every_type(self.scalar_type(), "gather_cuda", [&](auto type) {
    for_each_line<decltype(type)>(lines, self, dim, ReadLine{});
  });
}

void scatter_kernel(
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index,
    const TensorBase& src,
    ScatterReduce reduce) {
  const IterationSpace lines = walk_lines(index, src, self, dim);
  if (reduce == ScatterReduce::Multiply) {
    constexpr TypeSet kTypes = kAllTypes | kBoolType;
    dispatch<kTypes>(
        self.scalar_type(), "scatter_gather_tensor_cuda", [&](auto type) {
          for_each_line<decltype(type)>(lines, self, dim, MultiplyLine{});
        });
    return;
  }
  dispatch_every_type(
      self.scalar_type(), "scatter_gather_tensor_cuda", [&](auto type) {
        using T = decltype(type);
        if (reduce == ScatterReduce::Assign) {
          for_each_line<T>(lines, self, dim, WriteLine{});
        } else {
          for_each_line<T>(lines, self, dim, AddLine{});
        }
      });
}

} // namespace

REGISTER_DISPATCH(add_offsets_stub, add_offsets_kernel);
REGISTER_DISPATCH(indexed_blocks_stub, indexed_blocks_kernel);
REGISTER_DISPATCH(gather_stub, gather_kernel);
REGISTER_DISPATCH(scatter_stub, scatter_kernel);

} // namespace at::native

// OffsetCalculator: from the number of an element to its byte offset in each
// of N operands. Made on the host from sizes and strides, handed to a kernel
// by value. Host and device; needs no CUDA header. What is small enough for
// 32-bit offsets is decided in IterationSpace.h.
#pragma once

#include "aten/native/cuda/IntegerDivider.h"
#include "c10/util/ArrayRef.h"
#include "c10/util/Exception.h"

namespace at::native {

// Dimensions after merging; IterationSpace cuts what has more.
constexpr int kMaxLoopDims = 25;

template <int N, typename Index = uint32_t>
struct Offsets {
  Index at[N];
};

template <int N, typename Index = uint32_t>
class OffsetCalculator {
 public:
  // sizes: innermost first, none zero. strides[k]: those of operand k, in the
  // unit of the offsets, none negative.
  OffsetCalculator(
      c10::ArrayRef<int64_t> sizes,
      const int64_t* const* strides)
      : dims_(static_cast<int>(sizes.size())) {
    TORCH_INTERNAL_ASSERT(dims_ <= kMaxLoopDims, "too many dimensions");
    for (int d = 0; d < dims_; ++d) {
      sizes_[d] = IntegerDivider<Index>(static_cast<Index>(sizes[d]));
      for (int k = 0; k < N; ++k) {
        strides_[d][k] = static_cast<Index>(strides[k][d]);
      }
    }
  }

  // Of W elements at once, so that their divisions overlap: offsets[k][w].
  // `linear` is used up.
  template <int W>
  C10_HOST_DEVICE void get(Index (&linear)[W], Index (&offsets)[N][W]) const {
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
    for (int k = 0; k < N; ++k) {
      for (int w = 0; w < W; ++w) {
        offsets[k][w] = 0;
      }
    }
    // What is left at the end belongs to the outermost dimension.
    for (int d = 0; d + 1 < dims_; ++d) {
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
      for (int w = 0; w < W; ++w) {
        const DivMod<Index> split = sizes_[d](linear[w]);
        linear[w] = split.div;
        add<W>(offsets, w, split.mod, d);
      }
    }
    if (dims_ > 0) {
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
      for (int w = 0; w < W; ++w) {
        add<W>(offsets, w, linear[w], dims_ - 1);
      }
    }
  }

  C10_HOST_DEVICE Offsets<N, Index> get(Index element) const {
    Index linear[1] = {element};
    Index offsets[N][1];
    get<1>(linear, offsets);
    Offsets<N, Index> result;
    for (int k = 0; k < N; ++k) {
      result.at[k] = offsets[k][0];
    }
    return result;
  }

 private:
  template <int W>
  C10_HOST_DEVICE void
  add(Index (&offsets)[N][W], int w, Index index, int d) const {
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
    for (int k = 0; k < N; ++k) {
      offsets[k][w] += index * strides_[d][k];
    }
  }

  int dims_;
  IntegerDivider<Index> sizes_[kMaxLoopDims];
  Index strides_[kMaxLoopDims][N];
};

} // namespace at::native

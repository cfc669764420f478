// Negative dimensions and lists of dimensions. maybe_wrap_dim for one
// dimension is in aten/core/TensorBase.h.
#pragma once

#include <bitset>

#include "aten/core/TensorBase.h"

namespace at {

constexpr size_t kDimBitsetSize = 64;
using DimMask = std::bitset<kDimBitsetSize>;

inline DimVector maybe_wrap_dims(IntArrayRef dims, int64_t ndim) {
  DimVector wrapped;
  for (int64_t d : dims) {
    wrapped.push_back(maybe_wrap_dim(d, ndim));
  }
  return wrapped;
}

// The set of dims; RuntimeError where one is named twice.
inline DimMask dim_list_to_bitset(IntArrayRef dims, int64_t ndim) {
  TORCH_CHECK(
      ndim <= static_cast<int64_t>(kDimBitsetSize),
      "only tensors with up to ",
      kDimBitsetSize,
      " dims are supported");
  DimMask mask;
  for (int64_t d : dims) {
    const auto dim = static_cast<size_t>(maybe_wrap_dim(d, ndim));
    TORCH_CHECK(
        !mask[dim], "dim ", dim, " appears multiple times in the list of dims");
    mask[dim] = true;
  }
  return mask;
}

} // namespace at

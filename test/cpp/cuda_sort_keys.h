// sort_keys of native/cuda/IndexSort.h, as CUB does it on a device.
#pragma once

#include "cuda_fibers.h"

#include <numeric>

#include "aten/native/cuda/IndexSort.h"

namespace at::native {

SortedKeys sort_keys(const int64_t* keys, int64_t n, uint64_t) {
  SortedKeys result;
  result.memory = at::cuda::scratch(2 * static_cast<size_t>(n) * 8 + 1);
  auto* const sorted = static_cast<int64_t*>(result.memory.get());
  auto* const order = sorted + n;
  std::iota(order, order + n, int64_t{0});
  std::stable_sort(order, order + n, [&](int64_t a, int64_t b) {
    return static_cast<uint64_t>(keys[a]) < static_cast<uint64_t>(keys[b]);
  });
  for (int64_t i = 0; i < n; ++i) {
    sorted[i] = keys[order[i]];
  }
  result.keys = sorted;
  result.order = order;
  return result;
}

} // namespace at::native

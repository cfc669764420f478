// sort_keys(keys, n, most): the order in which n keys, each in [0, most], are
// sorted; equal keys keep their order. On the current device and stream.
#pragma once

#include <cstdint>

#include "c10/core/Allocator.h"

namespace at::native {

struct SortedKeys {
  const int64_t* keys; // sorted
  const int64_t* order; // order[k]: where keys[k] was
  c10::DataPtr memory; // of both, device memory
};

// keys: device memory.
SortedKeys sort_keys(const int64_t* keys, int64_t n, uint64_t most);

} // namespace at::native

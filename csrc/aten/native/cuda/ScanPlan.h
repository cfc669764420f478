// Into how many chunks the lines of a scan are cut, so that few long lines
// fill a device too. Host logic: test/cpp/cuda_reduce_plan_test.cpp.
#pragma once

#include "aten/native/cuda/ReducePlan.h"

namespace at::native {

constexpr int kScanThreads = 256;
constexpr int kScanItems = 4; // neighbours that one thread adds up
constexpr int64_t kMaxScanChunks = 1024;

// Contiguous: (outer, n, inner), scanned along the middle.
struct ScanPlan {
  int64_t lines; // outer * inner
  int64_t n;
  int64_t inner;
  int threads_per_line; // 1 where inner > 1, else a warp or a block
  int64_t chunk; // elements
  int64_t chunks; // of each line; the last one may be shorter

  // The first element of a line.
  C10_HOST_DEVICE int64_t line_offset(int64_t line) const {
    return line / inner * n * inner + line % inner;
  }
  C10_HOST_DEVICE int64_t end_of(int64_t chunk_index) const {
    const int64_t end = (chunk_index + 1) * chunk;
    return end < n ? end : n;
  }
};

inline ScanPlan plan_scan(
    int64_t outer,
    int64_t n,
    int64_t inner,
    DeviceShape device) {
  ScanPlan plan{outer * inner, n, inner, 1, n, 1};
  if (inner == 1) {
    plan.threads_per_line = n <= 32 * kScanItems * 8 ? 32 : kScanThreads;
  }
  // A tile is what the threads of a line take at once.
  const int64_t tile =
      plan.threads_per_line == 1 ? 1 : plan.threads_per_line * kScanItems;
  const int64_t worth_it = inner == 1 ? 4 * tile : 64;
  const int64_t threads =
      int64_t{device.multiprocessors} * device.threads_per_multiprocessor;
  const int64_t wanted = threads / (plan.lines * plan.threads_per_line);
  int64_t chunks = std::min({wanted, n / worth_it, kMaxScanChunks});
  if (chunks > 1) {
    const int64_t tiles = detail::ceil_div(n, tile);
    plan.chunk = detail::ceil_div(tiles, chunks) * tile;
    plan.chunks = detail::ceil_div(n, plan.chunk);
  }
  return plan;
}

} // namespace at::native

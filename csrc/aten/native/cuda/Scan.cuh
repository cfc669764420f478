// Running sums and products of the lines of a contiguous (outer, n, inner)
// tensor: scan_lines(). Read ScanPlan.h first.
//
// Where a line is cut into chunks, three launches do it: the total of each
// chunk, the running totals of those, and each chunk from where the one before
// it ends. Nothing depends on the order in which blocks run.
#pragma once

#include "aten/native/cuda/BlockReduce.cuh"
#include "aten/native/cuda/RowLaunch.cuh"
#include "aten/native/cuda/ScanPlan.h"
#include "aten/native/functors/ReduceOps.h"

namespace at::native {
namespace {

template <typename R>
struct Accumulate {
  bool product;
  __device__ R operator()(const R& a, const R& b) const {
    return static_cast<R>(product ? a * b : a + b);
  }
  __device__ R identity() const { return R(product ? 1 : 0); }
};

// The total of the threads of a line before this one; `all` becomes that of
// all of them. shared: a value per warp of the block.
template <int kThreads, typename R>
__device__ R scan_threads(R value, const Accumulate<R>& op, R& all, R* shared) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
  for (int d = 1; d < 32; d *= 2) {
    const R other = shuffle_up(value, d);
    if (lane >= d) {
      value = op(other, value);
    }
  }
  const R neighbour = shuffle_up(value, 1);
  const R before = lane == 0 ? op.identity() : neighbour;
  if constexpr (kThreads == 32) {
    all = shuffle_from(value, 31);
    return before;
  } else {
    const int warp = static_cast<int>(threadIdx.x) / 32;
    if (lane == 31) {
      shared[warp] = value;
    }
    __syncthreads();
    R warps_before = op.identity();
    all = op.identity();
    for (int w = 0; w < kThreads / 32; ++w) {
      if (w == warp) {
        warps_before = all;
      }
      all = op(all, shared[w]);
    }
    __syncthreads();
    return op(warps_before, before);
  }
}

// inner == 1. kThreads threads take a chunk, tile by tile; a block of
// kScanThreads holds one or eight of them. starts: running totals (lines,
// chunks), or null where a line is one chunk. to: null to write the chunk's
// total into totals instead.
template <int kThreads, typename S, typename R>
__global__ void __launch_bounds__(kScanThreads) scan_rows(
    const S* from,
    S* to,
    R* totals,
    const R* starts,
    const ScanPlan plan,
    const Accumulate<R> op) {
  AT_SHARED_ARRAY(R, shared, kScanThreads / 32);
  constexpr int kGroups = kScanThreads / kThreads;
  const int thread = static_cast<int>(threadIdx.x) % kThreads;
  const int64_t all_chunks = plan.lines * plan.chunks;
  // All threads of a group, and so of a barrier, agree on every bound.
  int64_t at =
      int64_t{blockIdx.x} * kGroups + static_cast<int>(threadIdx.x) / kThreads;
  for (; at < all_chunks; at += int64_t{gridDim.x} * kGroups) {
    const int64_t chunk = at % plan.chunks;
    const int64_t row = at / plan.chunks * plan.n;
    const int64_t end = plan.end_of(chunk);
    R carry = starts && chunk > 0 ? starts[at - 1] : op.identity();
    for (int64_t tile = chunk * plan.chunk; tile < end;
         tile += kThreads * kScanItems) {
      const int64_t first = tile + thread * kScanItems;
      R values[kScanItems];
#pragma unroll
      for (int k = 0; k < kScanItems; ++k) {
        values[k] = first + k < end ? static_cast<R>(from[row + first + k])
                                    : op.identity();
      }
#pragma unroll
      for (int k = 1; k < kScanItems; ++k) {
        values[k] = op(values[k - 1], values[k]);
      }
      R all;
      const R before =
          op(carry,
             scan_threads<kThreads>(values[kScanItems - 1], op, all, shared));
      if (to) {
#pragma unroll
        for (int k = 0; k < kScanItems; ++k) {
          if (first + k < end) {
            to[row + first + k] = static_cast<S>(op(before, values[k]));
          }
        }
      }
      carry = op(carry, all);
    }
    if (!to && thread == 0) {
      totals[at] = carry;
    }
  }
}

// inner > 1. One thread per chunk of a line; neighbouring threads have
// neighbouring lines. starts, to and totals as in scan_rows.
template <typename S, typename R>
__global__ void __launch_bounds__(kScanThreads) scan_columns(
    const S* __restrict__ from,
    S* __restrict__ to,
    R* __restrict__ totals,
    const R* __restrict__ starts,
    const ScanPlan plan,
    const Accumulate<R> op) {
  const int64_t all_chunks = plan.lines * plan.chunks;
  int64_t t = int64_t{blockIdx.x} * kScanThreads + threadIdx.x;
  for (; t < all_chunks; t += int64_t{gridDim.x} * kScanThreads) {
    const int64_t line = t % plan.lines;
    const int64_t chunk = t / plan.lines;
    const int64_t at = line * plan.chunks + chunk;
    const int64_t offset = plan.line_offset(line);
    const int64_t end = plan.end_of(chunk);
    R total = starts && chunk > 0 ? starts[at - 1] : op.identity();
#pragma unroll 4
    for (int64_t i = chunk * plan.chunk; i < end; ++i) {
      total = op(total, static_cast<R>(from[offset + i * plan.inner]));
      if (to) {
        to[offset + i * plan.inner] = static_cast<S>(total);
      }
    }
    if (!to) {
      totals[at] = total;
    }
  }
}

// One launch over all chunks.
template <typename S, typename R>
void launch_scan(
    const S* from,
    S* to,
    R* totals,
    const R* starts,
    const ScanPlan& plan,
    const Accumulate<R>& op) {
  auto* const kernel = plan.threads_per_line == 1 ? scan_columns<S, R>
      : plan.threads_per_line == 32 ? scan_rows<32, S, R>
                                    : scan_rows<kScanThreads, S, R>;
  launch(
      kernel,
      grid_for(plan.lines * plan.chunks, kScanThreads / plan.threads_per_line),
      dim3(kScanThreads),
      from,
      to,
      totals,
      starts,
      plan,
      op);
}

template <typename S>
void scan_lines(const S* from, S* to, const ScanPlan& plan, bool product) {
  using R = Running<S>;
  const Accumulate<R> op{product};
  R* const none = nullptr;
  if (plan.chunks == 1) {
    launch_scan<S, R>(from, to, none, none, plan, op);
    return;
  }
  const c10::DataPtr scratch = at::cuda::scratch(
      static_cast<size_t>(plan.lines * plan.chunks) * sizeof(R));
  R* const totals = static_cast<R*>(scratch.get());
  S* const nowhere = nullptr;
  launch_scan<S, R>(from, nowhere, totals, none, plan, op);
  // In place: a thread reads its elements before it writes them.
  const ScanPlan of_totals{plan.lines, plan.chunks, 1, 32, plan.chunks, 1};
  launch_scan<R, R>(totals, totals, none, none, of_totals, op);
  launch_scan<S, R>(from, to, none, totals, plan, op);
}

} // namespace
} // namespace at::native

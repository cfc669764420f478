// LongRowSort<Key>: working memory for rows of keys with their positions, and
// CUB's stable radix sorts over them: each row by itself where rows are long
// enough to fill the device, all rows at once otherwise, a block for each.
#pragma once

#include <cstdint>

#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_segmented_radix_sort.cuh>

#include "aten/native/cuda/RowLaunch.cuh"

namespace at::native {
namespace {

__global__ void row_bounds(int32_t* bounds, int64_t rows, int64_t n) {
  for (int64_t i = global_thread(); i <= rows; i += global_threads()) {
    bounds[i] = static_cast<int32_t>(i * n);
  }
}

// Key: uint32_t or uint64_t. rows * n < 2^31.
template <typename Key>
class LongRowSort {
 public:
  LongRowSort(int64_t rows, int64_t n)
      : rows_(rows),
        n_(n),
        memory_(
            at::cuda::scratch(
                static_cast<size_t>(2 * rows * n) *
                (sizeof(Key) + sizeof(uint32_t)))) {}

  Key* keys() const { return static_cast<Key*>(memory_.get()); }
  uint32_t* positions() const {
    return reinterpret_cast<uint32_t*>(keys() + 2 * all());
  }
  const uint32_t* sorted_positions() const { return positions() + all(); }

  // By the lowest `bits` of the keys.
  void run(int bits) const {
    constexpr int64_t kFillsDevice = 1 << 17;
    if (rows_ == 1 || n_ >= kFillsDevice) {
      for (int64_t row = 0; row < rows_; ++row) {
        sort_row(row * n_, bits);
      }
      return;
    }
    const c10::DataPtr memory =
        at::cuda::scratch(static_cast<size_t>(rows_ + 1) * sizeof(int32_t));
    auto* const bounds = static_cast<int32_t*>(memory.get());
    launch(
        row_bounds,
        grid_for(rows_ + 1, kThreads),
        dim3(kThreads),
        bounds,
        rows_,
        n_);
    with_workspace([&](void* workspace, size_t& bytes) {
      return cub::DeviceSegmentedRadixSort::SortPairs(
          workspace,
          bytes,
          keys(),
          keys() + all(),
          positions(),
          positions() + all(),
          static_cast<int>(all()),
          static_cast<int>(rows_),
          bounds,
          bounds + 1,
          0,
          bits,
          at::cuda::current_stream());
    });
  }

 private:
  int64_t all() const { return rows_ * n_; }

  void sort_row(int64_t at, int bits) const {
    with_workspace([&](void* workspace, size_t& bytes) {
      return cub::DeviceRadixSort::SortPairs(
          workspace,
          bytes,
          keys() + at,
          keys() + all() + at,
          positions() + at,
          positions() + all() + at,
          static_cast<int>(n_),
          0,
          bits,
          at::cuda::current_stream());
    });
  }

  // CUB is asked for its needs first, then given the memory.
  template <typename F>
  static void with_workspace(const F& f) {
    size_t bytes = 0;
    C10_CUDA_CHECK(f(nullptr, bytes));
    const c10::DataPtr workspace = at::cuda::scratch(bytes + 1);
    C10_CUDA_CHECK(f(workspace.get(), bytes));
  }

  int64_t rows_;
  int64_t n_;
  c10::DataPtr memory_;
};

} // namespace
} // namespace at::native

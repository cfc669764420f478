// sort_rows: the order of the rows of a matrix of keys, by CUB's stable merge
// sort; rows compare by their first keys that differ.
#pragma once

#include <cstdint>

#include <cub/device/device_merge_sort.cuh>

#include "aten/native/cuda/RowLaunch.cuh"

namespace at::native {
namespace {

struct RowLess {
  const uint64_t* keys; // (n, width)
  int64_t width;

  C10_HOST_DEVICE bool operator()(int64_t a, int64_t b) const {
    for (int64_t i = 0; i < width; ++i) {
      const uint64_t x = keys[a * width + i];
      const uint64_t y = keys[b * width + i];
      if (x != y) {
        return x < y;
      }
    }
    return false;
  }
};

// order: 0, 1, ..., n - 1 on entry.
inline void sort_rows(int64_t* order, int64_t n, const RowLess& less) {
  const auto sort = [&](void* workspace, size_t& bytes) {
    return cub::DeviceMergeSort::StableSortKeys(
        workspace, bytes, order, n, less, at::cuda::current_stream());
  };
  size_t bytes = 0;
  C10_CUDA_CHECK(sort(nullptr, bytes));
  const c10::DataPtr workspace = at::cuda::scratch(bytes + 1);
  C10_CUDA_CHECK(sort(workspace.get(), bytes));
}

} // namespace
} // namespace at::native

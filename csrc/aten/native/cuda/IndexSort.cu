#include "aten/native/cuda/IndexSort.h"

#include <cub/device/device_radix_sort.cuh>

#include "aten/cuda/CUDAContext.h"
#include "aten/native/cuda/Launch.cuh"

namespace at::native {
namespace {

struct Count {
  int64_t* out;
  __device__ void operator()(int64_t i) const { out[i] = i; }
};

} // namespace

SortedKeys sort_keys(const int64_t* keys, int64_t n, uint64_t most) {
  const auto bytes = static_cast<size_t>(n) * sizeof(int64_t);
  SortedKeys result;
  result.memory = at::cuda::scratch(2 * bytes);
  auto* const sorted = static_cast<int64_t*>(result.memory.get());
  auto* const order = sorted + n;
  result.keys = sorted;
  result.order = order;
  if (n == 0) {
    return result;
  }
  const c10::DataPtr positions = at::cuda::scratch(bytes);
  auto* const unsorted = static_cast<int64_t*>(positions.get());
  for_each_index(n, Count{unsorted});
  // No key has a higher bit than `most`.
  const int bits = most == 0 ? 1 : 64 - __builtin_clzll(most);
  const auto sort = [&](void* temporary, size_t& nbytes) {
    C10_CUDA_CHECK(
        cub::DeviceRadixSort::SortPairs(
            temporary,
            nbytes,
            reinterpret_cast<const uint64_t*>(keys),
            reinterpret_cast<uint64_t*>(sorted),
            unsorted,
            order,
            n,
            0,
            bits,
            at::cuda::current_stream()));
  };
  size_t nbytes = 0;
  sort(nullptr, nbytes);
  const c10::DataPtr temporary = at::cuda::scratch(nbytes);
  sort(temporary.get(), nbytes);
  return result;
}

} // namespace at::native

// Small things that the kernels of rows and reductions launch with.
#pragma once

#include <algorithm>
#include <cstdint>

#include "aten/core/TensorBase.h"
#include "aten/native/cuda/Launch.cuh"
#include "aten/native/cuda/ReducePlan.h"
#include "c10/core/Allocator.h"

// Shared memory for n values of a type that may have no device constructor.
#define AT_SHARED_ARRAY(T, name, n)                          \
  alignas(16) __shared__ char name##_bytes[(n) * sizeof(T)]; \
  T* const name = reinterpret_cast<T*>(name##_bytes)

namespace at::native {
namespace {

constexpr int64_t kMaxGridX = INT64_C(0x7FFFFFFF);

// Blocks for n threads (or rows) of `each` per block; kernels stride over what
// the grid does not reach.
inline dim3 grid_for(int64_t n, int64_t each, int splits = 1) {
  return dim3(
      static_cast<unsigned>(
          std::max<int64_t>(1, std::min((n + each - 1) / each, kMaxGridX))),
      static_cast<unsigned>(splits));
}

#ifdef __CUDACC__
inline DeviceShape device_shape() {
  const cudaDeviceProp& p = at::cuda::device_properties();
  return {p.multiProcessorCount, p.maxThreadsPerMultiProcessor};
}
#endif

// Null for an undefined tensor.
template <typename S>
S* pointer(const TensorBase& t) {
  return t.defined() ? static_cast<S*>(t.data_ptr()) : nullptr;
}

} // namespace
} // namespace at::native

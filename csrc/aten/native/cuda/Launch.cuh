// How kernels start where no block needs shared memory: launch(kernel, blocks,
// threads, arguments...) on the current stream, checked at once, and
// for_each_index(n, f), a kernel that calls f(i) for 0 <= i < n.
//
// Compiled by nvcc; test/cpp/cuda_fibers.h stands in for what only nvcc knows
// where kernels run on the CPU to be tested.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "aten/cuda/KernelAssert.h"
#include "c10/macros/Macros.h"

#ifdef __CUDACC__
#include "aten/cuda/CUDAContext.h"

namespace at::native {
namespace {

template <typename... Parameters, typename... Arguments>
void launch(
    void (*kernel)(Parameters...),
    dim3 blocks,
    dim3 threads,
    Arguments&&... arguments) {
  kernel<<<blocks, threads, 0, at::cuda::current_stream()>>>(
      std::forward<Arguments>(arguments)...);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

} // namespace
} // namespace at::native
#endif

namespace at::native {
namespace {

// Threads of a block where nothing asks for another number.
constexpr int kThreads = 256;

// Blocks that cover n elements.
constexpr uint32_t blocks_for(int64_t n, int64_t per_block) {
  return static_cast<uint32_t>((n + per_block - 1) / per_block);
}

// This thread's place in the launch, and the number of all threads.
__device__ __forceinline__ int64_t global_thread() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ int64_t global_threads() {
  return static_cast<int64_t>(gridDim.x) * blockDim.x;
}

template <typename F>
__global__ void __launch_bounds__(kThreads)
    index_kernel(const int64_t n, const F f) {
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    f(i);
  }
}

template <typename F>
void for_each_index(int64_t n, const F& f) {
  constexpr int64_t kMostBlocks = 1 << 20; // beyond, threads take several
  if (n > 0) {
    const int64_t blocks = (n + kThreads - 1) / kThreads;
    launch(
        index_kernel<F>,
        static_cast<uint32_t>(std::min(blocks, kMostBlocks)),
        kThreads,
        n,
        f);
  }
}

} // namespace
} // namespace at::native

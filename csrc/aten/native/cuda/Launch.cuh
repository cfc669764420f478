// launch(kernel, blocks, threads, arguments...): the one place where kernels
// without shared memory start: on the current stream, checked at once.
//
// Compiled by nvcc; test/cpp/cuda_emulation.h stands in for it where kernels
// run on the CPU to be tested.
#pragma once

#ifdef __CUDACC__
#include <utility>

#include "aten/cuda/CUDAContext.h"

namespace at::native {
namespace {

template <typename... Parameters, typename... Arguments>
void launch(
    void (*kernel)(Parameters...),
    uint32_t blocks,
    uint32_t threads,
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

} // namespace
} // namespace at::native

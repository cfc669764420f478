// What a kernel file needs of the runtime: checks, the current device and
// stream, properties, scratch memory. Everything acts on the current device,
// which the caller has made that of the tensors (aten/core/CUDAHooks.h,
// Note [Who makes a device current]).
#pragma once

#include <cuda_runtime_api.h>

#include "aten/core/CUDAHooks.h"
#include "c10/core/Allocator.h"
#include "c10/util/Exception.h"

namespace at::cuda {

namespace detail {
[[noreturn]] void report_error(cudaError_t error);
} // namespace detail

cudaStream_t current_stream();
int current_device();
// Read once per device.
const cudaDeviceProp& device_properties();
const cudaDeviceProp& device_properties(int device);

// Memory of the current device for the length of a scope. Freeing it is
// ordered on the current stream: kernels launched before may still use it.
c10::DataPtr scratch(size_t nbytes);

using DeviceGuard = at::DeviceGuard;

} // namespace at::cuda

// expr: a call of the runtime. Its error becomes PyTorch's "CUDA error: ..."
#define C10_CUDA_CHECK(expr)                     \
  do {                                           \
    const cudaError_t c10_error_ = (expr);       \
    if (C10_UNLIKELY(c10_error_ != cudaSuccess)) { \
      ::at::cuda::detail::report_error(c10_error_); \
    }                                            \
  } while (false)

// After each launch: reports a launch that failed, not the kernel's work.
#define C10_CUDA_KERNEL_LAUNCH_CHECK() C10_CUDA_CHECK(cudaGetLastError())

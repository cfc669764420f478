#include "aten/cuda/CUDAContext.h"

#include <array>
#include <mutex>

#include "aten/cuda/Stream.h"

namespace at::cuda {

void detail::report_error(cudaError_t error) {
  cudaGetLastError(); // a failed launch is reported once
  const char* name = cudaGetErrorName(error);
  c10::detail::throw_error(
      c10::ErrorKind::Accelerator,
      c10::str(
          "CUDA error: ",
          cudaGetErrorString(error),
          "\nSearch for `",
          name,
          "' in https://docs.nvidia.com/cuda/cuda-runtime-api/"
          "group__CUDART__TYPES.html for more information.\n"
          "CUDA kernel errors might be asynchronously reported at some other "
          "API call, so the stacktrace below might be incorrect.\n"
          "For debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"));
}

cudaStream_t current_stream() {
  return static_cast<cudaStream_t>(handle_of(stream_of(-1)));
}

int current_device() { return driver().get_device(); }

const cudaDeviceProp& device_properties(int device) {
  static std::array<std::once_flag, kMaxDevices> read;
  static std::array<cudaDeviceProp, kMaxDevices> properties;
  const auto i = static_cast<size_t>(device);
  TORCH_CHECK(
      device >= 0 && device < driver().device_count(), "Invalid device id");
  std::call_once(read[i], [&] {
    C10_CUDA_CHECK(cudaGetDeviceProperties(&properties[i], device));
  });
  return properties[i];
}

const cudaDeviceProp& device_properties() {
  return device_properties(current_device());
}

c10::DataPtr scratch(size_t nbytes) {
  return c10::get_allocator(c10::kCUDA)->allocate(nbytes);
}

} // namespace at::cuda

#include "aten/native/cuda/DistributionPolicy.h"

#include "aten/cuda/CUDAContext.h"

namespace at::native {

int64_t resident_blocks() {
  const cudaDeviceProp& p = at::cuda::device_properties();
  return resident_blocks(p.multiProcessorCount, p.maxThreadsPerMultiProcessor);
}

} // namespace at::native

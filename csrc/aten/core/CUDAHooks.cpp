#include "aten/core/CUDAHooks.h"

namespace at {
namespace cuda {
namespace {

CUDAHooks* hooks = nullptr;

} // namespace

CUDASettings& cuda_settings() {
  static CUDASettings settings;
  return settings;
}

CUDAHooks* cuda_hooks() { return hooks; }
void set_cuda_hooks(CUDAHooks* table) { hooks = table; }

} // namespace cuda

void DeviceGuard::enter(int device) {
  cuda::CUDAHooks* const hooks = cuda::cuda_hooks();
  if (hooks == nullptr) {
    return; // a tensor without memory of its own, such as one being refused
  }
  const int current = hooks->current_device();
  if (current != device) {
    hooks->set_device(device);
    before_ = current;
  }
}

void DeviceGuard::leave() noexcept {
  cuda::cuda_hooks()->set_device(before_);
}

} // namespace at

// guarded<F>(): the function that a CUDA slot of the dispatch table holds: F
// under a guard of its tensors' device. See aten/core/DeviceGuard.h, Note
// [Who makes a device current].
#pragma once

#include "aten/core/DeviceGuard.h"
#include "aten/core/Operator.h"
#include "aten/core/Tensor.h"
#include "aten/native/OneDevice.h"

namespace at::native {
namespace detail {

template <auto F>
struct Guarded;
template <typename R, typename... Args, R (*F)(Args...)>
struct Guarded<F> {
  static R call(Args... args) {
    const DeviceGuard guard(at::detail::cuda_device_of(args...));
    return F(static_cast<Args&&>(args)...);
  }
};

} // namespace detail

template <auto F>
c10::AnyFunction guarded() {
  return reinterpret_cast<c10::AnyFunction>(&detail::Guarded<F>::call);
}

} // namespace at::native

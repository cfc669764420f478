// DeviceGuard: makes a CUDA device the thread's current one for a scope; for
// other devices, or without an index, it does nothing.
//
// Note [Who makes a device current]
// Kernels, allocations and streams act on the current device. It is made that
// of the tensors in three places, so that no operator body has to: where
// empty tensors are made (EmptyTensor.cpp), where a stub is called
// (DispatchStub.h), and around each function that libtorch_cuda puts into a
// CUDA slot (native/cuda/Guarded.h).
#pragma once

#include "aten/core/TensorBase.h"

namespace at {

class TensorIterator;

class C10_API DeviceGuard {
 public:
  explicit DeviceGuard(c10::Device device) {
    if (C10_UNLIKELY(device.is_cuda() && device.has_index())) {
      enter(device.index());
    }
  }
  DeviceGuard(const DeviceGuard&) = delete;
  DeviceGuard& operator=(const DeviceGuard&) = delete;
  ~DeviceGuard() {
    if (C10_UNLIKELY(before_ >= 0)) {
      leave();
    }
  }

 private:
  void enter(int device);
  void leave() noexcept;
  int before_ = -1;
};

namespace detail {

template <typename T>
struct is_array_ref : std::false_type {};
template <typename T>
struct is_array_ref<c10::ArrayRef<T>> : std::true_type {};

template <typename T>
c10::Device device_of_argument(const T& argument) {
  if constexpr (std::is_same<T, TensorIterator>::value) {
    return argument.device();
  } else if constexpr (std::is_base_of<TensorBase, T>::value) {
    return argument.defined() ? argument.device() : c10::Device();
  } else if constexpr (is_array_ref<T>::value) {
    return argument.empty() ? c10::Device() : device_of_argument(argument[0]);
  } else {
    return c10::Device();
  }
}

// The device of the first argument that lies on CUDA; the CPU if none does.
template <typename... Args>
c10::Device cuda_device_of(const Args&... args) {
  c10::Device found;
  [[maybe_unused]] auto look = [&found](c10::Device d) {
    if (!found.is_cuda() && d.is_cuda()) {
      found = d;
    }
  };
  (look(device_of_argument(args)), ...);
  return found;
}

} // namespace detail
} // namespace at

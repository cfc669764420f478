// one_device<F, names>: F after a check that its tensors lie on one device, in
// the words of PyTorch's check before each CUDA call. For the bodies whose
// kernels get pointers; a TensorIterator looks for itself. Generated where an
// entry of aten/ops says `one_device`.
#pragma once

#include "aten/core/Tensor.h"

namespace at::native {
namespace detail {

class OneDeviceCheck {
 public:
  // names: the method, then its tensors in their order.
  explicit OneDeviceCheck(const char* const* names)
      : method_(names[0]), names_(names) {}

  template <typename T>
  void look(const T& argument) {
    if constexpr (std::is_base_of<TensorBase, T>::value) {
      ++names_;
      check(argument);
    } else if constexpr (std::is_same<T, TensorList>::value) {
      ++names_;
      for (const Tensor& t : argument) {
        check(t);
      }
    }
  }

 private:
  void check(const TensorBase& t) {
    if (!t.defined()) {
      return;
    }
    if (first_ == nullptr) {
      first_ = &t;
    }
    TORCH_CHECK(
        t.device() == first_->device(),
        "Expected all tensors to be on the same device, but got ",
        *names_,
        " is on ",
        t.device(),
        ", different from other tensors on ",
        first_->device(),
        " (when checking argument in method ",
        method_,
        ')');
  }

  const char* method_;
  const char* const* names_; // of the tensor looked at last
  const TensorBase* first_ = nullptr;
};

template <auto F, const char* const* kNames>
struct OneDevice;
template <
    typename R,
    typename... Args,
    R (*F)(Args...),
    const char* const* kNames>
struct OneDevice<F, kNames> {
  static R call(Args... args) {
    OneDeviceCheck check(kNames);
    (check.look(args), ...);
    return F(static_cast<Args&&>(args)...);
  }
};

} // namespace detail

template <auto F, const char* const* kNames>
constexpr auto one_device = &detail::OneDevice<F, kNames>::call;

} // namespace at::native

// Generator: a source of random numbers, a handle on the implementation of
// its device. An undefined Generator means the device's default one.
#pragma once

#include <cstdint>
#include <mutex>

#include "c10/core/Device.h"
#include "c10/util/intrusive_ptr.h"

namespace c10 {

class C10_API GeneratorImpl : public intrusive_ptr_target {
 public:
  explicit GeneratorImpl(Device device) : device_(device) {}
  virtual void set_current_seed(uint64_t seed) = 0;
  virtual uint64_t current_seed() const = 0;
  // Seeds from the system's entropy and returns the seed.
  virtual uint64_t seed() = 0;
  virtual intrusive_ptr<GeneratorImpl> clone() const = 0;
  Device device() const { return device_; }

  // Held by a kernel while it draws.
  std::mutex mutex_;
  // The Python object of this generator; borrowed.
  void* pyobj_ = nullptr;

 private:
  Device device_;
};

class Generator {
 public:
  Generator() = default;
  explicit Generator(intrusive_ptr<GeneratorImpl> impl)
      : impl_(std::move(impl)) {}
  bool defined() const { return impl_.defined(); }
  GeneratorImpl* impl() const { return impl_.get(); }
  Device device() const { return impl_->device(); }
  uint64_t current_seed() const { return impl_->current_seed(); }
  void set_current_seed(uint64_t seed) const {
    impl_->set_current_seed(seed);
  }
  template <typename T>
  T* get() const {
    return static_cast<T*>(impl_.get());
  }
  bool operator==(const Generator& o) const { return impl_ == o.impl_; }

 private:
  intrusive_ptr<GeneratorImpl> impl_;
};

} // namespace c10

namespace at {
using c10::Generator;
}

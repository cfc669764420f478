// Allocator: where the bytes of a storage come from, one per device type.
// DataPtr: an owned block, with the function that frees it.
#pragma once

#include <cstddef>
#include <utility>

#include "c10/core/Device.h"

namespace c10 {

using DeleterFn = void (*)(void* context);

// Owns `context` and calls deleter(context) at the end; `data` points at the
// bytes, usually the same block. Move-only.
class DataPtr {
 public:
  DataPtr() = default;
  DataPtr(void* data, Device device) : data_(data), device_(device) {}
  DataPtr(void* data, void* context, DeleterFn deleter, Device device)
      : data_(data), context_(context), deleter_(deleter), device_(device) {}
  DataPtr(DataPtr&& other) noexcept { swap(other); }
  DataPtr& operator=(DataPtr&& other) noexcept {
    DataPtr(std::move(other)).swap(*this);
    return *this;
  }
  ~DataPtr() { clear(); }

  void* get() const { return data_; }
  void* context() const { return context_; }
  DeleterFn deleter() const { return deleter_; }
  Device device() const { return device_; }
  explicit operator bool() const { return data_ != nullptr; }
  void clear() {
    if (deleter_) {
      deleter_(context_);
    }
    data_ = context_ = nullptr;
    deleter_ = nullptr;
  }
  void swap(DataPtr& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(context_, other.context_);
    std::swap(deleter_, other.deleter_);
    std::swap(device_, other.device_);
  }

 private:
  void* data_ = nullptr;
  void* context_ = nullptr;
  DeleterFn deleter_ = nullptr;
  Device device_;
};

class C10_API Allocator {
 public:
  virtual ~Allocator() = default;
  // Zero bytes give a null pointer. Throws OutOfMemory or RuntimeError.
  virtual DataPtr allocate(size_t nbytes) = 0;
};

C10_API void set_allocator(DeviceType type, Allocator* allocator);
// RuntimeError where the device type has none (its library is not loaded).
C10_API Allocator* get_allocator(DeviceType type);

} // namespace c10

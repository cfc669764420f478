// Driver: the few calls of the CUDA runtime that memory, streams and events
// need, as an interface. RuntimeDriver.cpp is the real one; tests set a fake
// one, so that everything above it runs on machines without a GPU.
//
// Handles are the runtime's own pointers (cudaStream_t, cudaEvent_t). Calls
// act on the calling thread's current device. Failures throw, except where a
// comment says otherwise.
#pragma once

#include "aten/core/CUDAHooks.h"
#include "aten/cuda/ProcessMemory.h"

namespace at::cuda {

class Driver {
 public:
  virtual ~Driver() = default;

  // Zero without a driver or a device; never throws.
  virtual int device_count() = 0;
  virtual int get_device() = 0;
  virtual void set_device(int device) = 0;
  virtual void synchronize_device() = 0;

  // Null when the device has no such piece left.
  virtual void* allocate(size_t nbytes) = 0;
  virtual void free(void* block) = 0;
  virtual void memory_info(size_t* free_bytes, size_t* total_bytes) = 0;
  // Of the current device; empty where nobody tells.
  virtual std::vector<ProcessMemory> process_memory() = 0;
  // Page-locked host memory; null when there is none.
  virtual void* allocate_host(size_t nbytes) = 0;
  virtual void free_host(void* block) = 0;

  // Lower numbers run first.
  virtual StreamHandle create_stream(int priority) = 0;
  virtual int greatest_priority() = 0; // zero or below
  // False while work is queued.
  virtual bool query_stream(StreamHandle stream) = 0;
  virtual void synchronize_stream(StreamHandle stream) = 0;

  virtual EventHandle create_event(EventFlags flags) = 0;
  virtual void destroy_event(EventHandle event) noexcept = 0;
  virtual void record_event(EventHandle event, StreamHandle stream) = 0;
  virtual bool query_event(EventHandle event) = 0;
  virtual void synchronize_event(EventHandle event) = 0;
  virtual void wait_event(StreamHandle stream, EventHandle event) = 0;
  virtual float elapsed_ms(EventHandle start, EventHandle end) = 0;
};

// The one in use: runtime_driver() from the library's initialiser on, in tests
// a fake one.
Driver& driver();
void set_driver(Driver* driver);
Driver& runtime_driver();

// Makes a device current for a scope; -1 keeps the current one.
class DriverDeviceGuard {
 public:
  explicit DriverDeviceGuard(int device) : before_(driver().get_device()) {
    switched_ = device >= 0 && device != before_;
    if (switched_) {
      driver().set_device(device);
    }
  }
  DriverDeviceGuard(const DriverDeviceGuard&) = delete;
  DriverDeviceGuard& operator=(const DriverDeviceGuard&) = delete;
  ~DriverDeviceGuard() {
    if (switched_) {
      driver().set_device(before_);
    }
  }

 private:
  int before_;
  bool switched_;
};

} // namespace at::cuda

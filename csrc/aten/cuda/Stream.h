// Stream: a queue of work on one device. Each device has its default stream
// and, per priority, a pool of 32 that are handed out in turn; each thread
// has one current stream per device. Host logic over Driver.h.
#pragma once

#include "aten/cuda/Driver.h"

namespace at::cuda {

// Streams of one priority and device.
constexpr int kStreamsPerPool = 32;
constexpr int kMaxPriorities = 4;
constexpr int kMaxDevices = 64;

// Note [Stream ids]
// Zero for the default stream; for a pool's stream its number in the pool,
// its priority and a low bit of one, packed as PyTorch packs them; for a
// stream of somebody else its handle. The runtime's streams live as long as
// the program.
StreamHandle handle_of(Stream stream);
int priority_of(Stream stream);

Stream default_stream(int device);
// device -1: the current one. A priority outside the device's range is moved
// into it; a positive one is a RuntimeError.
Stream stream_from_pool(int priority = 0, int device = -1);
// A stream that another library made.
Stream external_stream(StreamHandle handle, int device);
Stream stream_of(int device); // the thread's current one; -1 as above
void set_stream(Stream stream);
// Later work of `waiting` starts when what `other` has queued is done.
void wait_stream(Stream waiting, Stream other);

// Makes a stream, and its device, current for a scope.
class StreamGuard {
 public:
  explicit StreamGuard(Stream stream)
      : device_(stream.device), before_(stream_of(stream.device)) {
    set_stream(stream);
  }
  StreamGuard(const StreamGuard&) = delete;
  StreamGuard& operator=(const StreamGuard&) = delete;
  ~StreamGuard() { set_stream(before_); }

 private:
  DriverDeviceGuard device_;
  Stream before_;
};

} // namespace at::cuda

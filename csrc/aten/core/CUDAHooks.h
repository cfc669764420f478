// CUDAHooks: what Python and the lower layers ask of CUDA. libtorch_cuda.so
// fills it in when it is loaded; until then cuda_hooks() is null and CUDA
// does not exist. Read docs/design/cuda.md first.
#pragma once

#include <string>

#include "aten/core/DeviceGuard.h"
#include "c10/core/Generator.h"

namespace at::cuda {

// A queue of work on one device, see aten/cuda/Stream.h. Id zero is the
// default stream.
struct Stream {
  int64_t id = 0;
  int device = 0;
  bool operator==(const Stream& o) const {
    return id == o.id && device == o.device;
  }
  bool operator!=(const Stream& o) const { return !(*this == o); }
};

using StreamHandle = void*; // cudaStream_t; null: the default stream
using EventHandle = void*; // cudaEvent_t

struct EventFlags {
  bool timing = false;
  bool blocking = false;
  bool interprocess = false;
};

struct DeviceProperties {
  std::string name;
  std::string uuid;
  int major, minor;
  int64_t total_memory;
  int multi_processor_count;
  int max_threads_per_multi_processor;
  int max_threads_per_block;
  int warp_size;
  int regs_per_multiprocessor;
  int64_t shared_memory_per_block;
  int64_t shared_memory_per_block_optin;
  int64_t shared_memory_per_multiprocessor;
  int64_t l2_cache_size;
  int clock_rate; // kHz
  int memory_clock_rate; // kHz
  int memory_bus_width; // bits
  int pci_bus_id, pci_device_id, pci_domain_id;
  bool is_integrated;
  bool is_multi_gpu_board;
};

// A count with its history; bytes or pieces.
struct Stat {
  int64_t current = 0;
  int64_t peak = 0;
  int64_t allocated = 0; // total of all increases
  int64_t freed = 0; // total of all decreases
};
// One for all blocks, one per pool.
struct PoolStats {
  Stat all, small_pool, large_pool;
};
// The figures of torch.cuda.memory_stats.
struct AllocatorStats {
  PoolStats allocation; // blocks in tensors' hands
  PoolStats segment; // pieces got from the driver
  PoolStats active; // in use, or waiting for a stream
  PoolStats inactive_split; // free parts of split segments
  PoolStats allocated_bytes;
  PoolStats reserved_bytes;
  PoolStats active_bytes;
  PoolStats inactive_split_bytes;
  PoolStats requested_bytes; // before rounding
  Stat oversize_allocations;
  Stat oversize_segments;
  int64_t num_alloc_retries = 0;
  int64_t num_ooms = 0;
  int64_t num_sync_all_streams = 0;
  int64_t num_device_alloc = 0;
  int64_t num_device_free = 0;
};

class CUDAHooks {
 public:
  virtual ~CUDAHooks() = default;

  // ---- devices
  // RuntimeError with PyTorch's text where there is no driver or no GPU.
  virtual void init() = 0;
  virtual int device_count() = 0; // zero where there is none; never throws
  virtual int current_device() = 0;
  virtual void set_device(int device) = 0;
  virtual void synchronize_device() = 0; // the current one
  virtual DeviceProperties properties(int device) = 0;
  virtual bool can_access_peer(int device, int peer) = 0;
  virtual void memory_info(size_t* free_bytes, size_t* total_bytes) = 0;
  virtual int runtime_version() = 0; // 13000 is CUDA 13.0
  virtual int driver_version() = 0;
  virtual int cudnn_version() = 0; // zero where it cannot be loaded
  virtual const char* arch_flags() = 0; // "sm_80 sm_90 compute_90"

  // ---- streams; device -1 is the current one
  virtual Stream stream_from_pool(int priority, int device) = 0;
  virtual Stream external_stream(StreamHandle handle, int device) = 0;
  virtual Stream current_stream(int device) = 0;
  virtual void set_stream(Stream stream) = 0;
  virtual StreamHandle stream_handle(Stream stream) = 0;
  virtual int stream_priority(Stream stream) = 0;
  virtual int greatest_priority() = 0;
  virtual bool query_stream(Stream stream) = 0;
  virtual void synchronize_stream(Stream stream) = 0;
  // Later work of `waiting` starts when what `other` has queued is done.
  virtual void wait_stream(Stream waiting, Stream other) = 0;

  // ---- events; an event belongs to the device that was current
  virtual EventHandle create_event(EventFlags flags) = 0;
  virtual void destroy_event(EventHandle event, int device) noexcept = 0;
  virtual void record_event(EventHandle event, Stream stream) = 0;
  virtual void wait_event(Stream stream, EventHandle event) = 0;
  virtual bool query_event(EventHandle event) = 0;
  virtual void synchronize_event(EventHandle event) = 0;
  virtual float elapsed_ms(EventHandle start, EventHandle end) = 0;

  // ---- memory
  virtual AllocatorStats memory_stats(int device) = 0;
  virtual void reset_peak_memory_stats(int device) = 0;
  virtual void reset_accumulated_memory_stats(int device) = 0;
  virtual void empty_cache() = 0;
  virtual void set_memory_fraction(double fraction, int device) = 0;
  // The block stays until what `stream` has queued now is done.
  virtual void record_stream(const c10::DataPtr& data, Stream stream) = 0;
  // Between any two places, on the current stream; waits for it.
  virtual void copy_bytes(void* to, const void* from, size_t nbytes) = 0;
  virtual c10::Allocator* pinned_allocator() = 0;
  virtual bool is_pinned(const void* data) = 0;

  // ---- random numbers; device -1 is the current one
  virtual const c10::Generator& default_generator(int device) = 0;
  virtual c10::Generator make_generator(int device) = 0;
  // The uint8 tensor of get_state(); PyTorch's errors for anything else.
  virtual TensorBase generator_state(const c10::Generator& generator) = 0;
  virtual void set_generator_state(
      const c10::Generator& generator,
      const TensorBase& state) = 0;
  virtual uint64_t generator_offset(const c10::Generator& generator) = 0;
  virtual void set_generator_offset(
      const c10::Generator& generator,
      uint64_t offset) = 0;
};

// Switches of torch.backends.cuda and cudnn; they exist without CUDA too.
struct CUDASettings {
  bool matmul_allow_tf32 = false;
  bool cudnn_allow_tf32 = true;
  bool cudnn_enabled = true;
  bool cudnn_benchmark = false;
  bool cudnn_deterministic = false;
};
C10_API CUDASettings& cuda_settings();

C10_API CUDAHooks* cuda_hooks();
// Called by libtorch_cuda's initialiser, once.
C10_API void set_cuda_hooks(CUDAHooks* hooks);

} // namespace at::cuda

// The Driver that calls the CUDA runtime.
#include "aten/cuda/CUDAContext.h"
#include "aten/cuda/Driver.h"

namespace at::cuda {
namespace {

cudaStream_t stream_of_handle(StreamHandle handle) {
  return static_cast<cudaStream_t>(handle);
}
cudaEvent_t event_of_handle(EventHandle handle) {
  return static_cast<cudaEvent_t>(handle);
}

// False for "not ready", which is no error.
bool is_done(cudaError_t status) {
  if (status == cudaErrorNotReady) {
    cudaGetLastError();
    return false;
  }
  C10_CUDA_CHECK(status);
  return true;
}

// Whether memory was had; anything but its lack throws.
bool had_memory(cudaError_t status) {
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();
    return false;
  }
  C10_CUDA_CHECK(status);
  return true;
}

class RuntimeDriver final : public Driver {
 public:
  int device_count() override {
    static const int count = [] {
      int found = 0;
      if (cudaGetDeviceCount(&found) != cudaSuccess) {
        cudaGetLastError();
        return 0;
      }
      return found;
    }();
    return count;
  }
  int get_device() override {
    int device = 0;
    C10_CUDA_CHECK(cudaGetDevice(&device));
    return device;
  }
  void set_device(int device) override {
    C10_CUDA_CHECK(cudaSetDevice(device));
  }
  void synchronize_device() override {
    C10_CUDA_CHECK(cudaDeviceSynchronize());
  }

  void* allocate(size_t nbytes) override {
    void* block = nullptr;
    return had_memory(cudaMalloc(&block, nbytes)) ? block : nullptr;
  }
  void free(void* block) override { C10_CUDA_CHECK(cudaFree(block)); }
  void memory_info(size_t* free_bytes, size_t* total_bytes) override {
    C10_CUDA_CHECK(cudaMemGetInfo(free_bytes, total_bytes));
  }
  std::vector<ProcessMemory> process_memory() override {
    char id[32];
    C10_CUDA_CHECK(cudaDeviceGetPCIBusId(id, sizeof(id), get_device()));
    return cuda::process_memory(id);
  }
  void* allocate_host(size_t nbytes) override {
    void* block = nullptr;
    return had_memory(cudaHostAlloc(&block, nbytes, cudaHostAllocPortable))
        ? block
        : nullptr;
  }
  void free_host(void* block) override { C10_CUDA_CHECK(cudaFreeHost(block)); }

  StreamHandle create_stream(int priority) override {
    cudaStream_t stream = nullptr;
    C10_CUDA_CHECK(
        cudaStreamCreateWithPriority(&stream, cudaStreamNonBlocking, priority));
    return stream;
  }
  int greatest_priority() override {
    int least = 0;
    int greatest = 0;
    C10_CUDA_CHECK(cudaDeviceGetStreamPriorityRange(&least, &greatest));
    return greatest;
  }
  bool query_stream(StreamHandle stream) override {
    return is_done(cudaStreamQuery(stream_of_handle(stream)));
  }
  void synchronize_stream(StreamHandle stream) override {
    C10_CUDA_CHECK(cudaStreamSynchronize(stream_of_handle(stream)));
  }

  EventHandle create_event(EventFlags flags) override {
    unsigned int bits =
        flags.timing ? cudaEventDefault : cudaEventDisableTiming;
    bits |= flags.blocking ? cudaEventBlockingSync : cudaEventDefault;
    bits |= flags.interprocess ? cudaEventInterprocess : cudaEventDefault;
    cudaEvent_t event = nullptr;
    C10_CUDA_CHECK(cudaEventCreateWithFlags(&event, bits));
    return event;
  }
  void destroy_event(EventHandle event) noexcept override {
    cudaEventDestroy(event_of_handle(event));
  }
  void record_event(EventHandle event, StreamHandle stream) override {
    C10_CUDA_CHECK(
        cudaEventRecord(event_of_handle(event), stream_of_handle(stream)));
  }
  bool query_event(EventHandle event) override {
    return is_done(cudaEventQuery(event_of_handle(event)));
  }
  void synchronize_event(EventHandle event) override {
    C10_CUDA_CHECK(cudaEventSynchronize(event_of_handle(event)));
  }
  void wait_event(StreamHandle stream, EventHandle event) override {
    C10_CUDA_CHECK(cudaStreamWaitEvent(
        stream_of_handle(stream), event_of_handle(event), 0));
  }
  float elapsed_ms(EventHandle start, EventHandle end) override {
    float result = 0;
    C10_CUDA_CHECK(cudaEventElapsedTime(
        &result, event_of_handle(start), event_of_handle(end)));
    return result;
  }
};

} // namespace

Driver& runtime_driver() {
  // Never destroyed: streams and blocks outlive static destructors.
  static auto* const runtime = new RuntimeDriver;
  return *runtime;
}

} // namespace at::cuda

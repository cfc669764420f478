// CUDAHooks as libtorch_cuda.so answers them, and the library's initialiser:
// it registers the hooks and the allocator when the library is loaded.
#include <cstdio>

#include "aten/cuda/CUDAContext.h"
#include "aten/cuda/CUDAGenerator.h"
#include "aten/cuda/CachingAllocator.h"
#include "aten/cuda/Libraries.h"
#include "aten/cuda/PinnedMemory.h"
#include "aten/cuda/Stream.h"

namespace at::cuda {
namespace {

// "GPU-8f3..." without the prefix, in groups, as the driver prints it.
std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text;
  for (int i = 0; i < 16; ++i) {
    char two[3];
    std::snprintf(
        two, sizeof two, "%02x", static_cast<unsigned char>(uuid.bytes[i]));
    text += two;
    if (i == 3 || i == 5 || i == 7 || i == 9) {
      text += '-';
    }
  }
  return text;
}

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  C10_CUDA_CHECK(cudaDeviceGetAttribute(&value, which, device));
  return value;
}

class Hooks final : public CUDAHooks {
 public:
  void init() override {
    int count = 0;
    const cudaError_t error = cudaGetDeviceCount(&count);
    cudaGetLastError();
    TORCH_CHECK(
        error != cudaErrorInsufficientDriver || driver_version() != 0,
        "Found no NVIDIA driver on your system. Please check that you "
        "have an NVIDIA GPU and installed a driver from "
        "http://www.nvidia.com/Download/index.aspx");
    TORCH_CHECK(
        error != cudaErrorInsufficientDriver,
        "The NVIDIA driver on your system is too old (found version ",
        driver_version(),
        "). Please update your GPU driver by downloading and installing a new "
        "version from the URL: http://www.nvidia.com/Download/index.aspx "
        "Alternatively, go to: https://pytorch.org to install a PyTorch "
        "version that has been compiled with your version of the CUDA "
        "driver.");
    TORCH_CHECK(
        error != cudaErrorNoDevice && (error != cudaSuccess || count > 0),
        "No CUDA GPUs are available");
    TORCH_CHECK(
        error == cudaSuccess,
        "Unexpected error from cudaGetDeviceCount(). Did you run some cuda "
        "functions before calling NumCudaDevices() that might have already "
        "set an error? Error ",
        static_cast<int>(error),
        ": ",
        cudaGetErrorString(error));
  }
  int device_count() override { return driver().device_count(); }
  int current_device() override { return driver().get_device(); }
  void set_device(int device) override { driver().set_device(device); }
  void synchronize_device() override { driver().synchronize_device(); }
  DeviceProperties properties(int device) override;
  bool can_access_peer(int device, int peer) override {
    int can = 0;
    C10_CUDA_CHECK(cudaDeviceCanAccessPeer(&can, device, peer));
    return can != 0;
  }
  void memory_info(size_t* free_bytes, size_t* total_bytes) override {
    driver().memory_info(free_bytes, total_bytes);
  }
  int runtime_version() override {
    int version = 0;
    C10_CUDA_CHECK(cudaRuntimeGetVersion(&version));
    return version;
  }
  int driver_version() override {
    int version = 0;
    cudaDriverGetVersion(&version);
    return version;
  }
  int cudnn_version() override { return cuda::cudnn_version(); }
  const char* arch_flags() override { return TORCH_CUDA_ARCH_FLAGS; }

  Stream stream_from_pool(int priority, int device) override {
    return cuda::stream_from_pool(priority, device);
  }
  Stream external_stream(StreamHandle handle, int device) override {
    return cuda::external_stream(handle, device);
  }
  Stream current_stream(int device) override { return stream_of(device); }
  void set_stream(Stream stream) override { cuda::set_stream(stream); }
  StreamHandle stream_handle(Stream stream) override {
    return handle_of(stream);
  }
  int stream_priority(Stream stream) override { return priority_of(stream); }
  int greatest_priority() override { return driver().greatest_priority(); }
  bool query_stream(Stream stream) override {
    const DriverDeviceGuard guard(stream.device);
    return driver().query_stream(handle_of(stream));
  }
  void synchronize_stream(Stream stream) override {
    const DriverDeviceGuard guard(stream.device);
    driver().synchronize_stream(handle_of(stream));
  }
  void wait_stream(Stream waiting, Stream other) override {
    cuda::wait_stream(waiting, other);
  }

  EventHandle create_event(EventFlags flags) override {
    return driver().create_event(flags);
  }
  void destroy_event(EventHandle event, int device) noexcept override {
    // At exit the driver may be gone already.
    int before = 0;
    if (cudaGetDevice(&before) == cudaSuccess) {
      cudaSetDevice(device);
      driver().destroy_event(event);
      cudaSetDevice(before);
    }
    cudaGetLastError();
  }
  void record_event(EventHandle event, Stream stream) override {
    const DriverDeviceGuard guard(stream.device);
    driver().record_event(event, handle_of(stream));
  }
  void wait_event(Stream stream, EventHandle event) override {
    const DriverDeviceGuard guard(stream.device);
    driver().wait_event(handle_of(stream), event);
  }
  bool query_event(EventHandle event) override {
    return driver().query_event(event);
  }
  void synchronize_event(EventHandle event) override {
    driver().synchronize_event(event);
  }
  float elapsed_ms(EventHandle start, EventHandle end) override {
    return driver().elapsed_ms(start, end);
  }

  AllocatorStats memory_stats(int device) override {
    return caching_allocator().of_device(device).stats();
  }
  void reset_peak_memory_stats(int device) override {
    caching_allocator().of_device(device).reset_peak_stats();
  }
  void reset_accumulated_memory_stats(int device) override {
    caching_allocator().of_device(device).reset_accumulated_stats();
  }
  void empty_cache() override { caching_allocator().empty_cache(); }
  void set_memory_fraction(double fraction, int device) override {
    const DriverDeviceGuard guard(device);
    caching_allocator().of_device(device).set_memory_fraction(fraction);
  }
  void record_stream(const c10::DataPtr& data, Stream stream) override {
    caching_allocator().record_stream(data, stream);
  }
  void copy_bytes(void* to, const void* from, size_t nbytes) override {
    const cudaStream_t stream = cuda::current_stream();
    C10_CUDA_CHECK(
        cudaMemcpyAsync(to, from, nbytes, cudaMemcpyDefault, stream));
    C10_CUDA_CHECK(cudaStreamSynchronize(stream));
  }
  c10::Allocator* pinned_allocator() override {
    return &cuda::pinned_allocator();
  }
  bool is_pinned(const void* data) override {
    return cuda::pinned_allocator().contains(data);
  }

  const c10::Generator& default_generator(int device) override {
    return default_cuda_generator(device);
  }
  c10::Generator make_generator(int device) override {
    return make_cuda_generator(device);
  }
  TensorBase generator_state(const c10::Generator& g) override {
    return g.get<CUDAGeneratorImpl>()->get_state();
  }
  void set_generator_state(
      const c10::Generator& g,
      const TensorBase& state) override {
    g.get<CUDAGeneratorImpl>()->set_state(state);
  }
  uint64_t generator_offset(const c10::Generator& g) override {
    return g.get<CUDAGeneratorImpl>()->offset();
  }
  void set_generator_offset(
      const c10::Generator& g,
      uint64_t offset) override {
    g.get<CUDAGeneratorImpl>()->set_offset(offset);
  }
};

DeviceProperties Hooks::properties(int device) {
  const cudaDeviceProp& p = device_properties(device);
  DeviceProperties r;
  r.name = p.name;
  r.uuid = uuid_text(p.uuid);
  r.major = p.major;
  r.minor = p.minor;
  r.total_memory = static_cast<int64_t>(p.totalGlobalMem);
  r.multi_processor_count = p.multiProcessorCount;
  r.max_threads_per_multi_processor = p.maxThreadsPerMultiProcessor;
  r.max_threads_per_block = p.maxThreadsPerBlock;
  r.warp_size = p.warpSize;
  r.regs_per_multiprocessor = p.regsPerMultiprocessor;
  r.shared_memory_per_block = static_cast<int64_t>(p.sharedMemPerBlock);
  r.shared_memory_per_block_optin =
      static_cast<int64_t>(p.sharedMemPerBlockOptin);
  r.shared_memory_per_multiprocessor =
      static_cast<int64_t>(p.sharedMemPerMultiprocessor);
  r.l2_cache_size = p.l2CacheSize;
  r.clock_rate = attribute(cudaDevAttrClockRate, device);
  r.memory_clock_rate = attribute(cudaDevAttrMemoryClockRate, device);
  r.memory_bus_width = p.memoryBusWidth;
  r.pci_bus_id = p.pciBusID;
  r.pci_device_id = p.pciDeviceID;
  r.pci_domain_id = p.pciDomainID;
  r.is_integrated = p.integrated != 0;
  r.is_multi_gpu_board = p.isMultiGpuBoard != 0;
  return r;
}

const bool registered = [] {
  static Hooks hooks;
  set_driver(&runtime_driver());
  set_cuda_hooks(&hooks);
  c10::set_allocator(c10::kCUDA, &caching_allocator());
  return true;
}();

} // namespace
} // namespace at::cuda

#include "aten/cuda/Libraries.h"

#include <dlfcn.h>

#include <array>
#include <string>

#include "aten/cuda/CUDAContext.h"
#include "aten/cuda/Stream.h"

namespace at::cuda {
namespace {

// The folder of libtorch_cuda.so, with a slash.
std::string own_folder() {
  Dl_info info{};
  dladdr(reinterpret_cast<void*>(&own_folder), &info);
  const std::string path = info.dli_fname != nullptr ? info.dli_fname : "";
  return path.substr(0, path.find_last_of('/') + 1);
}

// Null where there is none. pip_folder: below site-packages, two above ours.
[[maybe_unused]] void* open_library(
    const char* name,
    const char* pip_folder) {
  const std::string beside =
      own_folder() + "../../" + pip_folder + "/" + name;
  for (const char* path : {name, beside.c_str()}) {
    if (void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
      return library;
    }
  }
  return nullptr;
}

// Fills one pointer; false where the library lacks the function.
template <typename F>
[[maybe_unused]] bool find_function(void* library, const char* name, F& f) {
  f = reinterpret_cast<F>(dlsym(library, name));
  return f != nullptr;
}

} // namespace

// ------------------------------------------------------------------ cuBLAS

#ifdef USE_CUBLAS
const Cublas* cublas() {
  static const Cublas* const table = []() -> const Cublas* {
    void* library = open_library("libcublas.so.13", "nvidia/cu13/lib");
    static Cublas t;
#define AT_FIND(name) &&find_function(library, #name, t.name)
    const bool found = library != nullptr AT_FORALL_CUBLAS(AT_FIND)
        AT_FIND(cublasGemmStridedBatchedEx);
#undef AT_FIND
    return found ? &t : nullptr;
  }();
  return table;
}

int cublas_version() {
  int version = 0;
  if (cublas() != nullptr) {
    cublas()->cublasGetVersion_v2(cublas_handle(), &version);
  }
  return version;
}

void check_cublas(cublasStatus_t status, const char* call) {
  TORCH_CHECK(
      status == CUBLAS_STATUS_SUCCESS,
      "CUDA error: ",
      cublas()->cublasGetStatusName(status),
      " when calling `",
      call,
      "`");
}

cublasHandle_t cublas_handle() {
  // A handle is for one thread at a time and bound to its device.
  static thread_local std::array<cublasHandle_t, kMaxDevices> handles{};
  cublasHandle_t& handle = handles[static_cast<size_t>(current_device())];
  if (handle == nullptr) {
    C10_CUBLAS_CHECK(cublasCreate_v2, &handle);
  }
  C10_CUBLAS_CHECK(cublasSetStream_v2, handle, current_stream());
  return handle;
}
#else
int cublas_version() { return 0; }
#endif

// ------------------------------------------------------------------- cuDNN

#ifdef USE_CUDNN
const Cudnn* cudnn() {
  static const Cudnn* const table = []() -> const Cudnn* {
    void* library = open_library("libcudnn.so.9", "nvidia/cudnn/lib");
    static Cudnn t;
#define AT_FIND(name) &&find_function(library, #name, t.name)
    const bool found = library != nullptr AT_FORALL_CUDNN(AT_FIND);
#undef AT_FIND
    return found ? &t : nullptr;
  }();
  return table;
}

int cudnn_version() {
  return cudnn() != nullptr ? static_cast<int>(cudnn()->cudnnGetVersion()) : 0;
}

void check_cudnn(cudnnStatus_t status, const char* call) {
  TORCH_CHECK(
      status == CUDNN_STATUS_SUCCESS,
      "cuDNN error: ",
      cudnn()->cudnnGetErrorString(status),
      " when calling `",
      call,
      "`");
}

cudnnHandle_t cudnn_handle() {
  static thread_local std::array<cudnnHandle_t, kMaxDevices> handles{};
  cudnnHandle_t& handle = handles[static_cast<size_t>(current_device())];
  if (handle == nullptr) {
    C10_CUDNN_CHECK(cudnnCreate, &handle);
  }
  C10_CUDNN_CHECK(cudnnSetStream, handle, current_stream());
  return handle;
}
#else
int cudnn_version() { return 0; }
#endif

} // namespace at::cuda

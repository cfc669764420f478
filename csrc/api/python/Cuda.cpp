// torch._C._cuda_*: what torch/cuda is made of. Each function unpacks its
// arguments and asks at::cuda::CUDAHooks, which libtorch_cuda.so fills when
// torch.cuda._lazy_init loads it; and the methods pin_memory, is_pinned and
// record_stream of a tensor. Streams and events: CudaStreams.cpp.
#include "api/python/Cuda.h"

#include <dlfcn.h>
#include <pthread.h>

#include "api/python/Bindings.h"
#include "api/python/CudaArguments.h"
#include "api/python/Generator.h"
#include "api/python/Gil.h"
#include "aten/EmptyTensor.h"

namespace torch::python {
namespace {

bool ready = false;
bool in_bad_fork = false;

// ------------------------------------------------------------- start

// The library stays loaded: its kernels stand in the dispatch table.
PyObject* load_library(PyObject*, PyObject* path) {
  HANDLE_TH_ERRORS
  const char* name = PyUnicode_AsUTF8(path);
  check(name ? path : nullptr);
  if (at::cuda::cuda_hooks() == nullptr) {
    void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    TORCH_CHECK(library != nullptr, dlerror());
  }
  return new_none();
  END_HANDLE_TH_ERRORS
}

// A driver that was asked anything does not work in a forked child.
void watch_forks() {
  static const int registered = pthread_atfork(nullptr, nullptr, [] {
    in_bad_fork = true;
    ready = false;
  });
  TORCH_CHECK(registered == 0, "pthread_atfork failed");
}

PyObject* init(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  watch_forks();
  cuda_hooks_or_throw().init();
  ready = true;
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* is_in_bad_fork(PyObject*, PyObject*) { return new_bool(in_bad_fork); }
PyObject* is_loaded(PyObject*, PyObject*) {
  return new_bool(at::cuda::cuda_hooks() != nullptr);
}

// ------------------------------------------------------------- devices

PyObject* get_device_count(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  CUDAHooks* hooks = at::cuda::cuda_hooks();
  if (hooks == nullptr) {
    return PyLong_FromLong(0);
  }
  const int count = hooks->device_count();
  if (count > 0) {
    watch_forks();
  }
  return PyLong_FromLong(count);
  END_HANDLE_TH_ERRORS
}

PyObject* get_device(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  return PyLong_FromLong(cuda_hooks_or_throw().current_device());
  END_HANDLE_TH_ERRORS
}

// Returns the device that was current; a negative one changes nothing.
PyObject* exchange_device(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  CUDAHooks& hooks = cuda_hooks_or_throw();
  const int64_t next = unpack_int(device);
  if (next < 0) {
    return PyLong_FromLong(-1);
  }
  const int before = hooks.current_device();
  if (next != before) {
    hooks.set_device(static_cast<int>(next));
  }
  return PyLong_FromLong(before);
  END_HANDLE_TH_ERRORS
}

PyObject* synchronize_device(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  CUDAHooks& hooks = cuda_hooks_or_throw();
  const GilRelease release;
  hooks.synchronize_device();
  END_HANDLE_TH_ERRORS_RET(nullptr)
  return new_none();
}

void set_item(PyObject* dict, const char* key, PyObject* value) {
  const PyRef owned(check(value));
  check_status(PyDict_SetItemString(dict, key, owned.get()));
}
void set_int(PyObject* dict, const char* key, int64_t value) {
  set_item(dict, key, PyLong_FromLongLong(value));
}

PyObject* get_properties(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  const auto p = cuda_hooks_or_throw().properties(device_argument(device));
  PyRef dict = checked(PyDict_New());
  PyObject* d = dict.get();
  set_item(d, "name", new_string(p.name));
  set_item(d, "uuid", new_string(p.uuid));
  set_int(d, "major", p.major);
  set_int(d, "minor", p.minor);
  set_int(d, "total_memory", p.total_memory);
  set_int(d, "multi_processor_count", p.multi_processor_count);
  set_int(
      d, "max_threads_per_multi_processor", p.max_threads_per_multi_processor);
  set_int(d, "max_threads_per_block", p.max_threads_per_block);
  set_int(d, "warp_size", p.warp_size);
  set_int(d, "regs_per_multiprocessor", p.regs_per_multiprocessor);
  set_int(d, "shared_memory_per_block", p.shared_memory_per_block);
  set_int(d, "shared_memory_per_block_optin", p.shared_memory_per_block_optin);
  set_int(
      d,
      "shared_memory_per_multiprocessor",
      p.shared_memory_per_multiprocessor);
  set_int(d, "L2_cache_size", p.l2_cache_size);
  set_int(d, "clock_rate", p.clock_rate);
  set_int(d, "memory_clock_rate", p.memory_clock_rate);
  set_int(d, "memory_bus_width", p.memory_bus_width);
  set_int(d, "pci_bus_id", p.pci_bus_id);
  set_int(d, "pci_device_id", p.pci_device_id);
  set_int(d, "pci_domain_id", p.pci_domain_id);
  set_int(d, "is_integrated", p.is_integrated);
  set_int(d, "is_multi_gpu_board", p.is_multi_gpu_board);
  return dict.release();
  END_HANDLE_TH_ERRORS
}

PyObject* can_access_peer(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  int device = 0, peer = 0;
  unpack_arguments(args, "ii", &device, &peer);
  return new_bool(cuda_hooks_or_throw().can_access_peer(device, peer));
  END_HANDLE_TH_ERRORS
}

// (CUDA runtime, driver, cuDNN), zero for what is missing.
PyObject* versions(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  CUDAHooks& hooks = cuda_hooks_or_throw();
  return Py_BuildValue(
      "iii",
      hooks.runtime_version(),
      hooks.driver_version(),
      hooks.cudnn_version());
  END_HANDLE_TH_ERRORS
}

PyObject* get_arch_flags(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  return new_string(cuda_hooks_or_throw().arch_flags());
  END_HANDLE_TH_ERRORS
}

// ------------------------------------------------------------- switches

bool& setting(const std::string& name) {
  at::cuda::CUDASettings& s = at::cuda::cuda_settings();
  if (name == "matmul.allow_tf32") {
    return s.matmul_allow_tf32;
  }
  if (name == "cudnn.allow_tf32") {
    return s.cudnn_allow_tf32;
  }
  if (name == "cudnn.enabled") {
    return s.cudnn_enabled;
  }
  if (name == "cudnn.benchmark") {
    return s.cudnn_benchmark;
  }
  TORCH_CHECK(name == "cudnn.deterministic", "no switch ", name);
  return s.cudnn_deterministic;
}

PyObject* get_setting(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  const char* name = nullptr;
  unpack_arguments(args, "s", &name);
  return new_bool(setting(name));
  END_HANDLE_TH_ERRORS
}

PyObject* set_setting(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  const char* name = nullptr;
  int value = 0;
  unpack_arguments(args, "sp", &name, &value);
  setting(name) = value != 0;
  return new_none();
  END_HANDLE_TH_ERRORS
}

// -------------------------------------------------------------- memory

PyRef wrap_stat(const at::cuda::Stat& stat) {
  PyRef dict = checked(PyDict_New());
  set_int(dict.get(), "current", stat.current);
  set_int(dict.get(), "peak", stat.peak);
  set_int(dict.get(), "allocated", stat.allocated);
  set_int(dict.get(), "freed", stat.freed);
  return dict;
}

void set_pools(
    PyObject* dict,
    const char* key,
    const at::cuda::PoolStats& pools) {
  PyRef inner = checked(PyDict_New());
  set_item(inner.get(), "all", wrap_stat(pools.all).release());
  set_item(inner.get(), "small_pool", wrap_stat(pools.small_pool).release());
  set_item(inner.get(), "large_pool", wrap_stat(pools.large_pool).release());
  set_item(dict, key, inner.release());
}

PyObject* memory_stats(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  const auto s = cuda_hooks_or_throw().memory_stats(device_argument(device));
  PyRef dict = checked(PyDict_New());
  PyObject* d = dict.get();
  set_int(d, "num_alloc_retries", s.num_alloc_retries);
  set_int(d, "num_ooms", s.num_ooms);
  set_int(d, "max_split_size", -1);
  set_int(d, "num_sync_all_streams", s.num_sync_all_streams);
  set_int(d, "num_device_alloc", s.num_device_alloc);
  set_int(d, "num_device_free", s.num_device_free);
  set_int(d, "num_oom_rejections", 0);
  set_pools(d, "allocation", s.allocation);
  set_pools(d, "segment", s.segment);
  set_pools(d, "active", s.active);
  set_pools(d, "inactive_split", s.inactive_split);
  set_pools(d, "allocated_bytes", s.allocated_bytes);
  set_pools(d, "reserved_bytes", s.reserved_bytes);
  set_pools(d, "active_bytes", s.active_bytes);
  set_pools(d, "inactive_split_bytes", s.inactive_split_bytes);
  set_pools(d, "requested_bytes", s.requested_bytes);
  set_item(
      d,
      "oversize_allocations",
      wrap_stat(s.oversize_allocations).release());
  set_item(d, "oversize_segments", wrap_stat(s.oversize_segments).release());
  return dict.release();
  END_HANDLE_TH_ERRORS
}

PyObject* reset_peak_stats(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  cuda_hooks_or_throw().reset_peak_memory_stats(device_argument(device));
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* reset_accumulated_stats(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  cuda_hooks_or_throw().reset_accumulated_memory_stats(
      device_argument(device));
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* empty_cache(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  CUDAHooks& hooks = cuda_hooks_or_throw();
  const GilRelease release;
  hooks.empty_cache();
  END_HANDLE_TH_ERRORS_RET(nullptr)
  return new_none();
}

PyObject* set_memory_fraction(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  double fraction = 0;
  int device = 0;
  unpack_arguments(args, "di", &fraction, &device);
  cuda_hooks_or_throw().set_memory_fraction(fraction, device);
  return new_none();
  END_HANDLE_TH_ERRORS
}

// (free, total) of the current device.
PyObject* memory_info(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  size_t free_bytes = 0, total = 0;
  cuda_hooks_or_throw().memory_info(&free_bytes, &total);
  return Py_BuildValue(
      "KK",
      static_cast<unsigned long long>(free_bytes),
      static_cast<unsigned long long>(total));
  END_HANDLE_TH_ERRORS
}

PyObject* default_generator(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  return wrap(
      cuda_hooks_or_throw().default_generator(device_argument(device)));
  END_HANDLE_TH_ERRORS
}

// ----------------------------------------------------- methods of a tensor

PyObject* tensor_is_pinned(PyObject* self, PyObject* /*device*/) {
  HANDLE_TH_ERRORS
  return new_bool(is_pinned(unpack(self)));
  END_HANDLE_TH_ERRORS
}

PyObject* tensor_pin_memory(PyObject* self, PyObject* /*device*/) {
  HANDLE_TH_ERRORS
  const at::Tensor& t = unpack(self);
  TORCH_CHECK(
      at::cuda::cuda_hooks() != nullptr &&
          at::cuda::cuda_hooks()->device_count() > 0,
      "Cannot access accelerator device when none is available.");
  return wrap(pinned_copy(t));
  END_HANDLE_TH_ERRORS
}

PyObject* tensor_record_stream(PyObject* self, PyObject* stream) {
  HANDLE_TH_ERRORS
  PyRef id(PyObject_GetAttrString(stream, "stream_id"));
  PyRef device(PyObject_GetAttrString(stream, "device_index"));
  if (!id || !device) {
    PyErr_Clear();
    TORCH_CHECK(false, "unknown parameter type");
  }
  const Stream target{
      unpack_int(id.get()), static_cast<int>(unpack_int(device.get()))};
  const at::Tensor& t = unpack(self);
  TORCH_CHECK(
      t.is_cuda(),
      "record_stream: expected a CUDA tensor, but got one on ",
      t.device());
  cuda_hooks_or_throw().record_stream(t.storage()->data_ptr(), target);
  return new_none();
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_cuda_loadLibrary", load_library, METH_O, nullptr},
    {"_cuda_init", init, METH_NOARGS, nullptr},
    {"_cuda_isInBadFork", is_in_bad_fork, METH_NOARGS, nullptr},
    {"_cuda_isLoaded", is_loaded, METH_NOARGS, nullptr},
    {"_cuda_getDeviceCount", get_device_count, METH_NOARGS, nullptr},
    {"_cuda_getDevice", get_device, METH_NOARGS, nullptr},
    {"_cuda_exchangeDevice", exchange_device, METH_O, nullptr},
    {"_cuda_synchronize", synchronize_device, METH_NOARGS, nullptr},
    {"_cuda_getDeviceProperties", get_properties, METH_O, nullptr},
    {"_cuda_canDeviceAccessPeer", can_access_peer, METH_VARARGS, nullptr},
    {"_cuda_versions", versions, METH_NOARGS, nullptr},
    {"_cuda_getArchFlags", get_arch_flags, METH_NOARGS, nullptr},
    {"_cuda_getSetting", get_setting, METH_VARARGS, nullptr},
    {"_cuda_setSetting", set_setting, METH_VARARGS, nullptr},
    {"_cuda_memoryStats", memory_stats, METH_O, nullptr},
    {"_cuda_resetPeakMemoryStats", reset_peak_stats, METH_O, nullptr},
    {"_cuda_resetAccumulatedMemoryStats",
     reset_accumulated_stats,
     METH_O,
     nullptr},
    {"_cuda_emptyCache", empty_cache, METH_NOARGS, nullptr},
    {"_cuda_setMemoryFraction", set_memory_fraction, METH_VARARGS, nullptr},
    {"_cuda_memoryInfo", memory_info, METH_NOARGS, nullptr},
    {"_cuda_defaultGenerator", default_generator, METH_O, nullptr}};
const TopicBindings bind_functions("torch._C", functions);

const PyMethodDef tensor_methods_here[] = {
    {"is_pinned", tensor_is_pinned, METH_VARARGS, nullptr},
    {"pin_memory", tensor_pin_memory, METH_VARARGS, nullptr},
    {"record_stream", tensor_record_stream, METH_O, nullptr}};
const TopicBindings bind_methods("Tensor", tensor_methods_here);

} // namespace

bool cuda_is_ready() { return ready; }

CUDAHooks& cuda_hooks_or_throw() {
  CUDAHooks* hooks = at::cuda::cuda_hooks();
  if (hooks == nullptr) {
    c10::detail::throw_error(
        c10::ErrorKind::Assertion, "Torch not compiled with CUDA enabled");
  }
  return *hooks;
}

bool is_pinned(const at::Tensor& t) {
  CUDAHooks* hooks = at::cuda::cuda_hooks();
  return hooks != nullptr && t.is_cpu() && t.has_storage() &&
      hooks->is_pinned(t.storage()->data());
}

at::Tensor pinned_copy(const at::Tensor& t) {
  TORCH_CHECK(
      t.is_cpu(),
      "cannot pin 'torch.cuda.",
      t.scalar_type(),
      "Tensor' only dense CPU tensors can be pinned");
  if (is_pinned(t)) {
    return t;
  }
  const at::TensorBase pinned =
      at::detail::empty_pinned(t.sizes(), t.strides(), t.scalar_type());
  at::detail::copy_(pinned, t);
  return at::Tensor(pinned);
}

} // namespace torch::python

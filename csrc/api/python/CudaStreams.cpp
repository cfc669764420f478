// torch._C._cuda_stream* and _cuda_event*: what torch/cuda/streams.py is made
// of. See Cuda.cpp.
#include "api/python/Bindings.h"
#include "api/python/CudaArguments.h"
#include "api/python/Gil.h"

namespace torch::python {
namespace {

// ------------------------------------------------- streams: (id, device)

PyObject* stream_from_pool(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  int priority = 0, device = 0;
  unpack_arguments(args, "ii", &priority, &device);
  return wrap_stream(
      cuda_hooks_or_throw().stream_from_pool(priority, device));
  END_HANDLE_TH_ERRORS
}

PyObject* external_stream(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  long long handle = 0;
  int device = 0;
  unpack_arguments(args, "Li", &handle, &device);
  return wrap_stream(cuda_hooks_or_throw().external_stream(
      reinterpret_cast<at::cuda::StreamHandle>(handle), device));
  END_HANDLE_TH_ERRORS
}

PyObject* get_current_stream(PyObject*, PyObject* device) {
  HANDLE_TH_ERRORS
  return wrap_stream(
      cuda_hooks_or_throw().current_stream(device_argument(device)));
  END_HANDLE_TH_ERRORS
}

PyObject* set_stream(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  const Stream stream = unpack_stream(args);
  cuda_hooks_or_throw().set_stream(stream);
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* stream_handle(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  return PyLong_FromVoidPtr(
      cuda_hooks_or_throw().stream_handle(unpack_stream(args)));
  END_HANDLE_TH_ERRORS
}

PyObject* stream_priority(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  return PyLong_FromLong(
      cuda_hooks_or_throw().stream_priority(unpack_stream(args)));
  END_HANDLE_TH_ERRORS
}

PyObject* greatest_priority(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  return PyLong_FromLong(cuda_hooks_or_throw().greatest_priority());
  END_HANDLE_TH_ERRORS
}

PyObject* stream_query(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  return new_bool(cuda_hooks_or_throw().query_stream(unpack_stream(args)));
  END_HANDLE_TH_ERRORS
}

PyObject* stream_synchronize(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  const Stream stream = unpack_stream(args);
  CUDAHooks& hooks = cuda_hooks_or_throw();
  const GilRelease release;
  hooks.synchronize_stream(stream);
  END_HANDLE_TH_ERRORS_RET(nullptr)
  return new_none();
}

// ------------------------------------------------- events: handles as int

PyObject* event_create(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  int device = 0, timing = 0, blocking = 0, interprocess = 0;
  unpack_arguments(
      args, "ippp", &device, &timing, &blocking, &interprocess);
  const at::DeviceGuard guard(
      c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(device)));
  return PyLong_FromVoidPtr(cuda_hooks_or_throw().create_event(
      {timing != 0, blocking != 0, interprocess != 0}));
  END_HANDLE_TH_ERRORS
}

PyObject* event_destroy(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  long long event = 0;
  int device = 0;
  unpack_arguments(args, "Li", &event, &device);
  cuda_hooks_or_throw().destroy_event(event_of(event), device);
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* event_record(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  long long event = 0, id = 0;
  int device = 0;
  unpack_arguments(args, "LLi", &event, &id, &device);
  cuda_hooks_or_throw().record_event(event_of(event), {id, device});
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* event_wait(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  long long event = 0, id = 0;
  int device = 0;
  unpack_arguments(args, "LLi", &event, &id, &device);
  cuda_hooks_or_throw().wait_event({id, device}, event_of(event));
  return new_none();
  END_HANDLE_TH_ERRORS
}

PyObject* event_query(PyObject*, PyObject* event) {
  HANDLE_TH_ERRORS
  return new_bool(
      cuda_hooks_or_throw().query_event(event_of(unpack_int(event))));
  END_HANDLE_TH_ERRORS
}

PyObject* event_synchronize(PyObject*, PyObject* event) {
  HANDLE_TH_ERRORS
  const auto handle = event_of(unpack_int(event));
  CUDAHooks& hooks = cuda_hooks_or_throw();
  const GilRelease release;
  hooks.synchronize_event(handle);
  END_HANDLE_TH_ERRORS_RET(nullptr)
  return new_none();
}

PyObject* event_elapsed(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  long long start = 0, end = 0;
  unpack_arguments(args, "LL", &start, &end);
  return PyFloat_FromDouble(
      cuda_hooks_or_throw().elapsed_ms(event_of(start), event_of(end)));
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_cuda_streamFromPool", stream_from_pool, METH_VARARGS, nullptr},
    {"_cuda_streamExternal", external_stream, METH_VARARGS, nullptr},
    {"_cuda_getCurrentStream", get_current_stream, METH_O, nullptr},
    {"_cuda_setStream", set_stream, METH_VARARGS, nullptr},
    {"_cuda_streamHandle", stream_handle, METH_VARARGS, nullptr},
    {"_cuda_streamPriority", stream_priority, METH_VARARGS, nullptr},
    {"_cuda_greatestPriority", greatest_priority, METH_NOARGS, nullptr},
    {"_cuda_streamQuery", stream_query, METH_VARARGS, nullptr},
    {"_cuda_streamSynchronize", stream_synchronize, METH_VARARGS, nullptr},
    {"_cuda_eventCreate", event_create, METH_VARARGS, nullptr},
    {"_cuda_eventDestroy", event_destroy, METH_VARARGS, nullptr},
    {"_cuda_eventRecord", event_record, METH_VARARGS, nullptr},
    {"_cuda_eventWait", event_wait, METH_VARARGS, nullptr},
    {"_cuda_eventQuery", event_query, METH_O, nullptr},
    {"_cuda_eventSynchronize", event_synchronize, METH_O, nullptr},
    {"_cuda_eventElapsed", event_elapsed, METH_VARARGS, nullptr}};
const TopicBindings bind_functions("torch._C", functions);

} // namespace
} // namespace torch::python

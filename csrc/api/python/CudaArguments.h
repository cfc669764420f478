// Arguments and results of torch._C._cuda_*: devices as numbers, streams as
// (id, device), events as numbers.
#pragma once

#include <cstdarg>

#include "api/python/ArgParser.h"
#include "api/python/Cuda.h"
#include "api/python/Exceptions.h"

namespace torch::python {
namespace {

using at::cuda::CUDAHooks;
using at::cuda::Stream;

[[maybe_unused]] int device_argument(PyObject* o) {
  const int64_t device = unpack_int(o);
  TORCH_CHECK(
      device >= -1 && device < cuda_hooks_or_throw().device_count(),
      "Invalid device argument ",
      device,
      ": did you call init?");
  return static_cast<int>(device);
}

[[maybe_unused]] void unpack_arguments(PyObject* args, const char* format, ...) {
  va_list targets;
  va_start(targets, format);
  const int parsed = PyArg_VaParse(args, format, targets);
  va_end(targets);
  check(parsed ? args : nullptr);
}

[[maybe_unused]] Stream unpack_stream(PyObject* args) {
  long long id = 0;
  int device = 0;
  unpack_arguments(args, "Li", &id, &device);
  return {id, device};
}

[[maybe_unused]] PyObject* wrap_stream(Stream stream) {
  return Py_BuildValue("Li", static_cast<long long>(stream.id), stream.device);
}

[[maybe_unused]] at::cuda::EventHandle event_of(long long value) {
  return reinterpret_cast<at::cuda::EventHandle>(value);
}

} // namespace
} // namespace torch::python

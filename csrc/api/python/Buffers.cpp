// Tensors over memory that others own: torch.frombuffer, torch.asarray.
#include <cstring>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Gil.h"
#include "api/python/Numpy.h"
#include "api/python/TensorNew.h"
#include "generated/ops/Copy.h"

namespace torch::python {
namespace {

using at::ScalarType;
using at::Tensor;

// Keeps the exporter's buffer locked for as long as a storage uses it.
struct HeldBuffer {
  Py_buffer view;
  ~HeldBuffer() {
    if (Py_IsInitialized()) {
      const GilAcquire gil;
      PyBuffer_Release(&view);
    }
  }
};

std::unique_ptr<HeldBuffer> hold_buffer(PyObject* o) {
  TORCH_CHECK_VALUE(
      PyObject_CheckBuffer(o),
      "object does not implement Python buffer protocol.");
  auto held = std::make_unique<HeldBuffer>();
  if (PyObject_GetBuffer(o, &held->view, PyBUF_WRITABLE) < 0) {
    PyErr_Clear();
    TORCH_WARN_ONCE(
        "The given buffer is not writable, and PyTorch does not support "
        "non-writable tensors. This means you can write to the underlying "
        "(supposedly non-writable) buffer using the tensor. You may want to "
        "copy the buffer to protect its data or make it writable before "
        "converting it to a tensor. This type of warning will be suppressed "
        "for the rest of this program.");
    if (PyObject_GetBuffer(o, &held->view, PyBUF_SIMPLE) < 0) {
      held->view.obj = nullptr;
      throw PythonError();
    }
  }
  return held;
}

// The number of elements wanted, with the errors of a bad count or offset.
int64_t elements_in(
    int64_t nbytes,
    int64_t itemsize,
    int64_t count,
    int64_t offset) {
  TORCH_CHECK_VALUE(
      nbytes > 0 && count != 0,
      "both buffer length (", nbytes, ") and count (", count,
      ") must not be 0");
  TORCH_CHECK_VALUE(
      offset >= 0 && offset < nbytes,
      "offset (", offset,
      " bytes) must be non-negative and no greater than buffer length (",
      nbytes, " bytes) minus 1");
  TORCH_CHECK_VALUE(
      count > 0 || (nbytes - offset) % itemsize == 0,
      "buffer length (", nbytes - offset, " bytes) after offset (", offset,
      " bytes) must be a multiple of element size (", itemsize, ")");
  const int64_t n = count < 0 ? (nbytes - offset) / itemsize : count;
  TORCH_CHECK_VALUE(
      offset + n * itemsize <= nbytes,
      "requested buffer length (", n, " * ", itemsize, " bytes) after offset (",
      offset, " bytes) must not be greater than actual buffer length (",
      nbytes, " bytes)");
  return n;
}

Tensor tensor_from_buffer(
    PyObject* o,
    ScalarType dtype,
    int64_t count,
    int64_t offset) {
  auto held = hold_buffer(o);
  const auto itemsize = static_cast<int64_t>(c10::element_size(dtype));
  const int64_t n = elements_in(held->view.len, itemsize, count, offset);
  char* data = static_cast<char*>(held->view.buf) + offset;
  auto storage = c10::make_intrusive<c10::StorageImpl>(
      c10::DataPtr(
          data,
          held.release(),
          [](void* p) { delete static_cast<HeldBuffer*>(p); },
          at::Device(at::kCPU)),
      static_cast<size_t>(n * itemsize),
      nullptr);
  auto impl = c10::make_intrusive<at::TensorImpl>(
      std::move(storage), dtype, at::Device(at::kCPU));
  impl->set_sizes_contiguous(n);
  return Tensor(std::move(impl));
}

constexpr Param frombuffer_params[] = {
    {"buffer", ArgType::Object},
    {"dtype", ArgType::DType, kKeyword},
    {"count", ArgType::Int, kOptional | kKeyword, "-1"},
    {"offset", ArgType::Int, kOptional | kKeyword, "0"},
    {"requires_grad", ArgType::Bool, kOptional | kKeyword, "False"}};
constexpr Signature frombuffer_signatures[] = {Signature(frombuffer_params)};
constexpr Function frombuffer_info("frombuffer", frombuffer_signatures);

PyObject* function_frombuffer(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<5> p(frombuffer_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return wrap_new(
      tensor_from_buffer(
          p[0], p.dtype(1), p.integer_or(2, -1), p.integer_or(3, 0)),
      p.boolean_or(4, false));
  END_HANDLE_TH_ERRORS
}

// ---- torch.asarray

constexpr Param asarray_params[] = {
    {"obj", ArgType::Object},
    {"dtype", ArgType::DType, kOptional | kNone | kKeyword, "None"},
    {"device", ArgType::Device, kOptional | kNone | kKeyword, "None"},
    {"copy", ArgType::Bool, kOptional | kNone | kKeyword, "None"},
    {"requires_grad", ArgType::Bool, kOptional | kKeyword, "False"}};
constexpr Signature asarray_signatures[] = {Signature(asarray_params)};
constexpr Function asarray_info("asarray", asarray_signatures);

// The object's own memory as a tensor; undefined where it has none to share.
Tensor shared_tensor(PyObject* o, std::optional<ScalarType> dtype) {
  if (is_tensor(o)) {
    return unpack(o);
  }
  if (is_numpy_array(o)) {
    return tensor_from_numpy(o);
  }
  if (is_numpy_scalar(o)) {
    return tensor_from_data(o, std::nullopt, std::nullopt);
  }
  if (PyObject_CheckBuffer(o)) {
    return tensor_from_buffer(
        o, dtype.value_or(c10::get_default_dtype()), -1, 0);
  }
  return {};
}

void check_alias(
    const Tensor& t,
    std::optional<ScalarType> dtype,
    std::optional<at::Device> device) {
  TORCH_CHECK_VALUE(
      !device || *device == t.device(),
      "can't alias tensor from device '", t.device().str(), "' to '",
      device.value_or(t.device()).str(), "'.");
  TORCH_CHECK_VALUE(
      !dtype || *dtype == t.scalar_type(),
      "can't alias tensor with dtype '", t.scalar_type(), "' into dtype '",
      dtype.value_or(t.scalar_type()), "'.");
}

PyObject* function_asarray(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<5> p(asarray_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  const auto dtype = p.optional_dtype(1);
  const auto device = p.optional_device(2);
  const auto copy = p.optional_boolean(3);
  Tensor t = shared_tensor(p[0], dtype);
  if (!t.defined()) {
    TORCH_CHECK_VALUE(
        copy.value_or(true),
        "can't alias arbitrary sequence into a tensor.");
    return wrap_new(
        tensor_from_data(p[0], dtype, device), p.boolean_or(4, false));
  }
  if (copy && !*copy) {
    check_alias(t, dtype, device);
  } else {
    t = at::to(
        t,
        device.value_or(t.device()),
        dtype.value_or(t.scalar_type()),
        false,
        copy.value_or(false),
        {});
  }
  const bool requires_grad = p.boolean_or(4, false);
  if (t.requires_grad() && !requires_grad) {
    t = t.detach();
  }
  return wrap_new(std::move(t), requires_grad);
  END_HANDLE_TH_ERRORS
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;
const PyMethodDef functions[] = {
    {"frombuffer", as_method(function_frombuffer), kFast, nullptr},
    {"asarray", as_method(function_asarray), kFast, nullptr}};
const TopicBindings bind_functions("torch", functions);

} // namespace
} // namespace torch::python

// torch._C._nn._parse_to: reads the arguments of Module.to, which are those of
// Tensor.to, without converting anything. Module.to calls it once and then
// Tensor.to for each of its tensors.
#include "api/python/ArgParser.h"
#include "api/python/Bindings.h"
#include "api/python/DType.h"
#include "api/python/Device.h"
#include "api/python/Exceptions.h"

namespace torch::python {
namespace {

// What the three forms of the call share.
constexpr Param non_blocking_param = {
    "non_blocking", ArgType::Bool, kOptional, "False"};
constexpr Param copy_param = {"copy", ArgType::Bool, kOptional, "False"};
constexpr Param memory_format_param = {
    "memory_format",
    ArgType::MemoryFormat,
    kOptional | kNone | kKeyword,
    "None"};

enum Form { kDevice, kDType, kTensor };
constexpr Param device_params[] = {
    {"device", ArgType::Device, kOptional | kNone, "None"},
    {"dtype", ArgType::DType, kOptional | kNone, "None"},
    non_blocking_param,
    copy_param,
    memory_format_param};
constexpr Param dtype_params[] = {
    {"dtype", ArgType::DType},
    non_blocking_param,
    copy_param,
    memory_format_param};
constexpr Param tensor_params[] = {
    {"tensor", ArgType::Tensor},
    non_blocking_param,
    copy_param,
    memory_format_param};
constexpr Signature signatures[] = {
    Signature(device_params), Signature(dtype_params), Signature(tensor_params)};
constexpr Function info("to", signatures, "torch._C._nn");

template <typename T>
PyRef wrapped(const std::optional<T>& value) {
  return value.has_value() ? checked(wrap(*value)) : PyRef::borrowed(Py_None);
}

// (device, dtype, non_blocking, memory_format), None for what was not given.
PyObject* parse_to(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<5> p(info, nullptr, args, nargs, kwnames);
  std::optional<c10::Device> device;
  std::optional<c10::ScalarType> dtype;
  switch (p.signature()) {
    case kDevice:
      device = p.optional_device(0);
      dtype = p.optional_dtype(1);
      break;
    case kDType:
      dtype = p.dtype(0);
      break;
    default:
      device = p.tensor(0).device();
      dtype = p.tensor(0).scalar_type();
  }
  const int rest = p.signature() == kDevice ? 2 : 1;
  return PyTuple_Pack(
      4,
      wrapped(device).get(),
      wrapped(dtype).get(),
      p.boolean_or(rest, false) ? Py_True : Py_False,
      wrapped(p.optional_memory_format(rest + 2)).get());
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_parse_to",
     as_method(parse_to),
     METH_FASTCALL | METH_KEYWORDS,
     "_parse_to(*args, **kwargs) -> (device, dtype, non_blocking, format)"}};
const TopicBindings bind_functions("torch._C._nn", functions);

} // namespace
} // namespace torch::python

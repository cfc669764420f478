// The old constructors: torch.Tensor(2, 3), torch.Tensor([1, 2]),
// torch.FloatTensor(...), x.new(...).
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Storage.h"
#include "api/python/TensorNew.h"
#include "api/python/TypeNames.h"
#include "aten/EmptyTensor.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorShape.h"

namespace torch::python {
namespace {

using at::ScalarType;
using at::Tensor;

constexpr Param device_params[] = {
    {"device", ArgType::Device, kOptional | kNone | kKeyword, "None"}};
constexpr Param storage_params[] = {{"storage", ArgType::Object}};
constexpr Param other_params[] = {{"other", ArgType::Tensor}};
constexpr Param size_params[] = {
    {"size", ArgType::IntList},
    {"device", ArgType::Device, kOptional | kNone | kKeyword, "None"}};
constexpr Param data_params[] = {
    {"data", ArgType::Object},
    {"device", ArgType::Device, kOptional | kNone | kKeyword, "None"}};
// A storage is told apart by hand: any object would do for the parser.
constexpr Signature legacy_signatures[] = {
    Signature(device_params),
    Signature(other_params),
    Signature(size_params),
    Signature(data_params)};
constexpr Function legacy_info("new", legacy_signatures);

Tensor tensor_on_storage(const c10::Storage& storage, ScalarType dtype) {
  auto impl =
      c10::make_intrusive<at::TensorImpl>(storage, dtype, storage->device());
  const int64_t n =
      static_cast<int64_t>(storage->nbytes() / c10::element_size(dtype));
  impl->set_sizes_contiguous(n);
  return Tensor(std::move(impl));
}

Tensor empty_tensor(
    at::IntArrayRef sizes,
    ScalarType dtype,
    at::Device device) {
  return Tensor(at::detail::empty(sizes, dtype, device));
}

// A list of numbers is data, a torch.Size is a size.
bool is_data(PyObject* args) {
  if (PyTuple_GET_SIZE(args) != 1) {
    return false;
  }
  PyObject* first = PyTuple_GET_ITEM(args, 0);
  return PyList_Check(first) ||
      (PyTuple_Check(first) &&
       std::string(Py_TYPE(first)->tp_name) != "torch.Size");
}

Tensor from_legacy_data(PyObject* data, ScalarType dtype, at::Device device) {
  TORCH_CHECK_TYPE(
      PySequence_Check(data) || PyUnicode_Check(data),
      "new(): data must be a sequence (got ",
      Py_TYPE(data)->tp_name,
      ")");
  return tensor_from_data(data, dtype, device);
}

} // namespace

Tensor legacy_tensor(
    ScalarType dtype,
    at::Device device,
    PyObject* args,
    PyObject* kwargs) {
  if (PyTuple_GET_SIZE(args) == 1 && is_storage(PyTuple_GET_ITEM(args, 0))) {
    return tensor_on_storage(
        unpack_storage(PyTuple_GET_ITEM(args, 0)), dtype);
  }
  if (is_data(args)) {
    return from_legacy_data(PyTuple_GET_ITEM(args, 0), dtype, device);
  }
  const TupleArgs<2> p(legacy_info, args, kwargs);
  const int device_slot = p.signature() == 0 ? 0 : 1;
  if (p.signature() != 1 && p.has(device_slot)) {
    const at::Device given = unpack_device(p[device_slot]);
    TORCH_CHECK(
        given.type() == device.type(),
        "legacy constructor expects device type: ",
        c10::device_type_name(device.type()),
        " but device type: ",
        c10::device_type_name(given.type()),
        " was passed");
  }
  switch (p.signature()) {
    case 0:
      return empty_tensor(c10::DimVector{0}, dtype, device);
    case 1: {
      const Tensor& other = p.tensor(0);
      TORCH_CHECK_TYPE(
          other.scalar_type() == dtype,
          "expected ",
          tensor_type_name(device, dtype),
          " (got ",
          tensor_type_name(other.device(), other.scalar_type()),
          ")");
      return at::alias(other);
    }
    case 2:
      return empty_tensor(p.int_list(0), dtype, device);
    default:
      return from_legacy_data(p[0], dtype, device);
  }
}

PyObject* tensor_base_new(
    PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  TORCH_CHECK(
      type != &TensorBaseType,
      "Cannot directly construct TensorBase; subclass it and then construct "
      "that");
  Tensor tensor;
  if (PyTuple_GET_SIZE(args) == 1 && is_tensor(PyTuple_GET_ITEM(args, 0))) {
    // torch.Tensor(x), S(x): a view of x, whatever its dtype.
    tensor = at::alias(unpack(PyTuple_GET_ITEM(args, 0)));
  } else {
    tensor = legacy_tensor(
        c10::get_default_dtype(), at::Device(at::kCPU), args, kwargs);
  }
  return wrap_as(type, std::move(tensor));
  END_HANDLE_TH_ERRORS
}

PyObject* method_new(PyObject* self, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const Tensor& like = unpack(self);
  return wrap(
      legacy_tensor(like.scalar_type(), like.device(), args, kwargs));
  END_HANDLE_TH_ERRORS
}

namespace {

// torch._C._legacy_tensor_new("torch.FloatTensor", args, kwargs): what the
// classes torch.FloatTensor, ... call.
PyObject* function_legacy(PyObject*, PyObject* call) {
  HANDLE_TH_ERRORS
  PyObject *name, *args, *kwargs;
  if (!PyArg_ParseTuple(call, "OO!O", &name, &PyTuple_Type, &args, &kwargs)) {
    return nullptr;
  }
  at::Device device(at::kCPU);
  const ScalarType dtype = parse_tensor_type(name, &device);
  return wrap(legacy_tensor(
      dtype, device, args, kwargs == Py_None ? nullptr : kwargs));
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_legacy_tensor_new", function_legacy, METH_VARARGS, nullptr}};
const TopicBindings bind_functions("torch._C", functions);

} // namespace
} // namespace torch::python

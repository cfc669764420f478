#include "api/python/Device.h"

#include "api/python/ArgParser.h"
#include "api/python/Cuda.h"
#include "api/python/Exceptions.h"

namespace torch::python {

PyTypeObject* DeviceType;

namespace {

using c10::Device;

PyObject* cpu_device;

Device value_of(PyObject* self) {
  return reinterpret_cast<DeviceObject*>(self)->value;
}

PyObject* new_device(Device device) {
  PyObject* made = DeviceType->tp_alloc(DeviceType, 0);
  if (made) {
    reinterpret_cast<DeviceObject*>(made)->value = device;
  }
  return made;
}

PyObject* device_repr(PyObject* self) {
  const Device device = value_of(self);
  std::string text =
      "device(type='" + c10::device_type_name(device.type()) + "'";
  if (device.has_index()) {
    text += ", index=" + std::to_string(device.index());
  }
  return new_string(text + ")");
}
PyObject* device_str(PyObject* self) {
  return new_string(value_of(self).str());
}
Py_hash_t device_hash(PyObject* self) {
  const Device device = value_of(self);
  return (static_cast<Py_hash_t>(device.type()) << 8) |
      static_cast<uint8_t>(device.index());
}

PyObject* device_compare(PyObject* self, PyObject* other, int op) {
  HANDLE_TH_ERRORS
  if (!is_device(other)) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  TORCH_CHECK_TYPE(op == Py_EQ || op == Py_NE, "comparison not implemented");
  return new_bool((value_of(self) == value_of(other)) == (op == Py_EQ));
  END_HANDLE_TH_ERRORS
}

PyObject* device_reduce(PyObject* self, PyObject*) {
  const Device device = value_of(self);
  const std::string type = c10::device_type_name(device.type());
  return device.has_index()
      ? Py_BuildValue("(O(si))", DeviceType, type.c_str(), device.index())
      : Py_BuildValue("(O(s))", DeviceType, type.c_str());
}

constexpr Param one_params[] = {{"device", ArgType::Device}};
constexpr Param two_params[] = {
    {"type", ArgType::String},
    {"index", ArgType::Int, kOptional, "-1"}};
constexpr Signature device_signatures[] = {{one_params}, {two_params}};
constexpr Function device_function = {"device", device_signatures};

PyObject* device_new(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const TupleArgs<2> parsed(device_function, args, kwargs);
  if (parsed.signature() == 0) {
    return wrap(unpack_device(parsed[0]));
  }
  const std::string type(parsed.string(0));
  const int64_t index = parsed.integer_or(1, -1);
  const Device device{std::string_view(type)};
  TORCH_CHECK(
      !device.has_index(),
      "type (string) must not include an index because index was passed "
      "explicitly: ",
      type);
  TORCH_CHECK(
      index >= 0 || !parsed.has(1), "Device index must not be negative");
  return wrap(Device(device.type(), static_cast<c10::DeviceIndex>(index)));
  END_HANDLE_TH_ERRORS
}

PyObject* device_type(PyObject* self, void*) {
  return new_string(c10::device_type_name(value_of(self).type()));
}
PyObject* device_index(PyObject* self, void*) {
  const Device device = value_of(self);
  return device.has_index() ? PyLong_FromLong(device.index()) : new_none();
}

// `with torch.device(..)` and device as a decorator are written in Python.
PyObject* call_utility(const char* name, PyObject* args) {
  PyRef module(PyImport_ImportModule("torch.utils._device"));
  PyRef function(module ? PyObject_GetAttrString(module.get(), name) : nullptr);
  return function ? PyObject_CallObject(function.get(), args) : nullptr;
}
PyObject* device_call(PyObject* self, PyObject* args, PyObject*) {
  PyRef first(PyTuple_Pack(1, self));
  PyRef all(first ? PySequence_Concat(first.get(), args) : nullptr);
  return all ? call_utility("device_decorator", all.get()) : nullptr;
}
PyObject* device_enter(PyObject* self, PyObject*) {
  PyRef args(PyTuple_Pack(1, self));
  return args ? call_utility("_enter_device", args.get()) : nullptr;
}
PyObject* device_exit(PyObject* self, PyObject*) {
  PyRef args(PyTuple_Pack(1, self));
  return args ? call_utility("_exit_device", args.get()) : nullptr;
}

PyMethodDef device_methods[] = {
    {"__reduce__", device_reduce, METH_NOARGS, nullptr},
    {"__enter__", device_enter, METH_NOARGS, nullptr},
    {"__exit__", device_exit, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef device_properties[] = {
    {"type", device_type, nullptr, nullptr, nullptr},
    {"index", device_index, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot device_slots[] = {
    {Py_tp_new, as_slot(device_new)},
    {Py_tp_repr, as_slot(device_repr)},
    {Py_tp_str, as_slot(device_str)},
    {Py_tp_hash, as_slot(device_hash)},
    {Py_tp_call, as_slot(device_call)},
    {Py_tp_richcompare, as_slot(device_compare)},
    {Py_tp_methods, device_methods},
    {Py_tp_getset, device_properties},
    {0, nullptr}};
PyType_Spec device_spec = {
    "torch.device", sizeof(DeviceObject), 0, Py_TPFLAGS_DEFAULT, device_slots};

} // namespace

PyObject* wrap(Device device) {
  return device == Device(c10::kCPU) ? new_ref(cpu_device)
                                     : check(new_device(device));
}

bool is_device_like(PyObject* o) {
  return is_device(o) || PyUnicode_Check(o) ||
      (PyLong_Check(o) && !PyBool_Check(o));
}

Device unpack_device(PyObject* o) {
  if (C10_LIKELY(is_device(o))) {
    return value_of(o);
  }
  if (PyUnicode_Check(o)) {
    Py_ssize_t length = 0;
    const char* text = PyUnicode_AsUTF8AndSize(o, &length);
    if (!text) {
      throw PythonError();
    }
    return Device(std::string_view(text, static_cast<size_t>(length)));
  }
  const long index = PyLong_AsLong(o);
  TORCH_CHECK(index >= 0, "Device index must not be negative");
  PyRef cuda = checked(PyImport_ImportModule("torch.cuda"));
  PyRef available =
      checked(PyObject_CallMethod(cuda.get(), "is_available", nullptr));
  TORCH_CHECK(
      PyObject_IsTrue(available.get()) == 1,
      "Cannot access accelerator device when none is available.");
  return Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
}

void ensure_usable(Device device) {
  if (C10_LIKELY(!device.is_cuda()) || cuda_is_ready()) {
    return;
  }
  PyRef cuda = checked(PyImport_ImportModule("torch.cuda"));
  checked(PyObject_CallMethod(cuda.get(), "_lazy_init", nullptr));
}

Device unpack_usable_device(PyObject* o) {
  const Device device = unpack_device(o);
  ensure_usable(device);
  return device;
}

void init_device(PyObject* module) {
  DeviceType = reinterpret_cast<PyTypeObject*>(
      check(PyType_FromSpec(&device_spec)));
  check_status(PyObject_SetAttrString(
      module, "device", reinterpret_cast<PyObject*>(DeviceType)));
  cpu_device = check(new_device(Device(c10::kCPU)));
}

} // namespace torch::python

#include "api/python/TypeNames.h"

#include "api/python/DType.h"
#include "api/python/Exceptions.h"
#include "c10/core/TensorOptions.h"

namespace torch::python {

using c10::ScalarType;

std::string tensor_type_name(c10::Device device, ScalarType dtype) {
  const std::string module =
      device.is_cpu() ? "" : c10::device_type_name(device.type()) + ".";
  return "torch." + module + c10::to_string(dtype) + "Tensor";
}

ScalarType parse_tensor_type(PyObject* o, c10::Device* device) {
  if (is_dtype_like(o)) {
    return unpack_dtype(o);
  }
  std::string name;
  if (PyUnicode_Check(o)) {
    name = PyUnicode_AsUTF8(o);
  } else {
    TORCH_CHECK_TYPE(
        PyType_Check(o), "dtype must be a type, str, or dtype object");
    PyRef module = checked(PyObject_GetAttrString(o, "__module__"));
    PyRef own = checked(PyObject_GetAttrString(o, "__name__"));
    name = std::string(PyUnicode_AsUTF8(module.get())) + "." +
        PyUnicode_AsUTF8(own.get());
  }
  if (name == "torch.Tensor") {
    return c10::get_default_dtype();
  }
  for (const c10::Device candidate :
       {c10::Device(c10::kCPU), c10::Device(c10::kCUDA)}) {
#define TRY_(T, Name)                                                \
  if (name == tensor_type_name(candidate, ScalarType::Name)) {       \
    *device = candidate;                                             \
    return ScalarType::Name;                                         \
  }
    C10_FORALL_SCALAR_TYPES(TRY_)
#undef TRY_
  }
  value_error("invalid type: '", name, "'");
}

std::string cast_name(ScalarType dtype) {
  switch (dtype) {
    case ScalarType::ComplexFloat:
      return "cfloat";
    case ScalarType::ComplexDouble:
      return "cdouble";
    default: {
      std::string name = c10::to_string(dtype);
      for (char& c : name) {
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      }
      return name;
    }
  }
}

} // namespace torch::python

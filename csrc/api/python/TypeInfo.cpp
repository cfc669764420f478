#include "api/python/TypeInfo.h"

#include <cmath>
#include <limits>

#include "api/python/ArgParser.h"
#include "api/python/Exceptions.h"

namespace torch::python {
namespace {

using c10::ScalarType;

struct InfoObject {
  PyObject_HEAD
  ScalarType type;
};

ScalarType type_of(PyObject* self) {
  return reinterpret_cast<InfoObject*>(self)->type;
}

constexpr Param params[] = {{"type", ArgType::DType}};
constexpr Signature one[] = {Signature(params)};
constexpr Signature maybe[] = {Signature(params), Signature()};
constexpr Function finfo_function("finfo", maybe);
constexpr Function iinfo_function("iinfo", one);

PyObject* new_info(PyTypeObject* type, ScalarType dtype) {
  PyObject* made = check(type->tp_alloc(type, 0));
  reinterpret_cast<InfoObject*>(made)->type = dtype;
  return made;
}

PyObject* finfo_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const TupleArgs<1> p(finfo_function, args, kwargs);
  const ScalarType dtype =
      p.signature() == 0 ? p.dtype(0) : c10::get_default_dtype();
  TORCH_CHECK_TYPE(
      c10::is_differentiable_type(dtype),
      "torch.finfo() requires a floating point input type. Use torch.iinfo to "
      "handle 'torch.finfo'");
  return new_info(type, dtype);
  END_HANDLE_TH_ERRORS
}

PyObject* iinfo_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const TupleArgs<1> p(iinfo_function, args, kwargs);
  const ScalarType dtype = p.dtype(0);
  TORCH_CHECK_TYPE(
      dtype != ScalarType::Bool, "torch.bool is not supported by torch.iinfo");
  TORCH_CHECK_TYPE(
      !c10::is_differentiable_type(dtype),
      "torch.iinfo() requires an integer input type. Use torch.finfo to "
      "handle 'torch.iinfo'");
  return new_info(type, dtype);
  END_HANDLE_TH_ERRORS
}

PyObject* info_compare(PyObject* self, PyObject* other, int op) {
  if (Py_TYPE(self) != Py_TYPE(other) || (op != Py_EQ && op != Py_NE)) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  return new_bool((type_of(self) == type_of(other)) == (op == Py_EQ));
}

// ---- floating point: everything follows from three numbers

struct FloatFormat {
  int significand_bits; // with the implicit one
  int max_exponent; // the largest number is below 2**max_exponent
  int min_exponent; // the smallest normal one is 2**min_exponent
};

FloatFormat format_of(ScalarType dtype) {
  switch (c10::to_real_value_type(dtype)) {
    case ScalarType::Half:
      return {11, 16, -14};
    case ScalarType::BFloat16:
      return {8, 128, -126};
    case ScalarType::Float:
      return {24, 128, -126};
    default:
      return {53, 1024, -1022};
  }
}
double eps_of(ScalarType t) {
  return std::ldexp(1.0, 1 - format_of(t).significand_bits);
}
double max_of(ScalarType t) {
  const FloatFormat f = format_of(t);
  return std::ldexp(2.0 - eps_of(t), f.max_exponent - 1);
}
double tiny_of(ScalarType t) {
  return std::ldexp(1.0, format_of(t).min_exponent);
}
// The decimal digits that always survive: 10**-digits.
double resolution_of(ScalarType t) {
  const double digits =
      std::floor((format_of(t).significand_bits - 1) * std::log10(2.0));
  return std::pow(10.0, -digits);
}

using FloatProperty = double (*)(ScalarType);
PyObject* get_float(PyObject* self, void* function) {
  return PyFloat_FromDouble(
      reinterpret_cast<FloatProperty>(function)(type_of(self)));
}
double min_of(ScalarType t) { return -max_of(t); }

PyObject* get_bits(PyObject* self, void*) {
  return PyLong_FromSize_t(8 * c10::element_size(type_of(self)));
}
PyObject* get_float_bits(PyObject* self, void*) {
  return PyLong_FromSize_t(
      8 * c10::element_size(c10::to_real_value_type(type_of(self))));
}
PyObject* get_dtype(PyObject* self, void*) {
  return new_string(
      c10::dtype_name(c10::to_real_value_type(type_of(self))));
}

PyObject* finfo_repr(PyObject* self) {
  const ScalarType t = type_of(self);
  std::string text = c10::str(
      "finfo(resolution=", resolution_of(t), ", min=", min_of(t),
      ", max=", max_of(t), ", eps=", eps_of(t),
      ", smallest_normal=", tiny_of(t), ", tiny=", tiny_of(t), ", dtype=",
      c10::dtype_name(c10::to_real_value_type(t)), ")");
  return new_string(text);
}

// ---- integers

int64_t integer_max(ScalarType t) {
  const auto bits = static_cast<int>(8 * c10::element_size(t));
  return t == ScalarType::Byte
      ? 255
      : static_cast<int64_t>((uint64_t{1} << (bits - 1)) - 1);
}
int64_t integer_min(ScalarType t) {
  return t == ScalarType::Byte ? 0 : -integer_max(t) - 1;
}
PyObject* get_integer_max(PyObject* self, void*) {
  return PyLong_FromLongLong(integer_max(type_of(self)));
}
PyObject* get_integer_min(PyObject* self, void*) {
  return PyLong_FromLongLong(integer_min(type_of(self)));
}
PyObject* iinfo_repr(PyObject* self) {
  const ScalarType t = type_of(self);
  return new_string(c10::str(
      "iinfo(min=", integer_min(t), ", max=", integer_max(t),
      ", dtype=", c10::dtype_name(t), ")"));
}

#define FLOAT_PROPERTY(name, function) \
  { name, get_float, nullptr, nullptr, as_slot<FloatProperty>(function) }

PyGetSetDef finfo_properties[] = {
    {"bits", get_float_bits, nullptr, nullptr, nullptr},
    {"dtype", get_dtype, nullptr, nullptr, nullptr},
    FLOAT_PROPERTY("eps", eps_of),
    FLOAT_PROPERTY("max", max_of),
    FLOAT_PROPERTY("min", min_of),
    FLOAT_PROPERTY("tiny", tiny_of),
    FLOAT_PROPERTY("smallest_normal", tiny_of),
    FLOAT_PROPERTY("resolution", resolution_of),
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyGetSetDef iinfo_properties[] = {
    {"bits", get_bits, nullptr, nullptr, nullptr},
    {"dtype", get_dtype, nullptr, nullptr, nullptr},
    {"max", get_integer_max, nullptr, nullptr, nullptr},
    {"min", get_integer_min, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot finfo_slots[] = {
    {Py_tp_new, as_slot(finfo_new)},
    {Py_tp_repr, as_slot(finfo_repr)},
    {Py_tp_richcompare, as_slot(info_compare)},
    {Py_tp_getset, finfo_properties},
    {0, nullptr}};
PyType_Slot iinfo_slots[] = {
    {Py_tp_new, as_slot(iinfo_new)},
    {Py_tp_repr, as_slot(iinfo_repr)},
    {Py_tp_richcompare, as_slot(info_compare)},
    {Py_tp_getset, iinfo_properties},
    {0, nullptr}};
PyType_Spec finfo_spec = {
    "torch.finfo", sizeof(InfoObject), 0, Py_TPFLAGS_DEFAULT, finfo_slots};
PyType_Spec iinfo_spec = {
    "torch.iinfo", sizeof(InfoObject), 0, Py_TPFLAGS_DEFAULT, iinfo_slots};

} // namespace

void init_type_info(PyObject* module) {
  PyRef finfo = checked(PyType_FromSpec(&finfo_spec));
  PyRef iinfo = checked(PyType_FromSpec(&iinfo_spec));
  check_status(PyObject_SetAttrString(module, "finfo", finfo.get()));
  check_status(PyObject_SetAttrString(module, "iinfo", iinfo.get()));
}

} // namespace torch::python

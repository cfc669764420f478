#include "api/python/IValues.h"

#include "api/python/ArgParser.h"
#include "api/python/DType.h"
#include "api/python/Device.h"
#include "api/python/Exceptions.h"
#include "api/python/Generator.h"
#include "api/python/Hooks.h"
#include "api/python/Numpy.h"

namespace torch::python {
namespace {

using c10::IValue;
using c10::SchemaType;

struct PythonValue final : c10::OpaqueObject {
  explicit PythonValue(PyObject* o) : object(o) {}
  SafeRef object;
};

template <typename T, typename F>
std::vector<T> map_list(PyObject* list, F convert) {
  std::vector<T> values;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list); ++i) {
    values.push_back(convert(PySequence_Fast_GET_ITEM(list, i)));
  }
  return values;
}

bool all_items(PyObject* list, bool (*test)(PyObject*)) {
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list); ++i) {
    if (!test(PySequence_Fast_GET_ITEM(list, i))) {
      return false;
    }
  }
  return true;
}
bool is_tensor_or_none(PyObject* o) { return o == Py_None || is_tensor(o); }
bool is_bool(PyObject* o) { return PyBool_Check(o); }
bool is_real(PyObject* o) {
  return PyFloat_Check(o) || (PyLong_Check(o) && !PyBool_Check(o));
}

IValue opaque(PyObject* o) {
  return c10::intrusive_ptr<c10::OpaqueObject>(
      c10::make_intrusive<PythonValue>(o));
}

IValue unpack_list(PyObject* list, const SchemaType* type) {
  const std::string base = type && type->is_list ? type->base : "";
  const bool empty = PySequence_Fast_GET_SIZE(list) == 0;
  if ((base == "Tensor" || (base.empty() && !empty)) &&
      all_items(list, is_tensor_or_none)) {
    return map_list<at::Tensor>(list, [](PyObject* o) {
      return o == Py_None ? at::Tensor() : unpack(o);
    });
  }
  if (base == "bool" && all_items(list, is_bool)) {
    return map_list<bool>(list, unpack_bool);
  }
  if (base == "Scalar" && all_items(list, is_scalar_like)) {
    return map_list<c10::Scalar>(list, unpack_scalar);
  }
  if (base != "float" && all_items(list, is_int_like)) {
    return map_list<int64_t>(list, unpack_int);
  }
  if (all_items(list, is_real)) {
    return map_list<double>(list, unpack_double);
  }
  return opaque(list);
}

IValue unpack_number(PyObject* o) {
  const c10::Scalar value = unpack_scalar(o);
  return IValue(value);
}

} // namespace

IValue unpack_ivalue(PyObject* o, const SchemaType* type) {
  if (o == Py_None) {
    return {};
  }
  if (is_tensor(o)) {
    return unpack(o);
  }
  if (type && type->base == "ScalarType" && is_dtype_like(o)) {
    return unpack_dtype(o);
  }
  if (type && type->base == "Device" && is_device_like(o)) {
    return unpack_device(o);
  }
  if (is_number(o) || is_numpy_scalar(o) || PyLong_Check(o) ||
      PyFloat_Check(o)) {
    return unpack_number(o);
  }
  if (PyUnicode_Check(o)) {
    return std::string(unpack_string(o));
  }
  if (is_dtype(o)) {
    return unpack_dtype(o);
  }
  if (is_device(o)) {
    return unpack_device(o);
  }
  if (is_layout(o)) {
    return unpack_layout(o);
  }
  if (is_memory_format(o)) {
    return unpack_memory_format(o);
  }
  if (is_generator(o)) {
    return unpack_generator(o);
  }
  return PyTuple_Check(o) || PyList_Check(o) ? unpack_list(o, type)
                                             : opaque(o);
}

namespace {

template <typename List>
PyObject* wrap_list(const List& list) {
  PyRef made = checked(PyList_New(static_cast<Py_ssize_t>(list.size())));
  Py_ssize_t i = 0;
  for (const auto& item : list) {
    if constexpr (std::is_same<List, std::vector<bool>>::value) {
      PyList_SET_ITEM(made.get(), i++, new_bool(item));
    } else {
      PyList_SET_ITEM(made.get(), i++, check(wrap(item)));
    }
  }
  return made.release();
}

struct Wrapper {
  PyObject* operator()(std::monostate) const { return new_none(); }
  PyObject* operator()(const at::Tensor& v) const { return wrap(v); }
  PyObject* operator()(bool v) const { return new_bool(v); }
  PyObject* operator()(int64_t v) const { return wrap(v); }
  PyObject* operator()(double v) const { return wrap(v); }
  PyObject* operator()(c10::complex<double> v) const {
    return PyComplex_FromDoubles(v.real(), v.imag());
  }
  PyObject* operator()(const std::string& v) const { return new_string(v); }
  PyObject* operator()(c10::ScalarType v) const { return wrap(v); }
  PyObject* operator()(c10::Device v) const { return wrap(v); }
  PyObject* operator()(c10::Layout v) const { return wrap(v); }
  PyObject* operator()(c10::MemoryFormat v) const { return wrap(v); }
  PyObject* operator()(const c10::Generator& v) const { return wrap(v); }
  PyObject* operator()(const c10::intrusive_ptr<c10::OpaqueObject>& v) const {
    auto* own = dynamic_cast<PythonValue*>(v.get());
    return own ? new_ref(own->object.get()) : new_none();
  }
  template <typename T>
  PyObject* operator()(const std::vector<T>& v) const {
    return wrap_list(v);
  }
};

} // namespace

PyObject* wrap(const IValue& value) {
  return check(std::visit(Wrapper(), value.value()));
}

} // namespace torch::python

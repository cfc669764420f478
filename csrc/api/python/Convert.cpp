// Conversions between single Python objects and C++ values (declared in
// ArgParser.h and Tensor.h).
#include "api/python/ArgParser.h"
#include "api/python/Exceptions.h"
#include "api/python/Generator.h"
#include "api/python/Numpy.h"
#include "aten/core/Tensor.h"
#include "generated/ops/TensorFactories.h"

namespace torch::python {
namespace {

int64_t long_from(PyObject* o) {
  int overflow = 0;
  const int64_t value = PyLong_AsLongLongAndOverflow(o, &overflow);
  if (C10_UNLIKELY(overflow != 0)) {
    value_error("Overflow when unpacking long long");
  }
  if (C10_UNLIKELY(value == -1 && PyErr_Occurred())) {
    throw PythonError();
  }
  return value;
}

// Python's own words for what uint64 has no room for either.
int64_t integer_scalar(PyObject* o) {
  int overflow = 0;
  const int64_t value = PyLong_AsLongLongAndOverflow(o, &overflow);
  if (C10_UNLIKELY(overflow != 0)) {
    PyLong_AsUnsignedLongLong(o);
    if (PyErr_Occurred()) {
      throw PythonError();
    }
    value_error("Overflow when unpacking long long");
  }
  return value;
}

c10::Scalar scalar_of(const at::Tensor& t) {
  switch (t.scalar_type()) {
    case c10::ScalarType::Bool:
      return at::item<bool>(t);
    case c10::ScalarType::ComplexFloat:
    case c10::ScalarType::ComplexDouble:
      return at::item<c10::complex<double>>(t);
    default:
      return t.is_floating_point() ? c10::Scalar(at::item<double>(t))
                                   : c10::Scalar(at::item<int64_t>(t));
  }
}

} // namespace

c10::Scalar unpack_scalar(PyObject* o) {
  if (PyFloat_CheckExact(o)) {
    return PyFloat_AS_DOUBLE(o);
  }
  if (PyBool_Check(o)) {
    return o == Py_True;
  }
  if (PyLong_Check(o)) {
    return integer_scalar(o);
  }
  if (PyComplex_Check(o)) {
    const Py_complex v = PyComplex_AsCComplex(o);
    return c10::complex<double>(v.real, v.imag);
  }
  if (is_tensor(o)) {
    return scalar_of(unpack(o));
  }
  if (is_numpy_scalar(o)) {
    PyRef plain = checked(PyObject_CallMethod(o, "item", nullptr));
    return unpack_scalar(plain.get());
  }
  return unpack_double(o);
}

int64_t unpack_int(PyObject* o) {
  if (C10_LIKELY(PyLong_Check(o))) {
    return long_from(o);
  }
  if (is_tensor(o)) {
    return at::item<int64_t>(unpack(o));
  }
  PyRef index = checked(PyNumber_Index(o));
  return long_from(index.get());
}

double unpack_double(PyObject* o) {
  if (C10_LIKELY(PyFloat_Check(o))) {
    return PyFloat_AS_DOUBLE(o);
  }
  if (is_tensor(o)) {
    return at::item<double>(unpack(o));
  }
  const double value = PyFloat_AsDouble(o);
  if (value == -1.0 && PyErr_Occurred()) {
    throw PythonError();
  }
  return value;
}

bool unpack_bool(PyObject* o) {
  return o == Py_True ||
      (o != Py_False && check_status(PyObject_IsTrue(o)) == 1);
}

std::string_view unpack_string(PyObject* o) {
  Py_ssize_t length = 0;
  const char* text = PyUnicode_AsUTF8AndSize(o, &length);
  if (!text) {
    throw PythonError();
  }
  return {text, static_cast<size_t>(length)};
}

c10::Generator unpack_generator(PyObject* o) {
  return reinterpret_cast<GeneratorObject*>(o)->value;
}

at::Tensor number_tensor(PyObject* o) {
  const c10::Scalar value = unpack_scalar(o);
  at::Tensor tensor = at::scalar_tensor(value, value.type());
  tensor.unsafe_impl()->set_wrapped_number(true);
  return tensor;
}

PyObject* wrap(const c10::Scalar& value) {
  if (value.is_boolean()) {
    return new_bool(value.to_bool());
  }
  if (value.is_integral(false)) {
    return PyLong_FromLongLong(value.to_long());
  }
  if (value.is_complex()) {
    const auto v = value.to_complex_double();
    return PyComplex_FromDoubles(v.real(), v.imag());
  }
  return PyFloat_FromDouble(value.to_double());
}

PyObject* wrap(const std::vector<at::Tensor>& tensors) {
  PyRef tuple =
      checked(PyTuple_New(static_cast<Py_ssize_t>(tensors.size())));
  for (size_t i = 0; i < tensors.size(); ++i) {
    PyTuple_SET_ITEM(
        tuple.get(), static_cast<Py_ssize_t>(i), wrap(tensors[i]));
  }
  return tuple.release();
}

} // namespace torch::python

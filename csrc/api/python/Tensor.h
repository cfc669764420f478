// torch._C.TensorBase, the Python type of tensors, and the two functions
// every binding needs: unpack(PyObject*) and wrap(Tensor).
//
// Read Note [Python object identity] in Tensor.cpp before touching ownership.
#pragma once

#include <tuple>
#include <vector>

#include "api/python/Object.h"
#include "aten/core/Tensor.h"

namespace torch::python {

struct TensorObject {
  PyObject_HEAD
  at::Tensor tensor;
  PyObject* dict;
  PyObject* weakrefs;
  // The OrderedDict behind register_hook(), or null.
  PyObject* backward_hooks;
};

extern PyTypeObject TensorBaseType;
// torch.Tensor and nn.Parameter, once Python has registered them.
extern PyTypeObject* TensorClass;
extern PyTypeObject* ParameterClass;
// Whether a __torch_function__ mode is active in any thread.
extern bool torch_function_mode_active;

// Exactly torch.Tensor or Parameter: nothing can override its operators.
inline bool is_exact(PyObject* o) {
  return Py_TYPE(o) == TensorClass || Py_TYPE(o) == ParameterClass;
}
inline bool is_tensor(PyObject* o) {
  return is_exact(o) || PyObject_TypeCheck(o, &TensorBaseType);
}
// May skip the argument parser and __torch_function__.
inline bool is_plain(PyObject* o) {
  return is_exact(o) && C10_LIKELY(!torch_function_mode_active);
}

inline const at::Tensor& unpack(PyObject* o) {
  return reinterpret_cast<TensorObject*>(o)->tensor;
}
inline at::Tensor& unpack_mutable(PyObject* o) {
  return reinterpret_cast<TensorObject*>(o)->tensor;
}

// The one wrapper of a tensor, new or existing; None for an undefined one.
// A new reference; throws PythonError where memory is short.
PyObject* wrap(at::Tensor tensor);
// A fresh wrapper of a given class. The tensor must have none yet.
PyObject* wrap_as(PyTypeObject* type, at::Tensor tensor);

inline PyObject* wrap(int64_t value) { return PyLong_FromLongLong(value); }
inline PyObject* wrap(bool value) { return new_bool(value); }
inline PyObject* wrap(double value) { return PyFloat_FromDouble(value); }
PyObject* wrap(const c10::Scalar& value);
// A tuple of tensors.
PyObject* wrap(const std::vector<at::Tensor>& tensors);

// A struct sequence such as torch.return_types.max; kept in the module.
PyTypeObject* make_return_type(
    const char* name,
    std::initializer_list<const char*> fields);

// type: a struct sequence, or null for a plain tuple.
template <typename Tuple, size_t... I>
PyObject* wrap_tuple(
    PyTypeObject* type,
    Tuple&& values,
    std::index_sequence<I...>) {
  PyRef items[] = {PyRef(wrap(std::get<I>(std::move(values))))...};
  for (PyRef& item : items) {
    if (!item) {
      return nullptr;
    }
  }
  constexpr Py_ssize_t n = sizeof...(I);
  PyObject* result = type ? PyStructSequence_New(type) : PyTuple_New(n);
  for (Py_ssize_t i = 0; result && i < n; ++i) {
    PyObject* item = items[i].release();
    if (type) {
      PyStructSequence_SetItem(result, i, item);
    } else {
      PyTuple_SET_ITEM(result, i, item);
    }
  }
  return result;
}
template <typename... T>
PyObject* wrap(std::tuple<T...>&& values, PyTypeObject* type = nullptr) {
  return wrap_tuple(
      type, std::move(values), std::index_sequence_for<T...>());
}

// Readies the type; the method table must be complete.
void init_tensor(PyObject* module);

} // namespace torch::python

// PyRef: an owned reference to a Python object, and the few helpers that every
// file of this folder needs. The only place that includes <Python.h>.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string>
#include <string_view>
#include <utility>

#include "c10/macros/Macros.h"

namespace torch::python {

class PyRef {
 public:
  PyRef() = default;
  // Takes over a new reference; null stays null.
  explicit PyRef(PyObject* owned) noexcept : object_(owned) {}
  PyRef(PyRef&& other) noexcept : object_(other.release()) {}
  PyRef& operator=(PyRef&& other) noexcept {
    PyObject* old = object_;
    object_ = other.release();
    Py_XDECREF(old);
    return *this;
  }
  PyRef(const PyRef& other) noexcept : object_(other.object_) {
    Py_XINCREF(object_);
  }
  PyRef& operator=(const PyRef& other) noexcept {
    return *this = PyRef(other);
  }
  ~PyRef() { Py_XDECREF(object_); }

  static PyRef borrowed(PyObject* object) noexcept {
    Py_XINCREF(object);
    return PyRef(object);
  }
  PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  PyObject* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  PyObject* object_ = nullptr;
};

inline PyObject* new_none() {
  Py_INCREF(Py_None);
  return Py_None;
}
inline PyObject* new_bool(bool value) {
  PyObject* result = value ? Py_True : Py_False;
  Py_INCREF(result);
  return result;
}
inline PyObject* new_ref(PyObject* object) {
  Py_INCREF(object);
  return object;
}
inline PyObject* new_string(std::string_view text) {
  return PyUnicode_FromStringAndSize(
      text.data(), static_cast<Py_ssize_t>(text.size()));
}

// Methods are declared with the signature they have; tables want PyCFunction.
template <typename F>
PyCFunction as_method(F function) {
  return reinterpret_cast<PyCFunction>(
      reinterpret_cast<void (*)()>(function));
}
template <typename F>
void* as_slot(F function) {
  return reinterpret_cast<void*>(function);
}

using FastArgs = PyObject* const*;

} // namespace torch::python

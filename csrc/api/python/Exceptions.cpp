#include "api/python/Exceptions.h"

#include <cstring>
#include <new>

#include "api/python/Gil.h"

namespace torch::python {
namespace {

PyObject* out_of_memory_error = PyExc_RuntimeError;
PyObject* linalg_error = PyExc_RuntimeError;
PyObject* accelerator_error = PyExc_RuntimeError;

PyObject* class_of(c10::ErrorKind kind) {
  switch (kind) {
    case c10::ErrorKind::Value:
      return PyExc_ValueError;
    case c10::ErrorKind::Type:
      return PyExc_TypeError;
    case c10::ErrorKind::Index:
      return PyExc_IndexError;
    case c10::ErrorKind::NotImplemented:
      return PyExc_NotImplementedError;
    case c10::ErrorKind::LinAlg:
      return linalg_error;
    case c10::ErrorKind::OutOfMemory:
      return out_of_memory_error;
    case c10::ErrorKind::Accelerator:
      return accelerator_error;
    case c10::ErrorKind::Assertion:
      return PyExc_AssertionError;
    case c10::ErrorKind::Attribute:
      return PyExc_AttributeError;
    case c10::ErrorKind::Buffer:
      return PyExc_BufferError;
    default:
      return PyExc_RuntimeError;
  }
}

std::string text_of(PyObject* value) {
  PyRef text(value ? PyObject_Str(value) : nullptr);
  const char* utf8 = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
  if (!utf8) {
    PyErr_Clear();
    return "Python exception";
  }
  return utf8;
}

// A warning turned into an error by a filter leaves as that error.
void python_warning(const char* category, const std::string& text) {
  GilAcquire gil;
  PyObject* builtins = PyEval_GetBuiltins();
  PyObject* found =
      builtins ? PyDict_GetItemString(builtins, category) : nullptr;
  if (PyErr_WarnEx(found ? found : PyExc_UserWarning, text.c_str(), 1) < 0) {
    throw PythonError();
  }
}

// A RuntimeError, an attribute of torch._C under its last name.
PyObject* add_exception(PyObject* module, const char* full, const char* doc) {
  PyObject* made =
      PyErr_NewExceptionWithDoc(full, doc, PyExc_RuntimeError, nullptr);
  check(made);
  const char* name = std::strrchr(full, '.') + 1;
  check_status(PyObject_SetAttrString(module, name, made));
  return made;
}

} // namespace

struct PythonError::Held {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  ~Held() {
    if (Py_IsInitialized()) {
      GilAcquire gil;
      Py_XDECREF(type);
      Py_XDECREF(value);
      Py_XDECREF(traceback);
    }
  }
};

PythonError::PythonError() : held_(std::make_shared<Held>()) {
  PyErr_Fetch(&held_->type, &held_->value, &held_->traceback);
  PyErr_NormalizeException(&held_->type, &held_->value, &held_->traceback);
  text_ = text_of(held_->value);
}

void PythonError::restore() const {
  Py_XINCREF(held_->type);
  Py_XINCREF(held_->value);
  Py_XINCREF(held_->traceback);
  PyErr_Restore(held_->type, held_->value, held_->traceback);
}

void translate_exception() noexcept {
  try {
    throw;
  } catch (const PythonError& error) {
    error.restore();
  } catch (const c10::Error& error) {
    PyRef text(new_string(error.message()));
    PyErr_SetObject(class_of(error.kind()), text.get());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_RuntimeError, "unknown C++ exception");
  }
}

void init_exceptions(PyObject* module) {
  out_of_memory_error = add_exception(
      module, "torch.OutOfMemoryError", "A device has no memory left.");
  accelerator_error = add_exception(
      module, "torch.AcceleratorError", "A device's runtime reported an error.");
  linalg_error = add_exception(
      module,
      "torch._C._LinAlgError",
      "A matrix does not allow the decomposition that was asked for.");
  c10::set_warning_handler(python_warning);
}

} // namespace torch::python

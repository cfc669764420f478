// Errors across the border. C++ to Python: every function that Python calls
// is wrapped in HANDLE_TH_ERRORS ... END_HANDLE_TH_ERRORS. Python to C++: a
// failed C-API call becomes `throw PythonError()`, which travels through C++
// frames (the engine, a kernel written in Python) and is restored at the end.
#pragma once

#include <exception>
#include <memory>

#include "api/python/Object.h"
#include "c10/util/Exception.h"

#define HANDLE_TH_ERRORS try {
#define END_HANDLE_TH_ERRORS_RET(value)        \
  }                                            \
  catch (...) {                                \
    ::torch::python::translate_exception();    \
    return value;                              \
  }
#define END_HANDLE_TH_ERRORS END_HANDLE_TH_ERRORS_RET(nullptr)

namespace torch::python {

// The pending Python exception, taken out of the interpreter. Copies share
// it; it may be destroyed without the interpreter lock.
class PythonError : public std::exception {
 public:
  PythonError();
  const char* what() const noexcept override { return text_.c_str(); }
  void restore() const;

 private:
  struct Held;
  std::shared_ptr<Held> held_;
  std::string text_;
};

// Inside a catch block: sets the Python exception for the current C++ one.
void translate_exception() noexcept;

// A C-API result that must not be null.
inline PyObject* check(PyObject* object) {
  if (C10_UNLIKELY(object == nullptr)) {
    throw PythonError();
  }
  return object;
}
inline PyRef checked(PyObject* object) { return PyRef(check(object)); }
// A C-API status that must not be negative.
inline int check_status(int status) {
  if (C10_UNLIKELY(status < 0)) {
    throw PythonError();
  }
  return status;
}

template <typename... Args>
[[noreturn]] C10_NOINLINE void type_error(const Args&... args) {
  c10::detail::throw_error(c10::ErrorKind::Type, c10::str(args...));
}
template <typename... Args>
[[noreturn]] C10_NOINLINE void value_error(const Args&... args) {
  c10::detail::throw_error(c10::ErrorKind::Value, c10::str(args...));
}

// Makes torch._C.OutOfMemoryError and its kin, routes TORCH_WARN to
// Python's warnings.
void init_exceptions(PyObject* module);

} // namespace torch::python

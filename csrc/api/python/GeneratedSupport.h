// What only generated bindings call.
#pragma once

#include "api/python/ArgParser.h"
#include "api/python/Exceptions.h"
#include "api/python/TorchFunction.h"

namespace torch::python {

// A tensor that a factory made, with the requires_grad the caller asked for.
inline PyObject* wrap_new(at::Tensor tensor, bool requires_grad) {
  if (requires_grad) {
    tensor.requires_grad_(true);
  }
  return wrap(std::move(tensor));
}

// The references that an out= form returns.
template <typename... T>
PyObject* wrap_outputs(std::tuple<T&...> outputs, PyTypeObject* type) {
  return wrap(std::tuple<T...>(outputs), type);
}

// A tensor that is not plain: does its class (or a mode) take the call over?
inline bool overridden(PyObject* self) {
  return (torch_function_mode_active && mode_active_here()) ||
      overrides_torch_function(self);
}
// Hands a method call without arguments to __torch_function__.
PyObject* call_override(PyObject* self, const char* method);

// An operator whose operands are not all plain: torch.<function>(self, other),
// or with the operands swapped. `name` is what __torch_function__ is told.
PyObject* call_operator(
    const char* function,
    const char* name,
    PyObject* self,
    PyObject* other,
    bool swapped);

} // namespace torch::python

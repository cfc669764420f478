// What only generated bindings call.
#pragma once

#include "api/python/ArgParser.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/TorchFunction.h"

namespace torch::python {

// Elements from which on an operator is long enough to let other Python
// threads run meanwhile.
constexpr int64_t kWorthUnlocking = 1 << 15;

inline bool is_large(const at::Tensor& t) {
  return t.defined() && t.numel() >= kWorthUnlocking;
}
inline bool is_large(at::TensorList list) {
  for (const at::Tensor& t : list) {
    if (is_large(t)) {
      return true;
    }
  }
  return false;
}
template <typename T>
bool is_large_argument(const T& argument) {
  if constexpr (std::is_convertible<const T&, const at::Tensor&>::value) {
    return is_large(static_cast<const at::Tensor&>(argument));
  } else if constexpr (std::is_convertible<const T&, at::TensorList>::value) {
    return is_large(static_cast<at::TensorList>(argument));
  } else {
    return false;
  }
}

// UNLOCKED(at::mul)(a, b): at::mul(a, b), without the interpreter's lock when
// one of the tensors is large. The arguments are read before it is released.
template <typename F>
struct Unlocked {
  F call;
  template <typename... Args>
  C10_ALWAYS_INLINE decltype(auto) operator()(Args&&... args) const {
    const GilRelease released((is_large_argument(args) || ...));
    return call(std::forward<Args>(args)...);
  }
};
template <typename F>
C10_ALWAYS_INLINE Unlocked<F> unlocked(F call) {
  return {call};
}
#define UNLOCKED(function)                                        \
  ::torch::python::unlocked([](auto&&... args) -> decltype(auto) { \
    return function(std::forward<decltype(args)>(args)...);       \
  })

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

// The number protocol and comparisons of tensors. What each operator computes
// comes from the `python:` keys of csrc/aten/ops (generated functions, see
// Bindings.h); here is only the order in which Python's operators try them.
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Scalars.h"
#include "api/python/Tensor.h"

namespace torch::python {

PyNumberMethods tensor_as_number;

namespace {

const SlotFunctions& functions_of_slot(Slot slot) {
  return slot_functions[static_cast<size_t>(slot)];
}

// Python asks the other operand when an operator does not know the types.
PyObject* not_implemented_for_type_error(PyObject* result) {
  if (C10_UNLIKELY(result == nullptr) &&
      PyErr_ExceptionMatches(PyExc_TypeError)) {
    PyErr_Clear();
    Py_RETURN_NOTIMPLEMENTED;
  }
  return result;
}

PyObject* call_or_decline(binaryfunc function, PyObject* a, PyObject* b) {
  if (!function) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  return not_implemented_for_type_error(function(a, b));
}

template <Slot kSlot>
PyObject* binary(PyObject* a, PyObject* b) {
  const SlotFunctions& functions = functions_of_slot(kSlot);
  return is_tensor(a) ? call_or_decline(functions.forward, a, b)
                      : call_or_decline(functions.reflected, b, a);
}
template <Slot kSlot>
PyObject* inplace(PyObject* a, PyObject* b) {
  return call_or_decline(functions_of_slot(kSlot).inplace, a, b);
}
template <Slot kSlot>
PyObject* unary(PyObject* self) {
  const unaryfunc function = functions_of_slot(kSlot).unary;
  if (!function) {
    PyErr_SetString(PyExc_NotImplementedError, "operator is not built");
    return nullptr;
  }
  return function(self);
}

PyObject* power(PyObject* a, PyObject* b, PyObject* modulus) {
  if (modulus != Py_None) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  return binary<Slot::Pow>(a, b);
}
PyObject* inplace_power(PyObject* a, PyObject* b, PyObject*) {
  return inplace<Slot::Pow>(a, b);
}

PyObject* positive(PyObject* self) { return new_ref(self); }

// Python 2 names of division, which programs still call as methods.
PyObject* method_div(PyObject* self, PyObject* other) {
  return call_or_decline(
      functions_of_slot(Slot::TrueDiv).forward, self, other);
}
PyObject* method_rdiv(PyObject* self, PyObject* other) {
  return call_or_decline(
      functions_of_slot(Slot::TrueDiv).reflected, self, other);
}
PyObject* method_idiv(PyObject* self, PyObject* other) {
  return call_or_decline(
      functions_of_slot(Slot::TrueDiv).inplace, self, other);
}
const PyMethodDef methods[] = {
    {"__div__", method_div, METH_O, nullptr},
    {"__rdiv__", method_rdiv, METH_O, nullptr},
    {"__idiv__", method_idiv, METH_O, nullptr}};
const TopicBindings bind_methods("Tensor", methods);

template <Slot kSlot>
void fill(
    binaryfunc PyNumberMethods::*forward,
    binaryfunc PyNumberMethods::*in_place) {
  tensor_as_number.*forward = binary<kSlot>;
  // Without one, Python falls back on a = a @ b.
  if (functions_of_slot(kSlot).inplace) {
    tensor_as_number.*in_place = inplace<kSlot>;
  }
}

} // namespace

void fill_number_slots() {
  using N = PyNumberMethods;
  N& n = tensor_as_number;
  fill<Slot::Add>(&N::nb_add, &N::nb_inplace_add);
  fill<Slot::Sub>(&N::nb_subtract, &N::nb_inplace_subtract);
  fill<Slot::Mul>(&N::nb_multiply, &N::nb_inplace_multiply);
  fill<Slot::TrueDiv>(&N::nb_true_divide, &N::nb_inplace_true_divide);
  fill<Slot::FloorDiv>(&N::nb_floor_divide, &N::nb_inplace_floor_divide);
  fill<Slot::Mod>(&N::nb_remainder, &N::nb_inplace_remainder);
  fill<Slot::And>(&N::nb_and, &N::nb_inplace_and);
  fill<Slot::Or>(&N::nb_or, &N::nb_inplace_or);
  fill<Slot::Xor>(&N::nb_xor, &N::nb_inplace_xor);
  fill<Slot::LShift>(&N::nb_lshift, &N::nb_inplace_lshift);
  fill<Slot::RShift>(&N::nb_rshift, &N::nb_inplace_rshift);
  fill<Slot::MatMul>(&N::nb_matrix_multiply, &N::nb_inplace_matrix_multiply);
  n.nb_power = power;
  if (functions_of_slot(Slot::Pow).inplace) {
    n.nb_inplace_power = inplace_power;
  }
  n.nb_negative = unary<Slot::Neg>;
  n.nb_positive =
      functions_of_slot(Slot::Pos).unary ? unary<Slot::Pos> : positive;
  n.nb_absolute = unary<Slot::Abs>;
  n.nb_invert = unary<Slot::Invert>;
  n.nb_bool = tensor_bool;
  n.nb_int = tensor_int;
  n.nb_float = tensor_float;
  n.nb_index = tensor_index;
}

PyObject* tensor_richcompare(PyObject* a, PyObject* b, int op) {
  constexpr Slot kSlots[] = {
      Slot::Lt, Slot::Le, Slot::Eq, Slot::Ne, Slot::Gt, Slot::Ge};
  static_assert(Py_LT == 0 && Py_GE == 5, "kSlots follows Python's codes");
  return call_or_decline(functions_of_slot(kSlots[op]).forward, a, b);
}

PyObject* call_override(PyObject* self, const char* method) {
  PyRef args = checked(PyTuple_Pack(1, self));
  return dispatch_torch_function("Tensor", method, args.get(), nullptr);
}

PyObject* call_operator(
    const char* function,
    const char* name,
    PyObject* self,
    PyObject* other,
    bool swapped) {
  if (overridden(self) || overrides_torch_function(other)) {
    PyRef args = checked(PyTuple_Pack(2, self, other));
    return dispatch_torch_function("Tensor", name, args.get(), nullptr);
  }
  static PyObject* const torch = check(PyImport_ImportModule("torch._C"));
  PyRef functions =
      checked(PyObject_GetAttrString(torch, "_VariableFunctions"));
  PyRef callable = checked(PyObject_GetAttrString(functions.get(), function));
  PyObject* first = swapped ? other : self;
  PyObject* second = swapped ? self : other;
  // torch.pow(2, x) and its like want a tensor or a number first.
  return PyObject_CallFunctionObjArgs(
      callable.get(), first, second, nullptr);
}

} // namespace torch::python

// How binding tables come together: each generated topic file registers its
// functions, methods and operators here before the module is made, and the
// module's hand-written parts name theirs.
#pragma once

#include <vector>

#include "api/python/Object.h"

namespace torch::python {

// The Python operators of a tensor. A binary one has a forward function,
// called as f(a, b) for `a + b` with a tensor on the left, and a reflected
// one, called as f(b, a) when only b is a tensor. Comparisons have forward.
enum class Slot : uint8_t {
  Add, Sub, Mul, TrueDiv, FloorDiv, Mod, Pow, MatMul,
  And, Or, Xor, LShift, RShift,
  Lt, Le, Eq, Ne, Gt, Ge,
  Neg, Pos, Abs, Invert,
  Count,
};
struct SlotFunctions {
  binaryfunc forward = nullptr;
  binaryfunc reflected = nullptr;
  binaryfunc inplace = nullptr;
  unaryfunc unary = nullptr;
};
extern SlotFunctions slot_functions[static_cast<size_t>(Slot::Count)];

enum class SlotKind : uint8_t { Forward, Reflected, Inplace, Unary };
struct SlotEntry {
  Slot slot;
  SlotKind kind;
  PyObject* (*binary)(PyObject*, PyObject*);
  PyObject* (*unary)(PyObject*);
};

// A list of PyMethodDefs and the module (or type) it belongs to.
struct MethodList {
  const char* owner; // "torch", "torch._C._nn", "Tensor"
  const PyMethodDef* methods;
  size_t count;
};

// Made once per generated file, as a static object.
struct TopicBindings {
  template <size_t M>
  TopicBindings(const char* owner, const PyMethodDef (&methods)[M])
      : TopicBindings(MethodList{owner, methods, M}) {}
  template <size_t S>
  explicit TopicBindings(const SlotEntry (&slots)[S]) {
    for (const SlotEntry& entry : slots) {
      add_slot(entry);
    }
  }
  explicit TopicBindings(const MethodList& list);
  static void add_slot(const SlotEntry& entry);
};

// What `help(torch.add)` shows. Sorted by owner and name; Python reads `text`
// when somebody asks for it, so that importing touches names only.
struct Docstring {
  const char* owner; // "torch", "Tensor", "torch._C._nn", ...
  const char* name;
  const char* text;
};
struct Docstrings {
  const Docstring* begin;
  const Docstring* end;
};
Docstrings all_docstrings(); // generated/python/Docstrings.cpp
// Null if there is none.
const char* docstring_of(const char* owner, const char* name);

// ---- assembled in Bindings.cpp and the files named
PyMethodDef* tensor_methods(); // all of TensorBase, null-terminated
// Functions registered for `owner`, null-terminated.
PyMethodDef* functions_of(const char* owner);
std::vector<PyGetSetDef> tensor_properties(); // TensorProperties.cpp
extern PyNumberMethods tensor_as_number; // NumberSlots.cpp
extern PyMappingMethods tensor_as_mapping; // Indexing.cpp
PyObject* tensor_iter(PyObject* self); // Indexing.cpp
PyObject* tensor_richcompare(PyObject* a, PyObject* b, int op);
void fill_number_slots();
// Makes a struct sequence known as torch.return_types.<name>.
void publish_return_type(const char* name, PyTypeObject* type);

} // namespace torch::python

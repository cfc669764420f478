// torch.dtype, torch.layout and torch.memory_format: small constant objects,
// one per value, made once when the module loads.
#pragma once

#include "api/python/Object.h"
#include "c10/core/Layout.h"
#include "c10/core/ScalarType.h"

namespace torch::python {

struct DTypeObject {
  PyObject_HEAD
  c10::ScalarType value;
};
struct LayoutObject {
  PyObject_HEAD
  c10::Layout value;
};
struct MemoryFormatObject {
  PyObject_HEAD
  c10::MemoryFormat value;
};

extern PyTypeObject* DTypeType;
extern PyTypeObject* LayoutType;
extern PyTypeObject* MemoryFormatType;

inline bool is_dtype(PyObject* o) { return Py_TYPE(o) == DTypeType; }
inline bool is_layout(PyObject* o) { return Py_TYPE(o) == LayoutType; }
inline bool is_memory_format(PyObject* o) {
  return Py_TYPE(o) == MemoryFormatType;
}

// New references.
PyObject* wrap(c10::ScalarType value);
PyObject* wrap(c10::Layout value);
PyObject* wrap(c10::MemoryFormat value);

// A torch.dtype, or one of the Python types float, int, bool, complex.
bool is_dtype_like(PyObject* o);
c10::ScalarType unpack_dtype(PyObject* o);
inline c10::Layout unpack_layout(PyObject* o) {
  return reinterpret_cast<LayoutObject*>(o)->value;
}
inline c10::MemoryFormat unpack_memory_format(PyObject* o) {
  return reinterpret_cast<MemoryFormatObject*>(o)->value;
}

void init_dtypes(PyObject* module);

} // namespace torch::python

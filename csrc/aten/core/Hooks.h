// How lower layers reach upper ones: tables of functions that the upper layer
// fills when it loads. (The third such table is an operator's Autograd slot,
// see Operator.h.)
#pragma once

#include "c10/macros/Macros.h"

struct _object;
using PyObject = _object;

namespace c10 {

struct AutogradMeta;
class TensorImpl;

// Filled by csrc/autograd.
struct AutogradMetaHooks {
  void (*destroy)(AutogradMeta*);
};

// Filled by csrc/api/python.
struct PyObjectHooks {
  // The last owner of a Python object that the tensor owned went away.
  void (*decref)(PyObject*);
};

extern C10_API AutogradMetaHooks autograd_meta_hooks;
extern C10_API PyObjectHooks pyobject_hooks;

} // namespace c10

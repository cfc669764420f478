// How a C++ extension turns tensors into Python objects and back: a table of
// functions that torch._C keeps in the capsule torch._C._extension_api. So an
// extension links with libtorch alone. Call with the GIL.
#pragma once

#include "aten/core/Tensor.h"

struct _object; // PyObject

namespace torch {

struct ExtensionApi {
  static constexpr const char* kCapsule = "torch._C._extension_api";
  // A new reference to the tensor's wrapper; None for an undefined one.
  _object* (*wrap)(const at::Tensor&);
  // Borrowed, null where the object is no tensor.
  const at::Tensor* (*unwrap)(_object*);
};

} // namespace torch

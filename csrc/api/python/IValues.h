// IValues and Python objects: what torch.ops and torch.library pass.
#pragma once

#include "api/python/Object.h"
#include "aten/core/FunctionSchema.h"

namespace torch::python {

// The schema's type decides where an object alone would not: empty lists,
// "cpu" for a Device, float for a dtype. What fits nothing becomes an opaque
// value, which FunctionSchema::complete() then refuses.
c10::IValue unpack_ivalue(PyObject* o, const c10::SchemaType* type);
PyObject* wrap(const c10::IValue& value);

} // namespace torch::python

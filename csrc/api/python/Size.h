// torch.Size: a tuple of ints that remembers to be one.
#pragma once

#include "api/python/Object.h"
#include "c10/util/ArrayRef.h"

namespace torch::python {

extern PyTypeObject* SizeType;

// New references; null with a Python error set where memory is short.
PyObject* new_size(c10::IntArrayRef sizes);
PyObject* new_int_tuple(c10::IntArrayRef values);

void init_size(PyObject* module);

} // namespace torch::python

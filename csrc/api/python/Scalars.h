// Tensors of one element as Python numbers, and tensors as nested lists.
#pragma once

#include "api/python/Tensor.h"

namespace torch::python {

// The element as a Python number; RuntimeError unless there is exactly one.
PyObject* tensor_item(const at::Tensor& tensor);
PyObject* tensor_to_list(const at::Tensor& tensor);

// Number slots.
int tensor_bool(PyObject* self);
PyObject* tensor_int(PyObject* self);
PyObject* tensor_float(PyObject* self);
PyObject* tensor_index(PyObject* self);

} // namespace torch::python

// NumPy, as far as C++ has to know it. NumPy is never imported here: as long
// as the user has not done so, no object can come from it.
#pragma once

#include "api/python/Object.h"
#include "aten/core/Tensor.h"

namespace torch::python {

// An instance of numpy.generic (numpy.float32(1), ...).
bool is_numpy_scalar(PyObject* o);
bool is_numpy_bool(PyObject* o);
bool is_numpy_array(PyObject* o);

// Shares the array's memory and keeps it alive.
at::Tensor tensor_from_numpy(PyObject* array, bool warn_if_read_only = true);
// Shares the tensor's memory; imports NumPy.
PyObject* tensor_to_numpy(const at::Tensor& tensor, bool force);
// Anything with __cuda_array_interface__ or __array_interface__.
at::Tensor tensor_from_array_interface(PyObject* o);

// The dtype of a NumPy dtype object; TypeError for those torch lacks.
c10::ScalarType dtype_from_numpy(PyObject* dtype);

} // namespace torch::python

// Tensors from Python data: torch.tensor, as_tensor, from_numpy, frombuffer,
// x.new_tensor, and the old constructors torch.Tensor(...).
#pragma once

#include <optional>

#include "api/python/ArgParser.h"
#include "api/python/Object.h"

namespace torch::python {

// Copies nested sequences, numbers, arrays or a tensor into a new tensor.
// Without a dtype the data decide; a tensor or array keeps its own.
at::Tensor tensor_from_data(
    PyObject* data,
    std::optional<c10::ScalarType> dtype,
    std::optional<at::Device> device);
// The same for list and number data only, on the CPU.
at::Tensor tensor_from_sequence(
    PyObject* data,
    std::optional<c10::ScalarType> dtype);

// tp_new of TensorBase and its subclasses.
PyObject* tensor_base_new(PyTypeObject* type, PyObject* args, PyObject* kwargs);
// torch.FloatTensor(...) and x.new(...).
at::Tensor legacy_tensor(
    c10::ScalarType dtype,
    at::Device device,
    PyObject* args,
    PyObject* kwargs);

PyObject* method_new_tensor(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames);
PyObject* method_new(PyObject* self, PyObject* args, PyObject* kwargs);

} // namespace torch::python

// What an extension in C++ includes: tensors, operators, TORCH_LIBRARY, and
// pybind11 with tensors as arguments and results.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <torch/library.h>
#include <torch/python_api.h>
#include <torch/types.h>

namespace torch {

namespace py = pybind11;

inline const ExtensionApi& extension_api() {
  static const auto* const api = static_cast<const ExtensionApi*>(
      PyCapsule_Import(ExtensionApi::kCapsule, 0));
  if (api == nullptr) {
    throw py::error_already_set();
  }
  return *api;
}

} // namespace torch

namespace py = pybind11;

namespace pybind11::detail {

template <>
struct type_caster<at::Tensor> {
  PYBIND11_TYPE_CASTER(at::Tensor, const_name("torch.Tensor"));

  bool load(handle source, bool) {
    const at::Tensor* tensor = torch::extension_api().unwrap(source.ptr());
    if (tensor != nullptr) {
      value = *tensor;
    }
    return tensor != nullptr;
  }
  static handle cast(const at::Tensor& t, return_value_policy, handle) {
    return torch::extension_api().wrap(t);
  }
};

} // namespace pybind11::detail

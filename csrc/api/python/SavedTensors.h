// What nodes saved for backward, as Python reads it: _saved_self,
// _raw_saved_self, torch.autograd.graph.saved_tensors_hooks.
#pragma once

#include <vector>

#include "api/python/Object.h"
#include "autograd/Node.h"

namespace torch::python {

struct SavedName {
  const char* name;
  bool is_tensor;
};
std::vector<SavedName> saved_names(const autograd::Node& node);
// One of them, unpacked, or (raw) as a SavedTensor object.
PyObject* read_saved(autograd::Node& node, const char* name, bool raw);
// A SavedTensor that keeps `node` alive.
PyObject* wrap_saved(
    const autograd::SavedVariable& saved,
    c10::intrusive_ptr<autograd::Node> node);

void init_saved_tensors(PyObject* autograd_module);

} // namespace torch::python

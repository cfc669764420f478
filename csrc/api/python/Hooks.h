// Python callables behind the hook interfaces of csrc/autograd/FunctionHook.h.
#pragma once

#include <memory>

#include "api/python/Object.h"
#include "autograd/FunctionHook.h"
#include "autograd/Node.h"

namespace torch::python {

// A reference that C++ may drop without the interpreter lock.
class SafeRef {
 public:
  explicit SafeRef(PyObject* borrowed);
  ~SafeRef();
  SafeRef(const SafeRef&) = delete;
  SafeRef& operator=(const SafeRef&) = delete;
  PyObject* get() const { return object_; }

 private:
  PyObject* object_;
};

// dict: an OrderedDict of id to callable; it may change between calls.
// The gradient of one tensor: element `index` of what flows into its node.
std::unique_ptr<autograd::FunctionPreHook> make_tensor_hook(
    PyObject* dict,
    uint32_t index);
// All gradients that flow into a node.
std::unique_ptr<autograd::FunctionPreHook> make_pre_hook(PyObject* dict);
std::unique_ptr<autograd::FunctionPostHook> make_post_hook(PyObject* dict);

// The dict of a hook that one of the functions above made, else null.
PyObject* dict_of(autograd::FunctionPreHook* hook);
PyObject* dict_of(autograd::FunctionPostHook* hook);

// An empty OrderedDict; a plain dict cannot be referenced weakly.
PyRef new_hook_dict();
// Puts `hook` into `dict` and returns its RemovableHandle.
PyObject* add_hook(PyObject* dict, PyObject* hook);

} // namespace torch::python

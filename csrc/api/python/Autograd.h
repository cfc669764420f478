// Autograd as Python sees it: grad_fn objects, hooks, and the switches of
// csrc/autograd. Bodies: Node.cpp, Hooks.cpp, AutogradModule.cpp,
// CustomFunction.cpp.
#pragma once

#include "api/python/Tensor.h"
#include "autograd/Node.h"

namespace torch::python {

// One Python object per node, of a type named after it (AddBackward0). None
// for null.
PyObject* wrap_node(autograd::Node* node);
autograd::Node* unpack_node(PyObject* o);
bool is_node(PyObject* o);

// What attributes of grad_fn objects return; built-in and custom nodes share
// these. New references.
PyObject* next_functions_of(const autograd::Node& node);
PyObject* input_metadata_of(const autograd::Node& node);
PyObject* metadata_of(autograd::Node& node); // the user's dict
PyObject* register_post_hook(autograd::Node& node, PyObject* hook);
PyObject* register_pre_hook(autograd::Node& node, PyObject* hook);
// Lets the grad_fn of a tensor call the hooks in its _backward_hooks.
PyObject* register_hook_dict(PyObject* tensor);

// What x.requires_grad = value does: only leaves may change.
void change_requires_grad(at::Tensor& tensor, bool value);

// The OrderedDict of x.register_hook(); null removes the hooks.
void set_tensor_hooks(TensorObject* self, PyObject* dict);
// The same for register_post_accumulate_grad_hook(). A new reference.
PyObject* post_accumulate_hooks(const at::Tensor& tensor);
void set_post_accumulate_hooks(const at::Tensor& tensor, PyObject* dict);

// Conversions of gradient lists.
autograd::variable_list unpack_variables(PyObject* sequence);
PyRef wrap_variables(c10::ArrayRef<at::Tensor> variables);

void init_node(PyObject* module);
void init_autograd(PyObject* module);
void init_custom_function(PyObject* module);

} // namespace torch::python

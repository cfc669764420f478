// torch._C._FunctionBase: autograd.Function contexts, and the node that calls
// their backward.
#pragma once

#include "api/python/Object.h"
#include "autograd/Node.h"

namespace torch::python {

bool is_custom_function(PyObject* o);
// The context's node; RuntimeError once the graph has let it go.
c10::intrusive_ptr<autograd::Node> node_of_function(PyObject* o);
// The context object of a node made by Function.apply, else null. Borrowed.
PyObject* python_function_of(autograd::Node* node);

} // namespace torch::python

// __torch_function__: objects that override torch functions, and modes that
// intercept all of them. A call with exact tensors never comes here.
#pragma once

#include "api/python/Object.h"

namespace torch::python {

// Whether the object's class overrides torch functions (and overriding is
// not disabled in this thread).
bool overrides_torch_function(PyObject* o);

// Whether a mode of this thread sees calls. Asked only when the global
// torch_function_mode_active (Tensor.h) is set.
bool mode_active_here();

// Calls the modes and then the overrides of `args` (and of the lists among
// them) with the callable `owner.name`. args: a tuple; kwargs may be null.
PyObject* dispatch_torch_function(
    const char* owner,
    const char* name,
    PyObject* args,
    PyObject* kwargs);
// A property of a tensor subclass: the callable is the getter's __get__ (or
// __set__ when value is given, __delete__ is not used).
PyObject* dispatch_property(
    PyObject* self,
    const char* name,
    PyObject* value = nullptr);

void init_torch_function(PyObject* module);

} // namespace torch::python

// What the parts of torch._C offer to Module.cpp, which calls them in order.
#pragma once

#include "api/python/Object.h"

namespace torch::python {

void init_module_functions(PyObject* module); // ModuleFunctions.cpp
void init_dispatcher(PyObject* module); // Dispatcher.cpp
void init_extension_api(PyObject* module); // ExtensionApi.cpp

} // namespace torch::python

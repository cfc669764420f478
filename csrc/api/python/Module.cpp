// torch._C: the compiled half of the package. Importing it makes the types in
// the order in which they need each other, then the namespaces of functions.
#include "api/python/Module.h"

#include <string>

#include "api/python/Autograd.h"
#include "api/python/Bindings.h"
#include "api/python/DType.h"
#include "api/python/Device.h"
#include "api/python/Exceptions.h"
#include "api/python/Generator.h"
#include "api/python/Size.h"
#include "api/python/Storage.h"
#include "api/python/Tensor.h"
#include "api/python/TorchFunction.h"
#include "api/python/TypeInfo.h"

namespace torch::python {
namespace {

// A module `torch._C.<name>` with the functions registered for it.
PyRef add_submodule(PyObject* parent, const char* name) {
  const std::string full = std::string("torch._C.") + name;
  // Borrowed; sys.modules owns it, so that `from torch._C import x` works.
  PyObject* module = check(PyImport_AddModule(full.c_str()));
  check_status(PyModule_AddFunctions(module, functions_of(full.c_str())));
  check_status(PyObject_SetAttrString(parent, name, module));
  return PyRef::borrowed(module);
}

// The functions of torch itself stand in a class, as static methods, so that
// torch.add is a builtin whose module is torch.
void add_variable_functions(PyObject* module) {
  PyRef name = checked(new_string("torch"));
  PyRef functions = add_submodule(module, "_VariableFunctions");
  PyMethodDef* table = functions_of("torch");
  for (PyMethodDef* def = table; def->ml_name; ++def) {
    PyRef function =
        checked(PyCFunction_NewEx(def, functions.get(), name.get()));
    check_status(PyObject_SetAttrString(
        functions.get(), def->ml_name, function.get()));
  }
}

void document_types(PyObject* module) {
  for (const char* name :
       {"Generator", "Size", "device", "dtype", "finfo", "iinfo", "layout",
        "memory_format"}) {
    PyRef type = checked(PyObject_GetAttrString(module, name));
    PyRef text = checked(new_string(docstring_of("torch", name)));
    check_status(PyObject_SetAttrString(type.get(), "__doc__", text.get()));
  }
}

void init(PyObject* module) {
  init_exceptions(module);
  init_dtypes(module);
  init_size(module);
  init_device(module);
  init_torch_function(module);
  init_type_info(module);
  init_storage(module);
  add_submodule(module, "_return_types");
  init_tensor(module);
  init_generator(module);
  init_node(module);
  init_autograd(module);
  init_custom_function(module);
  add_variable_functions(module);
  for (const char* name : {"_nn", "_linalg", "_fft", "_special"}) {
    add_submodule(module, name);
  }
  check_status(PyModule_AddFunctions(module, functions_of("torch._C")));
  init_module_functions(module);
  init_dispatcher(module);
  init_extension_api(module);
  document_types(module);
}

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "torch._C",
    nullptr,
    -1,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr};

} // namespace
} // namespace torch::python

PyMODINIT_FUNC PyInit__C() {
  using namespace torch::python;
  HANDLE_TH_ERRORS
  PyRef module = checked(PyModule_Create(&definition));
  init(module.get());
  return module.release();
  END_HANDLE_TH_ERRORS
}

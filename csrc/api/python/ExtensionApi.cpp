// Fills the table through which C++ extensions reach tensors:
// csrc/api/include/torch/python_api.h.
#include "api/include/torch/python_api.h"

#include "api/python/Exceptions.h"
#include "api/python/Module.h"
#include "api/python/Tensor.h"

namespace torch::python {
namespace {

PyObject* wrap_tensor(const at::Tensor& tensor) {
  HANDLE_TH_ERRORS
  return wrap(tensor);
  END_HANDLE_TH_ERRORS
}
const at::Tensor* unwrap_tensor(PyObject* o) {
  return is_tensor(o) ? &unpack(o) : nullptr;
}
ExtensionApi api = {&wrap_tensor, &unwrap_tensor};

} // namespace

void init_extension_api(PyObject* module) {
  PyRef capsule = checked(PyCapsule_New(&api, ExtensionApi::kCapsule, nullptr));
  check_status(PyObject_SetAttrString(module, "_extension_api", capsule.get()));
}

} // namespace torch::python

// torch.__config__ and torch.backends: which libraries the operators use.
#include <cstring>
#include <set>
#include <string>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "aten/native/DispatchStub.h"
#include "aten/native/blas/Gemm.h"
#include "aten/native/conv/Conv.h"

namespace torch::python {
namespace {

// Names of the providers that can be used here and now.
std::set<std::string> available_libraries() {
  std::set<std::string> names;
  for (const auto* provider : at::native::blas::gemm_providers()) {
    if (provider->available()) {
      names.insert(provider->name);
    }
  }
  for (const auto* provider : at::native::conv::conv_providers()) {
    if (provider->available()) {
      names.insert(provider->name);
    }
  }
  return names;
}

PyObject* show_config(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  std::string text = "PyTorch built with:\n";
  text += c10::str("  - GCC ", __GNUC__, ".", __GNUC_MINOR__, "\n");
  text += c10::str("  - C++ Version: ", __cplusplus, "\n");
  for (const std::string& name : available_libraries()) {
    text += "  - " + name + "\n";
  }
  text += c10::str(
      "  - CPU capability usage: ", at::native::cpu_capability_name(), "\n");
  return new_string(text);
  END_HANDLE_TH_ERRORS
}

PyObject* has_library(PyObject*, PyObject* name) {
  HANDLE_TH_ERRORS
  const char* text = PyUnicode_AsUTF8(name);
  if (!text) {
    return nullptr;
  }
  if (std::strcmp(text, "openmp") == 0) {
    return new_bool(true);
  }
  // PyTorch's name of oneDNN is the older one.
  const char* wanted = std::strcmp(text, "mkldnn") == 0 ? "onednn" : text;
  for (const std::string& found : available_libraries()) {
    if (strcasecmp(found.c_str(), wanted) == 0) {
      Py_RETURN_TRUE;
    }
  }
  Py_RETURN_FALSE;
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_show_config", show_config, METH_NOARGS, nullptr},
    {"_has_library", has_library, METH_O, nullptr}};
const TopicBindings bind_functions("torch._C", functions);

} // namespace
} // namespace torch::python

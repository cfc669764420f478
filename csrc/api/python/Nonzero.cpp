// torch.nonzero and Tensor.nonzero: as_tuple decides which of two operators is
// meant, which no schema can say.
#include "api/python/Bindings.h"
#include "api/python/GeneratedSupport.h"
#include "generated/ops/Selection.h"

namespace torch::python {
namespace {

constexpr Param function_params[] = {
    {"input", ArgType::Tensor},
    {"as_tuple", ArgType::Bool, kOptional | kKeyword, "False"},
    {"out", ArgType::Tensor, kOptional | kNone | kKeyword, "None"}};
constexpr Signature function_signatures[] = {Signature(function_params)};
constexpr Function function_info("nonzero", function_signatures, "torch");

PyObject* function_nonzero(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<3> p(function_info, nullptr, args, nargs, kwnames);
  if (C10_UNLIKELY(p.has_torch_function())) {
    return p.call_torch_function();
  }
  const bool as_tuple = p.boolean_or(1, false);
  TORCH_CHECK(
      !as_tuple || !p.has(2),
      "nonzero does not support the out kwarg when as_tuple is True");
  if (as_tuple) {
    return wrap(at::nonzero_numpy(p.tensor(0)));
  }
  if (p.has(2)) {
    at::Tensor out = p.tensor(2);
    return wrap(at::nonzero_out(out, p.tensor(0)));
  }
  return wrap(at::nonzero(p.tensor(0)));
  END_HANDLE_TH_ERRORS
}

constexpr Param method_params[] = {{"as_tuple", ArgType::Bool, kKeyword}};
constexpr Signature method_signatures[] = {
    Signature(), Signature(method_params)};
constexpr Function method_info("nonzero", method_signatures, "Tensor");

PyObject* method_nonzero(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<1> p(method_info, self, args, nargs, kwnames);
  if (C10_UNLIKELY(p.has_torch_function())) {
    return p.call_torch_function();
  }
  if (p.signature() == 1 && p.boolean_or(0, false)) {
    return wrap(at::nonzero_numpy(unpack(self)));
  }
  return wrap(at::nonzero(unpack(self)));
  END_HANDLE_TH_ERRORS
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;
const PyMethodDef functions[] = {
    {"nonzero", as_method(function_nonzero), kFast, nullptr}};
const TopicBindings bind_functions("torch", functions);
const PyMethodDef methods[] = {
    {"nonzero", as_method(method_nonzero), kFast, nullptr}};
const TopicBindings bind_methods("Tensor", methods);

} // namespace
} // namespace torch::python

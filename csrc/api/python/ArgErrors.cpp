#include "api/python/ArgErrors.h"

#include <cstring>
#include <vector>

namespace torch::python {
namespace {

// One argument as it came: its keyword (empty for positional ones) and value.
struct Given {
  std::string keyword;
  PyObject* value;
};

std::vector<Given> collect(
    FastArgs args,
    Py_ssize_t nargs,
    PyObject* kwnames) {
  std::vector<Given> given;
  const Py_ssize_t nkeywords = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
  for (Py_ssize_t i = 0; i < nargs + nkeywords; ++i) {
    std::string keyword = i < nargs
        ? std::string()
        : std::string(PyUnicode_AsUTF8(PyTuple_GET_ITEM(kwnames, i - nargs)));
    given.push_back({std::move(keyword), args[i]});
  }
  return given;
}

const char* type_name(PyObject* o) { return Py_TYPE(o)->tp_name; }

// "tuple of (int, str)", "list of [int]"; plain type names otherwise.
std::string deep_type_name(PyObject* o) {
  const bool tuple = PyTuple_Check(o);
  if (!tuple && !PyList_Check(o)) {
    return type_name(o);
  }
  std::string text = tuple ? "tuple of (" : "list of [";
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
  for (Py_ssize_t i = 0; i < n; ++i) {
    text += i ? ", " : "";
    text += type_name(PySequence_Fast_GET_ITEM(o, i));
  }
  // A tuple of one prints as Python writes it.
  return text + (tuple ? (n == 1 ? ",)" : ")") : "]");
}

// What the n-th entry of the printed signature is; the "*" counts as one, so
// that the arguments after it are never taken to match by position.
const Param* shown_param(const Signature& signature, size_t n) {
  const bool star = signature.positional < signature.count;
  if (star && n == signature.positional) {
    return nullptr;
  }
  const size_t i = n - (star && n > signature.positional ? 1 : 0);
  return i < signature.count ? &signature.params[i] : nullptr;
}
size_t shown_count(const Signature& signature) {
  return signature.count +
      static_cast<size_t>(signature.positional < signature.count);
}

const Param* param_named(const Signature& signature, const std::string& name) {
  for (size_t i = 0; i < signature.count; ++i) {
    if (name == signature.params[i].name) {
      return &signature.params[i];
    }
  }
  return nullptr;
}

// Compares type names only, which is why a Number never matches an int here.
bool looks_right(const Param* param, PyObject* o) {
  if (!param) {
    return false;
  }
  if (param->type == ArgType::Double) {
    return PyFloat_Check(o) || PyLong_Check(o);
  }
  return std::strcmp(type_text(*param), type_name(o)) == 0;
}

// PyTorch lists keywords from the last to the first, and puts a comma after
// each where none came by place.
std::string plain_description(const std::vector<Given>& given) {
  size_t placed = 0;
  std::string text = "(";
  for (; placed < given.size() && given[placed].keyword.empty(); ++placed) {
    text += placed ? ", " : "";
    text += type_name(given[placed].value);
  }
  for (size_t i = given.size(); i-- > placed;) {
    text += placed ? ", " : "";
    text += given[i].keyword + "=" + type_name(given[i].value);
    text += placed ? "" : ", ";
  }
  return text + ")";
}

std::string marked_description(
    const Signature& signature,
    const std::vector<Given>& given) {
  std::string text = "(";
  for (size_t i = 0; i < given.size(); ++i) {
    const Given& g = given[i];
    const Param* param = g.keyword.empty()
        ? shown_param(signature, i)
        : param_named(signature, g.keyword);
    const char* mark = looks_right(param, g.value) ? "" : "!";
    text += i ? ", " : "";
    text += g.keyword.empty() ? "" : g.keyword + "=";
    text += mark + deep_type_name(g.value) + mark;
  }
  return text + ")";
}

std::string unknown_keywords(
    const Signature& signature,
    const std::vector<Given>& given) {
  std::string text;
  for (const Given& g : given) {
    if (!g.keyword.empty() && !param_named(signature, g.keyword)) {
      text += (text.empty() ? "" : ", ") + g.keyword;
    }
  }
  return text;
}

} // namespace

const char* type_text(const Param& param) {
  switch (param.type) {
    case ArgType::Tensor:
      return "Tensor";
    case ArgType::Scalar:
      return "Number";
    case ArgType::Int:
      return "int";
    case ArgType::Double:
      return "float";
    case ArgType::Bool:
      return "bool";
    case ArgType::String:
      return "str";
    case ArgType::IntList:
      return "tuple of ints";
    case ArgType::DoubleList:
      return "tuple of floats";
    case ArgType::TensorList:
    case ArgType::OptionalTensorList:
      return "tuple of Tensors";
    case ArgType::DType:
      return "torch.dtype";
    case ArgType::Layout:
      return "torch.layout";
    case ArgType::Device:
      return "torch.device";
    case ArgType::MemoryFormat:
      return "torch.memory_format";
    case ArgType::Generator:
      return "torch.Generator";
    default:
      return "object";
  }
}

std::string signature_text(const Signature& signature) {
  std::string text = "(";
  for (size_t i = 0; i < signature.count; ++i) {
    const Param& param = signature.params[i];
    text += i ? ", " : "";
    text += i == signature.positional ? "*, " : "";
    text += std::string(type_text(param)) + " " + param.name;
    if (param.default_text) {
      text += std::string(" = ") + param.default_text;
    }
  }
  return text + ")";
}

std::string invalid_arguments_text(
    const Function& function,
    FastArgs args,
    Py_ssize_t nargs,
    PyObject* kwnames) {
  const std::vector<Given> given = collect(args, nargs, kwnames);
  std::vector<const Signature*> shown;
  for (size_t i = 0; i < function.count; ++i) {
    if (!function.signatures[i].hidden) {
      shown.push_back(&function.signatures[i]);
    }
  }
  std::string text = std::string(function.name) +
      "() received an invalid combination of arguments - ";
  if (shown.size() == 1) {
    const Signature& only = *shown[0];
    const std::string unknown = unknown_keywords(only, given);
    if (!unknown.empty()) {
      return text + "got unrecognized keyword arguments: " + unknown;
    }
    const bool same_count = given.size() == shown_count(only);
    return text + "got " +
        (same_count ? marked_description(only, given)
                    : plain_description(given)) +
        ", but expected " + signature_text(only);
  }
  text += "got " + plain_description(given) + ", but expected one of:\n";
  for (const Signature* signature : shown) {
    text += " * " + signature_text(*signature) + "\n";
    if (given.size() != shown_count(*signature)) {
      continue;
    }
    const std::string unknown = unknown_keywords(*signature, given);
    text += unknown.empty()
        ? "      didn't match because some of the arguments have invalid "
          "types: " +
            marked_description(*signature, given)
        : "      didn't match because some of the keywords were incorrect: " +
            unknown;
    text += "\n";
  }
  return text;
}

} // namespace torch::python

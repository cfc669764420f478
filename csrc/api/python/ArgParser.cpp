#include "api/python/ArgParser.h"

#include <cstring>

#include "api/python/ArgErrors.h"
#include "api/python/Exceptions.h"
#include "api/python/Generator.h"
#include "api/python/Numpy.h"
#include "api/python/TorchFunction.h"

namespace torch::python {
namespace {

// NumPy's spellings, taken beside PyTorch's.
struct Alias {
  const char* name;
  const char* numpy[3];
};
constexpr Alias kAliases[] = {
    {"dim", {"axis", nullptr, nullptr}},
    {"keepdim", {"keepdims", nullptr, nullptr}},
    {"input", {"x", "a", "x1"}},
    {"other", {"x2", nullptr, nullptr}},
};

bool same_text(PyObject* unicode, const char* text) {
  Py_ssize_t length = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(unicode, &length);
  return utf8 && std::strcmp(utf8, text) == 0;
}

bool names_param(PyObject* keyword, const Param& param) {
  if (same_text(keyword, param.name)) {
    return true;
  }
  for (const Alias& alias : kAliases) {
    if (std::strcmp(alias.name, param.name) == 0) {
      for (const char* other : alias.numpy) {
        if (other && same_text(keyword, other)) {
          return true;
        }
      }
    }
  }
  return false;
}

bool is_int_element(PyObject* o) {
  return !PyBool_Check(o) && (PyLong_Check(o) || PyIndex_Check(o));
}

// Only the first element is looked at: the others are checked when they are
// unpacked, with their position in the text.
bool is_int_list(PyObject* o) {
  if (!PyTuple_Check(o) && !PyList_Check(o)) {
    return false;
  }
  return PySequence_Fast_GET_SIZE(o) == 0 ||
      is_int_element(PySequence_Fast_GET_ITEM(o, 0));
}

bool is_double_list(PyObject* o) {
  if (!PyTuple_Check(o) && !PyList_Check(o)) {
    return false;
  }
  if (PySequence_Fast_GET_SIZE(o) == 0) {
    return true;
  }
  PyObject* first = PySequence_Fast_GET_ITEM(o, 0);
  return PyFloat_Check(first) || PyLong_Check(first) ||
      is_numpy_scalar(first);
}

bool is_double_like(PyObject* o) {
  return PyFloat_Check(o) || PyLong_Check(o) || is_numpy_scalar(o) ||
      (is_tensor(o) && unpack(o).dim() == 0 && !unpack(o).requires_grad());
}

} // namespace

bool is_scalar_like(PyObject* o) {
  return is_number(o) || PyComplex_Check(o) || is_double_like(o);
}

bool is_int_like(PyObject* o) {
  if (PyLong_Check(o)) {
    return !PyBool_Check(o);
  }
  if (is_tensor(o)) {
    const at::Tensor& t = unpack(o);
    return t.dim() == 0 && c10::is_integral_type(t.scalar_type(), false);
  }
  return is_numpy_scalar(o) && PyIndex_Check(o) && !is_numpy_bool(o);
}

PyRef flatten_arguments(
    PyObject* args,
    PyObject* kwargs,
    c10::SmallVector<PyObject*, 8>& values) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) {
    values.push_back(PyTuple_GET_ITEM(args, i));
  }
  if (!kwargs || PyDict_Size(kwargs) == 0) {
    return {};
  }
  PyRef names = checked(PyTuple_New(PyDict_Size(kwargs)));
  PyObject *key, *value;
  Py_ssize_t position = 0, i = 0;
  while (PyDict_Next(kwargs, &position, &key, &value)) {
    PyTuple_SET_ITEM(names.get(), i++, new_ref(key));
    values.push_back(value);
  }
  return names;
}

// ---- matching

void ArgParser::parse(FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  args_ = args;
  nargs_ = nargs;
  kwnames_ = kwnames;
  nkeywords_ = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
  overridden_ = (torch_function_mode_active && mode_active_here()) ||
      (self_ && !is_exact(self_) && overrides_torch_function(self_));
  const bool before = overridden_;
  // Numbers stand in for tensors only where no Scalar overload takes them.
  const int passes = function_.numbers_as_tensors ? 2 : 1;
  for (int pass = 0; pass < passes; ++pass) {
    for (int i = 0; i < function_.count; ++i) {
      overridden_ = before;
      if (match(function_.signatures[i], false, pass == 1)) {
        signature_ = i;
        return;
      }
    }
  }
  fail();
}

PyObject* ArgParser::find_keyword(const Param& param) const {
  for (Py_ssize_t k = 0; k < nkeywords_; ++k) {
    if (names_param(PyTuple_GET_ITEM(kwnames_, k), param)) {
      return args_[nargs_ + k];
    }
  }
  return nullptr;
}

bool ArgParser::match(const Signature& signature, bool raise, bool numbers) {
  varargs_ = false;
  const bool may_vary = signature.positional == 1 &&
      signature.params[0].type == ArgType::IntList;
  if (nargs_ > signature.positional && !may_vary) {
    return raise ? fail_positional(signature) : false;
  }
  Py_ssize_t next = 0;
  Py_ssize_t unused_keywords = nkeywords_;
  for (int i = 0; i < signature.count; ++i) {
    const Param& param = signature.params[i];
    PyObject* o = nullptr;
    const bool by_position = next < nargs_;
    if (by_position) {
      if (param.has(kKeyword)) {
        return raise ? fail_positional(signature) : false;
      }
      o = args_[next];
    } else if (unused_keywords > 0) {
      o = find_keyword(param);
    }
    slots_[i] = nullptr;
    if (o == nullptr) {
      if (param.has(kOptional)) {
        continue;
      }
      return raise ? fail_missing(signature, i) : false;
    }
    if (o == Py_None && param.has(kNone)) {
      // Stands for "left out".
    } else if (accepts(param, o, numbers)) {
      slots_[i] = o;
    } else if (may_vary && by_position && next == 0 && is_int_element(o)) {
      // view(2, 3) is view((2, 3)).
      slots_[i] = o;
      varargs_ = true;
      next = nargs_;
      continue;
    } else {
      return raise ? fail_argument(param, o, by_position ? next + 1 : 0)
                   : false;
    }
    if (by_position) {
      ++next;
    } else {
      --unused_keywords;
    }
  }
  if (next < nargs_) { // a list that did not take all positional arguments
    return raise ? fail_positional(signature) : false;
  }
  if (unused_keywords > 0) {
    return raise ? fail_keywords(signature) : false;
  }
  return true;
}

bool ArgParser::accepts(const Param& param, PyObject* o, bool numbers) {
  switch (param.type) {
    case ArgType::Tensor:
      if (C10_LIKELY(is_exact(o))) {
        return true;
      }
      if (overrides_torch_function(o)) {
        return overridden_ = true;
      }
      // A number stands for an operand, never for what is written to.
      return is_tensor(o) ||
          (numbers && is_scalar_like(o) && std::strcmp(param.name, "out") != 0);
    case ArgType::Scalar:
      return is_scalar_like(o);
    case ArgType::Int:
      return is_int_like(o);
    case ArgType::Double:
      return is_double_like(o);
    case ArgType::Bool:
      return PyBool_Check(o) || is_numpy_bool(o);
    case ArgType::String:
      return PyUnicode_Check(o);
    case ArgType::IntList:
      return is_int_list(o) || (param.list_size > 0 && is_int_like(o));
    case ArgType::DoubleList:
      return is_double_list(o);
    case ArgType::TensorList:
    case ArgType::OptionalTensorList: {
      if (!PyTuple_Check(o) && !PyList_Check(o)) {
        return false;
      }
      for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); ++i) {
        PyObject* item = PySequence_Fast_GET_ITEM(o, i);
        if (!is_exact(item) && overrides_torch_function(item)) {
          overridden_ = true;
        }
      }
      return true;
    }
    case ArgType::DType:
      return is_dtype_like(o);
    case ArgType::Layout:
      return is_layout(o);
    case ArgType::Device:
      return is_device_like(o);
    case ArgType::MemoryFormat:
      return is_memory_format(o);
    case ArgType::Generator:
      return is_generator(o);
    default:
      return true;
  }
}

// ---- errors

void ArgParser::fail() {
  const Signature* candidate = nullptr;
  int candidates = 0;
  const Py_ssize_t given = nargs_ + nkeywords_;
  for (int i = 0; i < function_.count; ++i) {
    const Signature& s = function_.signatures[i];
    if (function_.count == 1 ||
        (given >= s.required && given <= s.count && !s.hidden)) {
      candidate = &s;
      ++candidates;
    }
  }
  // With one candidate the text can say what is wrong with which argument.
  if (candidates == 1) {
    match(*candidate, true, function_.numbers_as_tensors);
  }
  c10::detail::throw_error(
      c10::ErrorKind::Type,
      invalid_arguments_text(function_, args_, nargs_, kwnames_));
}

bool ArgParser::fail_positional(const Signature& signature) {
  type_error(
      function_.name,
      "() takes ",
      signature.positional,
      signature.positional == 1 ? " positional argument but "
                                : " positional arguments but ",
      nargs_,
      nargs_ == 1 ? " was given" : " were given");
}

bool ArgParser::fail_missing(const Signature& signature, int first) {
  std::string missing;
  int count = 0;
  for (int i = first; i < signature.count; ++i) {
    if (!signature.params[i].has(kOptional)) {
      missing += std::string(count++ ? ", \"" : "\"") +
          signature.params[i].name + "\"";
    }
  }
  type_error(
      function_.name,
      "() missing ",
      count,
      " required positional arguments: ",
      missing);
}

bool ArgParser::fail_argument(
    const Param& param,
    PyObject* o,
    Py_ssize_t position) {
  std::string where =
      c10::str(function_.name, "(): argument '", param.name, "'");
  if (position > 0) {
    where += c10::str(" (position ", position, ")");
  }
  const bool is_list = PyTuple_Check(o) || PyList_Check(o);
  if (is_list && position > 0 &&
      (param.type == ArgType::IntList || param.type == ArgType::DoubleList)) {
    type_error(
        where, " must be ", type_text(param), ", but found element of type ",
        Py_TYPE(PySequence_Fast_GET_ITEM(o, 0))->tp_name, " at pos 0");
  }
  type_error(
      where, " must be ", type_text(param), ", not ", Py_TYPE(o)->tp_name);
}

bool ArgParser::fail_keywords(const Signature& signature) {
  for (Py_ssize_t k = 0; k < nkeywords_; ++k) {
    PyObject* keyword = PyTuple_GET_ITEM(kwnames_, k);
    const char* text = PyUnicode_AsUTF8(keyword);
    int index = -1;
    for (int i = 0; i < signature.count; ++i) {
      if (names_param(keyword, signature.params[i])) {
        index = i;
      }
    }
    if (index < 0) {
      type_error(
          function_.name, "() got an unexpected keyword argument '", text, "'");
    }
    if (index < nargs_) {
      type_error(
          function_.name, "() got multiple values for argument '", text, "'");
    }
  }
  type_error(function_.name, "() got invalid keyword arguments");
}

// ---- access

const at::Tensor& ArgParser::tensor(int i) const {
  static const at::Tensor undefined;
  return has(i) ? unpack(slots_[i]) : undefined;
}

at::Tensor ArgParser::tensor_or_number(int i) const {
  return has(i) && !is_tensor(slots_[i]) ? number_tensor(slots_[i])
                                         : tensor(i);
}

std::vector<at::Tensor> ArgParser::tensor_list(int i) const {
  std::vector<at::Tensor> tensors;
  if (!has(i)) {
    return tensors;
  }
  PyObject* list = slots_[i];
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(list);
  tensors.reserve(static_cast<size_t>(n));
  const bool none_allowed = function_.signatures[signature_].params[i].type ==
      ArgType::OptionalTensorList;
  for (Py_ssize_t k = 0; k < n; ++k) {
    PyObject* item = PySequence_Fast_GET_ITEM(list, k);
    if (is_tensor(item)) {
      tensors.push_back(unpack(item));
    } else if (none_allowed && item == Py_None) {
      tensors.emplace_back();
    } else {
      type_error(
          "expected Tensor as element ", k, " in argument ", i, ", but got ",
          Py_TYPE(item)->tp_name);
    }
  }
  return tensors;
}

std::vector<at::Tensor> ArgParser::out_list(int i, size_t n) const {
  std::vector<at::Tensor> tensors = tensor_list(i);
  TORCH_CHECK_TYPE(
      tensors.size() == n,
      "expected tuple of ",
      n,
      " elements but got ",
      tensors.size());
  return tensors;
}

c10::DimVector ArgParser::int_list(int i) const {
  const bool varargs = varargs_ && i == 0;
  const Param& param = function_.signatures[signature_].params[i];
  PyObject* o = slots_[i];
  if (!varargs && !PyTuple_Check(o) && !PyList_Check(o)) {
    return c10::DimVector(param.list_size, unpack_int(o));
  }
  const Py_ssize_t n = varargs ? nargs_ : PySequence_Fast_GET_SIZE(o);
  FastArgs items = varargs ? args_ : PySequence_Fast_ITEMS(o);
  c10::DimVector values;
  for (Py_ssize_t k = 0; k < n; ++k) {
    PyObject* item = items[k];
    if (C10_LIKELY(PyLong_CheckExact(item))) {
      const int64_t value = PyLong_AsLongLong(item);
      if (C10_UNLIKELY(value == -1 && PyErr_Occurred())) {
        throw PythonError();
      }
      values.push_back(value);
      continue;
    }
    if (!is_int_element(item)) {
      type_error(
          function_.name, "(): argument '", param.name,
          "' failed to unpack the object at pos ", k + 1,
          " with error \"type must be tuple of ints,but got ",
          Py_TYPE(item)->tp_name, "\"");
    }
    values.push_back(unpack_int(item));
  }
  return values;
}

c10::SmallVector<double, 4> ArgParser::double_list(int i) const {
  c10::SmallVector<double, 4> values;
  PyObject* o = slots_[i];
  for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(o); ++k) {
    values.push_back(unpack_double(PySequence_Fast_GET_ITEM(o, k)));
  }
  return values;
}

std::optional<c10::SmallVector<double, 4>> ArgParser::optional_double_list(
    int i) const {
  return has(i) ? std::optional<c10::SmallVector<double, 4>>(double_list(i))
                : std::nullopt;
}

c10::TensorOptions ArgParser::options(int i) const {
  return c10::TensorOptions()
      .dtype(optional_dtype(i))
      .layout(optional_layout(i + 1))
      .device(optional_device(i + 2))
      .pinned_memory(optional_boolean(i + 3));
}

PyObject* ArgParser::call_torch_function() const {
  const Py_ssize_t shift = self_ ? 1 : 0;
  PyRef args = checked(PyTuple_New(nargs_ + shift));
  if (self_) {
    PyTuple_SET_ITEM(args.get(), 0, new_ref(self_));
  }
  for (Py_ssize_t i = 0; i < nargs_; ++i) {
    PyTuple_SET_ITEM(args.get(), i + shift, new_ref(args_[i]));
  }
  PyRef kwargs;
  if (nkeywords_ > 0) {
    kwargs = checked(PyDict_New());
    for (Py_ssize_t k = 0; k < nkeywords_; ++k) {
      check_status(PyDict_SetItem(
          kwargs.get(), PyTuple_GET_ITEM(kwnames_, k), args_[nargs_ + k]));
    }
  }
  return dispatch_torch_function(
      function_.owner, function_.name, args.get(), kwargs.get());
}

} // namespace torch::python

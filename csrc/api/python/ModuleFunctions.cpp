// Small functions of torch._C: registering Python classes, default dtype,
// threads, type promotion, docstrings, what was built.
#include <cstring>

#include "api/python/ArgParser.h"
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/Module.h"
#include "api/python/TorchFunction.h"
#include "aten/Parallel.h"
#include "aten/TypePromotion.h"
#include "aten/native/DispatchStub.h"

namespace torch::python {
namespace {

// ---- classes that Python defines

PyObject* set_tensor_class(PyObject*, PyObject* cls) {
  HANDLE_TH_ERRORS
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  TORCH_CHECK_TYPE(
      PyType_Check(cls) && PyType_IsSubtype(type, &TensorBaseType),
      "expected a class derived from TensorBase");
  Py_INCREF(cls);
  TensorClass = type;
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}
PyObject* set_parameter_class(PyObject*, PyObject* cls) {
  Py_INCREF(cls);
  ParameterClass = reinterpret_cast<PyTypeObject*>(cls);
  Py_RETURN_NONE;
}

// Gives a compiled function, method or type its docstring, once.
PyObject* add_docstr(PyObject*, PyObject* args) {
  PyObject* object;
  const char* text;
  if (!PyArg_ParseTuple(args, "Os", &object, &text)) {
    return nullptr;
  }
  char* kept = strdup(text); // lives as long as the function
  const char** doc = nullptr;
  if (PyCFunction_Check(object)) {
    doc = &reinterpret_cast<PyCFunctionObject*>(object)->m_ml->ml_doc;
  } else if (Py_TYPE(object) == &PyMethodDescr_Type) {
    doc = &reinterpret_cast<PyMethodDescrObject*>(object)->d_method->ml_doc;
  } else if (Py_TYPE(object) == &PyGetSetDescr_Type) {
    doc = &reinterpret_cast<PyGetSetDescrObject*>(object)->d_getset->doc;
  } else {
    PyRef value(PyUnicode_FromString(text));
    free(kept);
    if (PyObject_SetAttrString(object, "__doc__", value.get()) < 0) {
      return nullptr;
    }
    return new_ref(object);
  }
  *doc = kept;
  return new_ref(object);
}

// ---- default dtype

PyObject* get_default_dtype(PyObject*, PyObject*) {
  return wrap(c10::get_default_dtype());
}
PyObject* set_default_dtype(PyObject*, PyObject* dtype) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(
      is_dtype(dtype),
      "invalid dtype object: only floating-point types are supported as the "
      "default type");
  c10::set_default_dtype(unpack_dtype(dtype));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

// ---- threads

PyObject* get_num_threads(PyObject*, PyObject*) {
  return PyLong_FromLong(at::get_num_threads());
}
PyObject* set_num_threads(PyObject*, PyObject* count) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(
      is_int_like(count),
      "set_num_threads expects an int, but got ",
      Py_TYPE(count)->tp_name);
  const int64_t n = unpack_int(count);
  TORCH_CHECK(n > 0, "set_num_threads expects a positive integer");
  at::set_num_threads(static_cast<int>(n));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

// ---- type promotion

constexpr Param two_dtypes[] = {
    {"type1", ArgType::DType}, {"type2", ArgType::DType}};
constexpr Signature promote_signatures[] = {Signature(two_dtypes)};
constexpr Function promote_info("promote_types", promote_signatures);
constexpr Param cast_params[] = {
    {"from_", ArgType::DType}, {"to", ArgType::DType}};
constexpr Signature cast_signatures[] = {Signature(cast_params)};
constexpr Function cast_info("can_cast", cast_signatures);

PyObject* promote_types(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<2> p(promote_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return wrap(c10::promote_types(p.dtype(0), p.dtype(1)));
  END_HANDLE_TH_ERRORS
}
PyObject* can_cast(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<2> p(cast_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return new_bool(c10::can_cast(p.dtype(0), p.dtype(1)));
  END_HANDLE_TH_ERRORS
}

constexpr Param tensor_tensor[] = {
    {"tensor", ArgType::Tensor}, {"other", ArgType::Tensor}};
constexpr Param scalar_tensor[] = {
    {"scalar", ArgType::Scalar}, {"tensor", ArgType::Tensor}};
constexpr Param tensor_scalar[] = {
    {"tensor", ArgType::Tensor}, {"other", ArgType::Scalar}};
constexpr Param scalar_scalar[] = {
    {"scalar1", ArgType::Scalar}, {"scalar2", ArgType::Scalar}};
constexpr Signature result_signatures[] = {
    Signature(tensor_tensor),
    Signature(tensor_scalar),
    Signature(scalar_tensor),
    Signature(scalar_scalar)};
constexpr Function result_info("result_type", result_signatures);

PyObject* result_type(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<2> p(result_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  const at::Tensor a = p.tensor_or_number(0);
  const at::Tensor b = p.tensor_or_number(1);
  return wrap(at::result_type(a, b));
  END_HANDLE_TH_ERRORS
}

// ---- Module.to(...): the arguments of Tensor.to, as a tuple

#define COPY_PARAMS                                            \
  {"non_blocking", ArgType::Bool, kOptional, "False"},         \
      {"copy", ArgType::Bool, kOptional, "False"}, {           \
    "memory_format", ArgType::MemoryFormat,                    \
        kOptional | kNone | kKeyword, "None"                   \
  }
constexpr Param to_device[] = {
    {"device", ArgType::Device, kOptional | kNone, "None"},
    {"dtype", ArgType::DType, kOptional | kNone, "None"},
    COPY_PARAMS};
constexpr Param to_dtype[] = {{"dtype", ArgType::DType}, COPY_PARAMS};
constexpr Param to_tensor[] = {{"tensor", ArgType::Tensor}, COPY_PARAMS};
#undef COPY_PARAMS
constexpr Signature to_signatures[] = {
    Signature(to_device), Signature(to_dtype), Signature(to_tensor)};
constexpr Function to_info("to", to_signatures, "torch._C._nn");

PyObject* parse_to(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<5> p(to_info, nullptr, args, nargs, kwnames);
  std::optional<c10::Device> device;
  std::optional<c10::ScalarType> dtype;
  if (p.signature() == 0) {
    device = p.optional_device(0);
    dtype = p.optional_dtype(1);
  } else if (p.signature() == 1) {
    dtype = p.dtype(0);
  } else {
    device = p.tensor(0).device();
    dtype = p.tensor(0).scalar_type();
  }
  const int rest = p.signature() == 0 ? 2 : 1;
  PyRef parts[] = {
      PyRef(device ? wrap(*device) : new_none()),
      PyRef(dtype ? wrap(*dtype) : new_none()),
      PyRef(new_bool(p.boolean_or(rest, false))),
      PyRef(p.has(rest + 2) ? wrap(p.memory_format(rest + 2)) : new_none())};
  return PyTuple_Pack(
      4, parts[0].get(), parts[1].get(), parts[2].get(), parts[3].get());
  END_HANDLE_TH_ERRORS
}

// ---- devices and the build

PyObject* privateuse1_name(PyObject*, PyObject*) {
  return new_string(c10::device_type_name(c10::kPrivateUse1));
}
PyObject* rename_privateuse1(PyObject*, PyObject* name) {
  HANDLE_TH_ERRORS
  c10::register_privateuse1_backend(std::string(unpack_string(name)));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}
PyObject* cpu_capability(PyObject*, PyObject*) {
  return new_string(at::native::cpu_capability_name());
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;
const PyMethodDef torch_functions[] = {
    {"get_default_dtype", get_default_dtype, METH_NOARGS, nullptr},
    {"get_num_threads", get_num_threads, METH_NOARGS, nullptr},
    {"set_num_threads", set_num_threads, METH_O, nullptr},
    {"promote_types", as_method(promote_types), kFast, nullptr},
    {"can_cast", as_method(can_cast), kFast, nullptr},
    {"result_type", as_method(result_type), kFast, nullptr}};
const TopicBindings bind_torch("torch", torch_functions);
const PyMethodDef nn_functions[] = {
    {"_parse_to", as_method(parse_to), kFast, nullptr}};
const TopicBindings bind_nn("torch._C._nn", nn_functions);

PyMethodDef module_functions[] = {
    {"_set_tensor_class", set_tensor_class, METH_O, nullptr},
    {"_set_parameter_class", set_parameter_class, METH_O, nullptr},
    {"_add_docstr", add_docstr, METH_VARARGS, nullptr},
    {"_set_default_dtype", set_default_dtype, METH_O, nullptr},
    {"_get_privateuse1_backend_name", privateuse1_name, METH_NOARGS, nullptr},
    {"_rename_privateuse1_backend", rename_privateuse1, METH_O, nullptr},
    {"_get_cpu_capability", cpu_capability, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void init_module_functions(PyObject* module) {
  check_status(PyModule_AddFunctions(module, module_functions));
}

} // namespace torch::python

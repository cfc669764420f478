// The dispatcher for torch.ops and torch.library: looking operators up,
// calling them boxed, defining them and giving them kernels from Python.
#include <algorithm>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/Hooks.h"
#include "api/python/IValues.h"
#include "api/python/Module.h"
#include "aten/core/OperatorRegistry.h"

namespace torch::python {
namespace {

using c10::FunctionSchema;
using c10::IValue;
using c10::Operator;
using c10::Stack;

Operator& require_operator(const char* name, const char* overload) {
  Operator* op = c10::find_operator(name, overload);
  TORCH_CHECK(
      op, "No such operator ", name, *overload ? "." : "", overload);
  return *op;
}

// "ns::name.overload"
Operator& require_operator(const std::string& full) {
  const size_t dot = full.find('.');
  return dot == std::string::npos
      ? require_operator(full.c_str(), "")
      : require_operator(
            full.substr(0, dot).c_str(), full.substr(dot + 1).c_str());
}

// ---- calling

Stack unpack_arguments(const FunctionSchema& schema, PyObject* args) {
  Stack stack;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) {
    const auto k = static_cast<size_t>(i);
    const c10::SchemaType* type =
        k < schema.arguments.size() ? &schema.arguments[k].type : nullptr;
    stack.push_back(unpack_ivalue(PyTuple_GET_ITEM(args, i), type));
  }
  return stack;
}

FunctionSchema::Keywords unpack_keywords(
    const FunctionSchema& schema,
    PyObject* kwargs) {
  FunctionSchema::Keywords keywords;
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (kwargs && PyDict_Next(kwargs, &position, &key, &value)) {
    const std::string name = PyUnicode_AsUTF8(key);
    const auto found = std::find_if(
        schema.arguments.begin(), schema.arguments.end(),
        [&](const auto& a) { return a.name == name; });
    const c10::SchemaType* type =
        found == schema.arguments.end() ? nullptr : &found->type;
    keywords.emplace(name, unpack_ivalue(value, type));
  }
  return keywords;
}

PyObject* wrap_results(const Stack& stack) {
  if (stack.size() == 0) {
    return new_none();
  }
  if (stack.size() == 1) {
    return wrap(stack[0]);
  }
  PyRef tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(stack.size())));
  for (size_t i = 0; i < stack.size(); ++i) {
    PyTuple_SET_ITEM(
        tuple.get(), static_cast<Py_ssize_t>(i), wrap(stack[i]));
  }
  return tuple.release();
}

PyObject* dispatch_call(PyObject*, PyObject* call) {
  HANDLE_TH_ERRORS
  const char *name, *overload;
  PyObject *args, *kwargs = nullptr;
  if (!PyArg_ParseTuple(
          call, "ssO!|O!", &name, &overload, &PyTuple_Type, &args,
          &PyDict_Type, &kwargs)) {
    return nullptr;
  }
  const Operator& op = require_operator(name, overload);
  const FunctionSchema& schema = c10::schema_of(op);
  Stack stack = unpack_arguments(schema, args);
  schema.complete(stack, unpack_keywords(schema, kwargs));
  op.info->call_boxed(op, stack);
  return wrap_results(stack);
  END_HANDLE_TH_ERRORS
}

// ---- kernels written in Python

bool same_value(const IValue& a, const IValue& b) {
  if (a.is_none() || b.is_none()) {
    return a.is_none() && b.is_none();
  }
  if (a.is<bool>() && b.is<bool>()) {
    return a.get<bool>() == b.get<bool>();
  }
  if (a.is<int64_t>() && b.is<int64_t>()) {
    return a.get<int64_t>() == b.get<int64_t>();
  }
  if (a.is<double>() && b.is<double>()) {
    return a.get<double>() == b.get<double>();
  }
  return a.is<std::string>() && b.is<std::string>() &&
      a.get<std::string>() == b.get<std::string>();
}

class PythonKernel final : public c10::BoxedKernel {
 public:
  explicit PythonKernel(PyObject* function) : function_(function) {}

  void operator()(const Operator& op, c10::DispatchKeySet, Stack& stack)
      override {
    const GilAcquire gil;
    const FunctionSchema& schema = c10::schema_of(op);
    PyRef args = positional(schema, stack);
    PyRef kwargs = keywords(schema, stack);
    PyRef result = checked(
        PyObject_Call(function_.get(), args.get(), kwargs.get()));
    stack.clear();
    unpack_results(schema, result.get(), stack);
  }

 private:
  static bool is_default(const c10::SchemaArgument& a, const IValue& value) {
    return a.default_value && same_value(*a.default_value, value);
  }

  // Trailing arguments that have their defaults are left to the function.
  static PyRef positional(const FunctionSchema& schema, const Stack& stack) {
    size_t n = 0;
    for (size_t i = 0; i < stack.size(); ++i) {
      const auto& a = schema.arguments[i];
      if (!a.kwarg_only && !is_default(a, stack[i])) {
        n = i + 1;
      }
    }
    PyRef args = checked(PyTuple_New(static_cast<Py_ssize_t>(n)));
    for (size_t i = 0; i < n; ++i) {
      PyTuple_SET_ITEM(
          args.get(), static_cast<Py_ssize_t>(i), wrap(stack[i]));
    }
    return args;
  }

  static PyRef keywords(const FunctionSchema& schema, const Stack& stack) {
    PyRef kwargs = checked(PyDict_New());
    for (size_t i = 0; i < stack.size(); ++i) {
      const auto& a = schema.arguments[i];
      if (a.kwarg_only && !is_default(a, stack[i])) {
        PyRef value(wrap(stack[i]));
        check_status(
            PyDict_SetItemString(kwargs.get(), a.name.c_str(), value.get()));
      }
    }
    return kwargs;
  }

  static void unpack_results(
      const FunctionSchema& schema,
      PyObject* result,
      Stack& stack) {
    const size_t n = schema.returns.size();
    if (n == 1) {
      stack.push_back(unpack_ivalue(result, &schema.returns[0].type));
      return;
    }
    if (n == 0) {
      return;
    }
    PyRef items = checked(PySequence_Fast(
        result, "a kernel with several returns gives a tuple"));
    TORCH_CHECK(
        PySequence_Fast_GET_SIZE(items.get()) == static_cast<Py_ssize_t>(n),
        schema.name, "() is expected to have ", n,
        " return(s) but the Python kernel returned ",
        PySequence_Fast_GET_SIZE(items.get()));
    for (size_t i = 0; i < n; ++i) {
      stack.push_back(unpack_ivalue(
          PySequence_Fast_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i)),
          &schema.returns[i].type));
    }
  }

  SafeRef function_;
};

// ---- registration; a handle undoes it when it dies

constexpr const char* kHandle = "torch._C.registration";

template <typename T>
PyObject* make_handle(T* state) {
  return check(PyCapsule_New(state, kHandle, [](PyObject* capsule) {
    delete static_cast<T*>(PyCapsule_GetPointer(capsule, kHandle));
  }));
}

struct Definition {
  Operator* op;
  ~Definition() { c10::undefine_operator(*op); }
};
struct Implementation {
  std::vector<c10::KernelHandle> slots;
  ~Implementation() {
    for (const auto& slot : slots) {
      c10::restore_kernel(slot);
    }
  }
};

PyObject* dispatch_define(PyObject*, PyObject* schema) {
  HANDLE_TH_ERRORS
  const char* text = PyUnicode_AsUTF8(schema);
  if (!text) {
    return nullptr;
  }
  Operator& op = c10::define_operator(text, "Python");
  return make_handle(new Definition{&op});
  END_HANDLE_TH_ERRORS
}

PyObject* dispatch_impl(PyObject*, PyObject* call) {
  HANDLE_TH_ERRORS
  const char *name, *key;
  PyObject* function;
  if (!PyArg_ParseTuple(call, "ssO", &name, &key, &function)) {
    return nullptr;
  }
  const auto slots = c10::slots_of_key(key);
  Operator& op = require_operator(name);
  auto made = std::make_unique<Implementation>();
  for (const c10::DispatchKey slot : slots) {
    made->slots.push_back(c10::set_boxed_kernel(
        op, slot, c10::make_intrusive<PythonKernel>(function)));
  }
  return make_handle(made.release());
  END_HANDLE_TH_ERRORS
}

// ---- looking

PyObject* find_schemas(PyObject*, PyObject* name) {
  HANDLE_TH_ERRORS
  const char* text = PyUnicode_AsUTF8(name);
  if (!text) {
    return nullptr;
  }
  const auto overloads = c10::find_overloads(text);
  PyRef list = checked(PyList_New(static_cast<Py_ssize_t>(overloads.size())));
  for (size_t i = 0; i < overloads.size(); ++i) {
    PyList_SET_ITEM(
        list.get(),
        static_cast<Py_ssize_t>(i),
        check(new_string(overloads[i])));
  }
  return list.release();
  END_HANDLE_TH_ERRORS
}

PyObject* schema_text(PyObject*, PyObject* call) {
  HANDLE_TH_ERRORS
  const char *name, *overload;
  if (!PyArg_ParseTuple(call, "ss", &name, &overload)) {
    return nullptr;
  }
  return new_string(c10::schema_of(require_operator(name, overload)).text);
  END_HANDLE_TH_ERRORS
}

PyObject* has_kernel(PyObject*, PyObject* call) {
  HANDLE_TH_ERRORS
  const char *name, *key;
  if (!PyArg_ParseTuple(call, "ss", &name, &key)) {
    return nullptr;
  }
  const Operator& op = require_operator(std::string(name));
  const auto slots = c10::slots_of_key(key);
  return new_bool(std::all_of(slots.begin(), slots.end(), [&](auto slot) {
    return c10::has_kernel(op, slot);
  }));
  END_HANDLE_TH_ERRORS
}

PyObject* all_names(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  const auto names = c10::all_operator_names();
  PyRef list = checked(PyList_New(static_cast<Py_ssize_t>(names.size())));
  for (size_t i = 0; i < names.size(); ++i) {
    PyList_SET_ITEM(
        list.get(), static_cast<Py_ssize_t>(i), check(new_string(names[i])));
  }
  return list.release();
  END_HANDLE_TH_ERRORS
}

PyMethodDef functions[] = {
    {"_dispatch_find_schemas", find_schemas, METH_O, nullptr},
    {"_dispatch_schema", schema_text, METH_VARARGS, nullptr},
    {"_dispatch_call", dispatch_call, METH_VARARGS, nullptr},
    {"_dispatch_define", dispatch_define, METH_O, nullptr},
    {"_dispatch_impl", dispatch_impl, METH_VARARGS, nullptr},
    {"_dispatch_has_kernel", has_kernel, METH_VARARGS, nullptr},
    {"_dispatch_get_all_op_names", all_names, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void init_dispatcher(PyObject* module) {
  check_status(PyModule_AddFunctions(module, functions));
}

} // namespace torch::python

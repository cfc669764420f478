#include "api/python/TorchFunction.h"

#include <cstring>
#include <string>
#include <vector>

#include "api/python/Exceptions.h"
#include "api/python/Tensor.h"

namespace torch::python {

bool torch_function_mode_active = false;

namespace {

// What DisableTorchFunction and its subclass-only kin switch off.
enum class Disabled { Nothing, Subclasses, Everything };

thread_local Disabled disabled = Disabled::Nothing;
thread_local std::vector<PyRef> modes;
int active_modes = 0; // over all threads, under the interpreter lock

PyObject* torch_function_name;
PyObject* disabled_implementation;

void count_modes(int change) {
  active_modes += change;
  torch_function_mode_active = active_modes > 0;
}

// Types that certainly override nothing.
bool is_basic(PyTypeObject* type) {
  return type == &PyFloat_Type || type == &PyLong_Type ||
      type == &PyBool_Type || type == &PyUnicode_Type ||
      type == &PyTuple_Type || type == &PyList_Type || type == &PyDict_Type ||
      type == Py_TYPE(Py_None) || type == &PySlice_Type ||
      type == Py_TYPE(Py_Ellipsis) || type == &PyComplex_Type;
}

// The type's __torch_function__, or null.
PyObject* implementation_of(PyObject* o) {
  PyObject* found = _PyType_Lookup(Py_TYPE(o), torch_function_name);
  return found == disabled_implementation ? nullptr : found;
}

// Each class once, subclasses before their bases, else in order.
void collect(PyObject* o, std::vector<PyObject*>& overloaded) {
  if (!overrides_torch_function(o)) {
    return;
  }
  size_t place = overloaded.size();
  for (size_t i = 0; i < overloaded.size(); ++i) {
    if (Py_TYPE(overloaded[i]) == Py_TYPE(o)) {
      return;
    }
    if (place == overloaded.size() &&
        PyType_IsSubtype(Py_TYPE(o), Py_TYPE(overloaded[i]))) {
      place = i;
    }
  }
  overloaded.insert(overloaded.begin() + static_cast<long>(place), o);
}

std::vector<PyObject*> collect_all(PyObject* args, PyObject* kwargs) {
  std::vector<PyObject*> overloaded;
  auto visit = [&](PyObject* o) {
    collect(o, overloaded);
    if (PyTuple_Check(o) || PyList_Check(o)) {
      for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); ++i) {
        collect(PySequence_Fast_GET_ITEM(o, i), overloaded);
      }
    }
  };
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) {
    visit(PyTuple_GET_ITEM(args, i));
  }
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (kwargs && PyDict_Next(kwargs, &position, &key, &value)) {
    visit(value);
  }
  return overloaded;
}

PyRef types_of(const std::vector<PyObject*>& overloaded) {
  const auto n = static_cast<Py_ssize_t>(overloaded.size());
  PyRef types = checked(PyTuple_New(n));
  for (Py_ssize_t i = 0; i < n; ++i) {
    auto* type = Py_TYPE(overloaded[static_cast<size_t>(i)]);
    PyTuple_SET_ITEM(
        types.get(), i, new_ref(reinterpret_cast<PyObject*>(type)));
  }
  return types;
}

// While a mode runs it is off the stack, so that it does not call itself.
class ModeOff {
 public:
  ModeOff() : mode_(std::move(modes.back())) {
    modes.pop_back();
    count_modes(-1);
  }
  ~ModeOff() {
    modes.push_back(std::move(mode_));
    count_modes(1);
  }
  PyObject* mode() const { return mode_.get(); }

 private:
  PyRef mode_;
};

PyRef call_implementation(
    PyObject* holder,
    PyObject* function,
    PyObject* types,
    PyObject* args,
    PyObject* kwargs) {
  PyRef bound = checked(PyObject_GetAttr(holder, torch_function_name));
  PyRef keywords = kwargs ? PyRef::borrowed(kwargs) : checked(PyDict_New());
  return checked(PyObject_CallFunctionObjArgs(
      bound.get(), function, types, args, keywords.get(), nullptr));
}

[[noreturn]] void nobody_answered(
    const std::string& label,
    const std::string& asked) {
  type_error(
      "Multiple dispatch failed for '",
      label,
      "'; all __torch_function__ handlers returned NotImplemented:\n\n",
      asked,
      "\nFor more information, try re-running with TORCH_LOGS=not_implemented");
}

std::string repr_of(PyObject* o) {
  PyRef text = checked(PyObject_Repr(o));
  return PyUnicode_AsUTF8(text.get());
}

// label: the function's name in the text of a failure, "torch.add".
PyRef dispatch(
    PyObject* function,
    const std::string& label,
    PyObject* args,
    PyObject* kwargs) {
  const auto overloaded = collect_all(args, kwargs);
  PyRef types = types_of(overloaded);
  std::string asked;
  if (mode_active_here()) {
    ModeOff off;
    PyRef result =
        call_implementation(off.mode(), function, types.get(), args, kwargs);
    if (result.get() != Py_NotImplemented) {
      return result;
    }
    asked += "  - mode object " + repr_of(off.mode()) + "\n";
  }
  for (PyObject* o : overloaded) {
    PyRef result = call_implementation(o, function, types.get(), args, kwargs);
    if (result.get() != Py_NotImplemented) {
      return result;
    }
    auto* type = reinterpret_cast<PyObject*>(Py_TYPE(o));
    asked += "  - tensor subclass " + repr_of(type) + "\n";
  }
  nobody_answered(label, asked);
}

std::string label_of(const char* owner, const char* name) {
  const bool method = std::strcmp(owner, "Tensor") == 0;
  return std::string(method ? "torch.Tensor" : owner) + "." + name;
}

PyRef find_callable(const char* owner, const char* name) {
  if (std::strcmp(owner, "Tensor") == 0) {
    return checked(PyObject_GetAttrString(
        reinterpret_cast<PyObject*>(TensorClass), name));
  }
  PyRef module = checked(PyImport_ImportModule(owner));
  return checked(PyObject_GetAttrString(module.get(), name));
}

} // namespace

bool overrides_torch_function(PyObject* o) {
  PyTypeObject* type = Py_TYPE(o);
  if (is_exact(o) || is_basic(type) || disabled != Disabled::Nothing) {
    return false;
  }
  return implementation_of(o) != nullptr;
}

bool mode_active_here() {
  return !modes.empty() && disabled != Disabled::Everything;
}

PyObject* dispatch_torch_function(
    const char* owner,
    const char* name,
    PyObject* args,
    PyObject* kwargs) {
  PyRef function = find_callable(owner, name);
  return dispatch(function.get(), label_of(owner, name), args, kwargs)
      .release();
}

PyObject* dispatch_property(PyObject* self, const char* name, PyObject* value) {
  PyRef descriptor = checked(PyObject_GetAttrString(
      reinterpret_cast<PyObject*>(&TensorBaseType), name));
  PyRef function = checked(PyObject_GetAttrString(
      descriptor.get(), value ? "__set__" : "__get__"));
  PyRef args = checked(
      value ? PyTuple_Pack(2, self, value) : PyTuple_Pack(1, self));
  return dispatch(
             function.get(), label_of("Tensor", name), args.get(), nullptr)
      .release();
}

// ---- functions of torch._C

namespace {

PyObject* disabled_torch_function(PyObject*, PyObject* call) {
  PyObject *function, *types, *args, *kwargs = nullptr;
  if (!PyArg_ParseTuple(
          call, "OOO|O", &function, &types, &args, &kwargs)) {
    return nullptr;
  }
  const Disabled before = disabled;
  disabled = Disabled::Subclasses;
  PyRef tuple(PySequence_Tuple(args));
  PyObject* result = tuple
      ? PyObject_Call(
            function, tuple.get(), kwargs == Py_None ? nullptr : kwargs)
      : nullptr;
  disabled = before;
  return result;
}

PyObject* any_overrides(FastArgs args, Py_ssize_t nargs) {
  const bool mode = mode_active_here();
  for (Py_ssize_t i = 0; !mode && i < nargs; ++i) {
    if (overrides_torch_function(args[i])) {
      Py_RETURN_TRUE;
    }
  }
  return new_bool(mode);
}
PyObject* has_torch_function(PyObject*, PyObject* list) {
  PyRef items(PySequence_Fast(list, "expected a sequence"));
  return items ? any_overrides(
                     PySequence_Fast_ITEMS(items.get()),
                     PySequence_Fast_GET_SIZE(items.get()))
               : nullptr;
}
PyObject* has_torch_function_unary(PyObject*, PyObject* o) {
  return any_overrides(&o, 1);
}
PyObject* has_torch_function_variadic(
    PyObject*,
    FastArgs args,
    Py_ssize_t nargs) {
  return any_overrides(args, nargs);
}

PyObject* torch_function_enabled(PyObject*, PyObject*) {
  return new_bool(disabled == Disabled::Nothing);
}
PyObject* all_torch_function_disabled(PyObject*, PyObject*) {
  return new_bool(disabled == Disabled::Everything);
}
PyObject* mode_enabled(PyObject*, PyObject*) {
  return new_bool(mode_active_here());
}
PyObject* push_mode(PyObject*, PyObject* mode) {
  modes.push_back(PyRef::borrowed(mode));
  count_modes(1);
  Py_RETURN_NONE;
}
PyObject* pop_mode(PyObject*, PyObject*) {
  HANDLE_TH_ERRORS
  TORCH_CHECK(!modes.empty(), "trying to pop from empty mode stack");
  PyRef mode = std::move(modes.back());
  modes.pop_back();
  count_modes(-1);
  return mode.release();
  END_HANDLE_TH_ERRORS
}
PyObject* mode_at(PyObject*, PyObject* index) {
  HANDLE_TH_ERRORS
  const long i = PyLong_AsLong(index);
  TORCH_CHECK(
      i >= 0 && static_cast<size_t>(i) < modes.size(),
      "Tried to get stack at idx that's too big");
  return new_ref(modes[static_cast<size_t>(i)].get());
  END_HANDLE_TH_ERRORS
}
PyObject* mode_count(PyObject*, PyObject*) {
  return PyLong_FromSize_t(modes.size());
}

// The context managers DisableTorchFunction(Subclass).
struct GuardObject {
  PyObject_HEAD
  int before;
};
template <int kLevel>
PyObject* guard_enter(PyObject* self, PyObject*) {
  auto* guard = reinterpret_cast<GuardObject*>(self);
  guard->before = static_cast<int>(disabled);
  if (static_cast<int>(disabled) < kLevel) {
    disabled = static_cast<Disabled>(kLevel);
  }
  Py_RETURN_NONE;
}
PyObject* guard_exit(PyObject* self, PyObject*) {
  disabled =
      static_cast<Disabled>(reinterpret_cast<GuardObject*>(self)->before);
  Py_RETURN_FALSE;
}

template <int kLevel>
void add_guard(PyObject* module, const char* full_name) {
  static PyMethodDef methods[] = {
      {"__enter__", guard_enter<kLevel>, METH_NOARGS, nullptr},
      {"__exit__", guard_exit, METH_VARARGS, nullptr},
      {nullptr, nullptr, 0, nullptr}};
  PyType_Slot slots[] = {
      {Py_tp_methods, methods},
      {Py_tp_new, as_slot(PyType_GenericNew)},
      {0, nullptr}};
  PyType_Spec spec = {
      full_name, sizeof(GuardObject), 0, Py_TPFLAGS_DEFAULT, slots};
  PyRef type = checked(PyType_FromSpec(&spec));
  check_status(PyObject_SetAttrString(
      module, std::strrchr(full_name, '.') + 1, type.get()));
}

PyMethodDef functions[] = {
    {"_disabled_torch_function_impl",
     disabled_torch_function,
     METH_VARARGS,
     nullptr},
    {"_has_torch_function", has_torch_function, METH_O, nullptr},
    {"_has_torch_function_unary", has_torch_function_unary, METH_O, nullptr},
    {"_has_torch_function_variadic",
     as_method(has_torch_function_variadic),
     METH_FASTCALL,
     nullptr},
    {"_is_torch_function_enabled",
     torch_function_enabled,
     METH_NOARGS,
     nullptr},
    {"_is_torch_function_all_disabled",
     all_torch_function_disabled,
     METH_NOARGS,
     nullptr},
    {"_is_torch_function_mode_enabled", mode_enabled, METH_NOARGS, nullptr},
    {"_push_on_torch_function_stack", push_mode, METH_O, nullptr},
    {"_pop_torch_function_stack", pop_mode, METH_NOARGS, nullptr},
    {"_get_function_stack_at", mode_at, METH_O, nullptr},
    {"_len_torch_function_stack", mode_count, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void init_torch_function(PyObject* module) {
  torch_function_name = check(PyUnicode_InternFromString("__torch_function__"));
  check_status(PyModule_AddFunctions(module, functions));
  disabled_implementation = check(
      PyObject_GetAttrString(module, "_disabled_torch_function_impl"));
  add_guard<1>(module, "torch._C.DisableTorchFunctionSubclass");
  add_guard<2>(module, "torch._C.DisableTorchFunction");
}

} // namespace torch::python

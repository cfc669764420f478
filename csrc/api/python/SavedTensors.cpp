#include "api/python/SavedTensors.h"

#include <cstring>
#include <optional>

#include "api/python/DType.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/Hooks.h"
#include "api/python/Size.h"
#include "api/python/Tensor.h"
#include "autograd/SavedVariable.h"

namespace torch::python {
namespace {

using autograd::Node;
using autograd::SavedVariable;

// ---- reading what a node saved

struct Names final : autograd::SavedVisitor {
  std::vector<SavedName> found;
  void add(const char* name, bool tensor = false) {
    found.push_back({name, tensor});
  }
  void visit(const char* n, const SavedVariable&) override { add(n, true); }
  void visit(const char* n, const std::vector<SavedVariable>&) override {
    add(n, true);
  }
  void visit(const char* n, bool) override { add(n); }
  void visit(const char* n, int64_t) override { add(n); }
  void visit(const char* n, double) override { add(n); }
  void visit(const char* n, const c10::Scalar&) override { add(n); }
  void visit(const char* n, c10::ScalarType) override { add(n); }
  void visit(const char* n, at::IntArrayRef) override { add(n); }
  void visit(const char* n, at::ArrayRef<double>) override { add(n); }
  void visit(const char* n, const std::string&) override { add(n); }
  void visit_none(const char* n) override { add(n); }
};

struct Reader final : autograd::SavedVisitor {
  Reader(Node& n, const char* name, bool as_is)
      : node(n), wanted(name), raw(as_is) {}

  PyObject* one(const SavedVariable& saved) {
    return raw ? wrap_saved(saved, node.self()) : wrap(saved.unpack(node));
  }
  template <typename F>
  void when(const char* name, F make) {
    if (std::strcmp(name, wanted) == 0) {
      result = checked(make());
    }
  }
  void visit(const char* n, const SavedVariable& v) override {
    when(n, [&] { return one(v); });
  }
  void visit(const char* n, const std::vector<SavedVariable>& v) override {
    when(n, [&] {
      PyRef tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(v.size())));
      for (size_t i = 0; i < v.size(); ++i) {
        PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), one(v[i]));
      }
      return tuple.release();
    });
  }
  void visit(const char* n, bool v) override {
    when(n, [&] { return new_bool(v); });
  }
  // Dimensions that count from the end show as unsigned, as in PyTorch.
  void visit(const char* n, int64_t v) override {
    when(n, [&] {
      return PyLong_FromUnsignedLongLong(static_cast<uint64_t>(v));
    });
  }
  void visit(const char* n, double v) override {
    when(n, [&] { return PyFloat_FromDouble(v); });
  }
  void visit(const char* n, const c10::Scalar& v) override {
    when(n, [&] { return wrap(v); });
  }
  void visit(const char* n, c10::ScalarType v) override {
    when(n, [&] { return wrap(v); });
  }
  void visit(const char* n, at::IntArrayRef v) override {
    when(n, [&] { return new_int_tuple(v); });
  }
  void visit(const char* n, at::ArrayRef<double> v) override {
    when(n, [&] {
      PyRef tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(v.size())));
      for (size_t i = 0; i < v.size(); ++i) {
        PyTuple_SET_ITEM(
            tuple.get(),
            static_cast<Py_ssize_t>(i),
            check(PyFloat_FromDouble(v[i])));
      }
      return tuple.release();
    });
  }
  void visit(const char* n, const std::string& v) override {
    when(n, [&] { return new_string(v); });
  }
  void visit_none(const char* n) override {
    when(n, [] { return new_none(); });
  }

  Node& node;
  const char* wanted;
  bool raw;
  PyRef result;
};

// ---- SavedTensor objects

struct SavedObject {
  PyObject_HEAD
  const SavedVariable* saved; // inside *node
  c10::intrusive_ptr<Node> node;
};

void saved_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  reinterpret_cast<SavedObject*>(self)->node.~intrusive_ptr();
  type->tp_free(self);
  Py_DECREF(type);
}

// A pair of Python functions around one saved tensor.
struct PythonSavedHooks final : autograd::SavedVariableHooks {
  PythonSavedHooks(PyObject* pack_hook, PyObject* unpack_hook)
      : pack(pack_hook), unpack_function(unpack_hook) {}

  void call_pack(const at::Tensor& tensor) override {
    const GilAcquire gil;
    PyRef argument(wrap(tensor));
    PyRef packed = checked(
        PyObject_CallFunctionObjArgs(pack.get(), argument.get(), nullptr));
    data.emplace(packed.get());
  }
  at::Tensor call_unpack() override {
    const GilAcquire gil;
    PyRef result = checked(PyObject_CallFunctionObjArgs(
        unpack_function.get(), data->get(), nullptr));
    TORCH_CHECK_TYPE(
        is_tensor(result.get()),
        "Output of saved tensor unpack_hook expected to be a Tensor but got "
        "result of type ",
        Py_TYPE(result.get())->tp_name);
    return torch::python::unpack(result.get());
  }

  SafeRef pack;
  SafeRef unpack_function;
  std::optional<SafeRef> data;
};

PyObject* saved_register_hooks(PyObject* self, PyObject* args) {
  HANDLE_TH_ERRORS
  PyObject *pack, *unpack_hook;
  if (!PyArg_ParseTuple(args, "OO", &pack, &unpack_hook)) {
    return nullptr;
  }
  auto* saved =
      const_cast<SavedVariable*>(reinterpret_cast<SavedObject*>(self)->saved);
  saved->register_hooks(std::make_unique<PythonSavedHooks>(pack, unpack_hook));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

PyMethodDef saved_methods[] = {
    {"register_hooks", saved_register_hooks, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot saved_slots[] = {
    {Py_tp_dealloc, as_slot(saved_dealloc)},
    {Py_tp_methods, saved_methods},
    {0, nullptr}};
PyType_Spec saved_spec = {
    "torch._C._autograd.SavedTensor",
    sizeof(SavedObject),
    0,
    Py_TPFLAGS_DEFAULT,
    saved_slots};
PyTypeObject* SavedType;

// ---- default hooks of a thread: `with saved_tensors_hooks(...)`

thread_local std::vector<std::pair<PyRef, PyRef>> default_hooks;
thread_local std::optional<std::string> disabled_message;

std::unique_ptr<autograd::SavedVariableHooks> make_default_hooks() {
  const GilAcquire gil;
  auto& [pack, unpack_hook] = default_hooks.back();
  return std::make_unique<PythonSavedHooks>(pack.get(), unpack_hook.get());
}

void update_maker() {
  autograd::make_saved_hooks =
      default_hooks.empty() ? nullptr : make_default_hooks;
}

PyObject* push_hooks(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  PyObject *pack, *unpack_hook;
  if (!PyArg_ParseTuple(args, "OO", &pack, &unpack_hook)) {
    return nullptr;
  }
  TORCH_CHECK(!disabled_message, disabled_message.value_or(""));
  default_hooks.emplace_back(
      PyRef::borrowed(pack), PyRef::borrowed(unpack_hook));
  update_maker();
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}
PyObject* pop_hooks(PyObject*, PyObject*) {
  if (!default_hooks.empty()) {
    default_hooks.pop_back();
  }
  update_maker();
  Py_RETURN_NONE;
}
PyObject* top_hooks(PyObject*, PyObject*) {
  if (default_hooks.empty()) {
    Py_RETURN_NONE;
  }
  return PyTuple_Pack(
      2, default_hooks.back().first.get(), default_hooks.back().second.get());
}
PyObject* disable_hooks(PyObject*, PyObject* message) {
  HANDLE_TH_ERRORS
  const char* text = PyUnicode_AsUTF8(message);
  if (!text) {
    return nullptr;
  }
  TORCH_CHECK(default_hooks.empty(), text);
  disabled_message = text;
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}
PyObject* enable_hooks(PyObject*, PyObject*) {
  disabled_message.reset();
  Py_RETURN_NONE;
}
PyObject* hooks_enabled(PyObject*, PyObject*) {
  return new_bool(!disabled_message);
}
PyObject* disabled_text(PyObject*, PyObject*) {
  return disabled_message ? new_string(*disabled_message) : new_none();
}

PyMethodDef functions[] = {
    {"_push_saved_tensors_default_hooks", push_hooks, METH_VARARGS, nullptr},
    {"_pop_saved_tensors_default_hooks", pop_hooks, METH_NOARGS, nullptr},
    {"_top_saved_tensors_default_hooks", top_hooks, METH_VARARGS, nullptr},
    {"_saved_tensors_hooks_disable", disable_hooks, METH_O, nullptr},
    {"_saved_tensors_hooks_enable", enable_hooks, METH_NOARGS, nullptr},
    {"_saved_tensors_hooks_is_enabled", hooks_enabled, METH_NOARGS, nullptr},
    {"_saved_tensors_hooks_get_disabled_error_message",
     disabled_text,
     METH_NOARGS,
     nullptr},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

std::vector<SavedName> saved_names(const Node& node) {
  Names names;
  node.visit_saved(names);
  return names.found;
}

PyObject* read_saved(Node& node, const char* name, bool raw) {
  Reader reader(node, name, raw);
  node.visit_saved(reader);
  return reader.result ? reader.result.release() : new_none();
}

PyObject* wrap_saved(
    const SavedVariable& saved,
    c10::intrusive_ptr<Node> node) {
  PyObject* made = check(SavedType->tp_alloc(SavedType, 0));
  auto* object = reinterpret_cast<SavedObject*>(made);
  object->saved = &saved;
  new (&object->node) c10::intrusive_ptr<Node>(std::move(node));
  return made;
}

void init_saved_tensors(PyObject* autograd_module) {
  SavedType =
      reinterpret_cast<PyTypeObject*>(check(PyType_FromSpec(&saved_spec)));
  check_status(PyObject_SetAttrString(
      autograd_module, "SavedTensor", reinterpret_cast<PyObject*>(SavedType)));
  check_status(PyModule_AddFunctions(autograd_module, functions));
}

} // namespace torch::python

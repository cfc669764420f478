// grad_fn objects: a Python type per node class, made when the first of its
// nodes is looked at.
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "api/python/Autograd.h"
#include "api/python/CustomFunction.h"
#include "api/python/DType.h"
#include "api/python/Device.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/Hooks.h"
#include "api/python/SavedTensors.h"
#include "api/python/Size.h"
#include "autograd/AccumulateGrad.h"
#include "autograd/AutogradMeta.h"

namespace torch::python {
namespace {

using autograd::Node;

struct NodeObject {
  PyObject_HEAD
  c10::intrusive_ptr<Node> node;
};

PyObject* functions_module; // torch._C._functions

Node* node_of(PyObject* self) {
  return reinterpret_cast<NodeObject*>(self)->node.get();
}

void node_dealloc(PyObject* self) {
  auto* object = reinterpret_cast<NodeObject*>(self);
  if (object->node && object->node->extras()) {
    object->node->extras()->pyobj = nullptr;
  }
  autograd::release_node(std::move(object->node));
  object->node.~intrusive_ptr();
  Py_TYPE(self)->tp_free(self);
}

PyObject* node_name(PyObject* self, PyObject*) {
  return new_string(node_of(self)->name());
}
PyObject* node_sequence_nr(PyObject* self, PyObject*) {
  return PyLong_FromUnsignedLongLong(node_of(self)->sequence_nr());
}
PyObject* node_requires_grad(PyObject*, void*) { return new_bool(true); }

PyObject* node_next_functions(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return next_functions_of(*node_of(self));
  END_HANDLE_TH_ERRORS
}
PyObject* node_metadata(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return metadata_of(*node_of(self));
  END_HANDLE_TH_ERRORS
}
PyObject* node_input_metadata(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return input_metadata_of(*node_of(self));
  END_HANDLE_TH_ERRORS
}
PyObject* node_register_hook(PyObject* self, PyObject* hook) {
  HANDLE_TH_ERRORS
  return register_post_hook(*node_of(self), hook);
  END_HANDLE_TH_ERRORS
}
PyObject* node_register_prehook(PyObject* self, PyObject* hook) {
  HANDLE_TH_ERRORS
  return register_pre_hook(*node_of(self), hook);
  END_HANDLE_TH_ERRORS
}
PyObject* node_register_hook_dict(PyObject* self, PyObject* tensor) {
  HANDLE_TH_ERRORS
  return register_hook_dict(tensor);
  END_HANDLE_TH_ERRORS
}

PyObject* node_call(PyObject* self, PyObject* args, PyObject*) {
  HANDLE_TH_ERRORS
  Node& node = *node_of(self);
  TORCH_CHECK_TYPE(
      PyTuple_GET_SIZE(args) == static_cast<Py_ssize_t>(node.num_inputs()),
      "expected ", node.num_inputs(), " arguments, got ",
      PyTuple_GET_SIZE(args), " instead");
  autograd::variable_list grads = node.apply(unpack_variables(args));
  if (grads.size() == 1) {
    return wrap(grads[0]);
  }
  return wrap_variables(grads).release();
  END_HANDLE_TH_ERRORS
}

PyObject* accumulate_variable(PyObject* self, void*) {
  return wrap(static_cast<autograd::AccumulateGrad*>(node_of(self))->variable);
}

// ---- _saved_<name>: found by visiting what this node saved. Nodes of one
// name may save different things (x * y and x * 2), so the type cannot tell.

constexpr const char* kSaved = "_saved_";
constexpr const char* kRawSaved = "_raw_saved_";

bool starts_with(const char* text, const char* start) {
  return std::strncmp(text, start, std::strlen(start)) == 0;
}

// The part after the prefix, when this node saved such a thing.
const char* find_saved(const Node& node, const char* attribute, bool raw) {
  const char* prefix = raw ? kRawSaved : kSaved;
  if (!starts_with(attribute, prefix)) {
    return nullptr;
  }
  for (const SavedName& one : saved_names(node)) {
    if (std::strcmp(attribute + std::strlen(prefix), one.name) == 0) {
      return one.name;
    }
  }
  return nullptr;
}

PyObject* node_getattro(PyObject* self, PyObject* name) {
  HANDLE_TH_ERRORS
  const char* text = PyUnicode_AsUTF8(name);
  for (const bool raw : {false, true}) {
    if (const char* found = find_saved(*node_of(self), text, raw)) {
      return read_saved(*node_of(self), found, raw);
    }
  }
  return PyObject_GenericGetAttr(self, name);
  END_HANDLE_TH_ERRORS
}

PyObject* node_dir(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  auto* type = reinterpret_cast<PyObject*>(Py_TYPE(self));
  PyRef names = checked(PyObject_Dir(type));
  for (const SavedName& one : saved_names(*node_of(self))) {
    for (const char* prefix : {kSaved, kRawSaved}) {
      if (prefix == kRawSaved && !one.is_tensor) {
        continue;
      }
      PyRef name = checked(new_string(std::string(prefix) + one.name));
      check_status(PyList_Append(names.get(), name.get()));
    }
  }
  return names.release();
  END_HANDLE_TH_ERRORS
}

PyMethodDef node_methods[] = {
    {"name", node_name, METH_NOARGS, nullptr},
    {"_sequence_nr", node_sequence_nr, METH_NOARGS, nullptr},
    {"register_hook", node_register_hook, METH_O, nullptr},
    {"register_prehook", node_register_prehook, METH_O, nullptr},
    {"_register_hook_dict", node_register_hook_dict, METH_O, nullptr},
    {"__dir__", node_dir, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
const PyGetSetDef common_properties[] = {
    {"next_functions", node_next_functions, nullptr, nullptr, nullptr},
    {"metadata", node_metadata, nullptr, nullptr, nullptr},
    {"requires_grad", node_requires_grad, nullptr, nullptr, nullptr},
    {"_input_metadata", node_input_metadata, nullptr, nullptr, nullptr}};

// The last part of "torch::autograd::AccumulateGrad".
std::string class_name(const Node& node) {
  const std::string full = node.name();
  const size_t colon = full.rfind(':');
  return colon == std::string::npos ? full : full.substr(colon + 1);
}

// Types, their names and property tables live as long as the process.
struct NodeType {
  std::string name;
  std::vector<PyGetSetDef> properties;
  PyTypeObject type{};
};

void add_properties(NodeType& made, const Node& node) {
  made.properties.assign(
      std::begin(common_properties), std::end(common_properties));
  if (node.is_accumulate_grad()) {
    made.properties.push_back(
        {"variable", accumulate_variable, nullptr, nullptr, nullptr});
  }
  made.properties.push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
}

PyTypeObject* type_for(const Node& node) {
  static std::map<std::string, NodeType> types;
  const std::string name = class_name(node);
  auto found = types.find(name);
  if (found != types.end()) {
    return &found->second.type;
  }
  NodeType& made = types[name];
  made.name = name;
  add_properties(made, node);
  PyTypeObject& type = made.type;
  Py_SET_REFCNT(reinterpret_cast<PyObject*>(&type), 1);
  type.tp_name = made.name.c_str();
  type.tp_basicsize = sizeof(NodeObject);
  type.tp_flags = Py_TPFLAGS_DEFAULT;
  type.tp_dealloc = node_dealloc;
  type.tp_call = node_call;
  type.tp_getattro = node_getattro;
  type.tp_methods = node_methods;
  type.tp_getset = made.properties.data();
  check_status(PyType_Ready(&type));
  check_status(PyObject_SetAttrString(
      functions_module, name.c_str(), reinterpret_cast<PyObject*>(&type)));
  return &type;
}

} // namespace

PyObject* wrap_node(Node* node) {
  if (!node) {
    return new_none();
  }
  if (PyObject* custom = python_function_of(node)) {
    return new_ref(custom);
  }
  Node::Extras& extras = node->make_extras();
  if (extras.pyobj) {
    return new_ref(static_cast<PyObject*>(extras.pyobj));
  }
  PyTypeObject* type = type_for(*node);
  PyObject* made = check(type->tp_alloc(type, 0));
  new (&reinterpret_cast<NodeObject*>(made)->node)
      c10::intrusive_ptr<Node>(node->self());
  extras.pyobj = made;
  return made;
}

bool is_node(PyObject* o) {
  return Py_TYPE(o)->tp_dealloc == node_dealloc || is_custom_function(o);
}

Node* unpack_node(PyObject* o) {
  if (is_custom_function(o)) {
    return node_of_function(o).get();
  }
  TORCH_CHECK_TYPE(
      is_node(o), "expected a Node, but got ", Py_TYPE(o)->tp_name);
  return node_of(o);
}

void init_node(PyObject* module) {
  functions_module = check(PyImport_AddModule("torch._C._functions"));
  check_status(
      PyObject_SetAttrString(module, "_functions", functions_module));
}

// ---- shared by built-in and custom nodes

PyObject* next_functions_of(const Node& node) {
  const auto n = static_cast<Py_ssize_t>(node.num_outputs());
  PyRef result = checked(PyTuple_New(n));
  for (Py_ssize_t i = 0; i < n; ++i) {
    const autograd::Edge& edge = node.next_edge(static_cast<size_t>(i));
    PyRef next(wrap_node(edge.function.get()));
    PyTuple_SET_ITEM(
        result.get(),
        i,
        check(Py_BuildValue("OI", next.get(), edge.input_nr)));
  }
  return result.release();
}

PyObject* input_metadata_of(const Node& node) {
  static PyTypeObject* const type = make_return_type(
      "_InputMetadata", {"dtype", "device", "shape", "is_nested_tensor"});
  const auto n = static_cast<Py_ssize_t>(node.num_inputs());
  PyRef result = checked(PyList_New(n));
  for (Py_ssize_t i = 0; i < n; ++i) {
    const auto& meta = node.input_metadata(static_cast<size_t>(i));
    PyObject* item = Py_None;
    if (meta.defined()) {
      item = check(PyStructSequence_New(type));
      PyStructSequence_SetItem(item, 0, wrap(meta.dtype()));
      PyStructSequence_SetItem(item, 1, wrap(meta.device()));
      PyStructSequence_SetItem(item, 2, new_size(meta.sizes()));
      PyStructSequence_SetItem(item, 3, new_bool(false));
    } else {
      Py_INCREF(item);
    }
    PyList_SET_ITEM(result.get(), i, item);
  }
  return result.release();
}

PyObject* register_post_hook(Node& node, PyObject* hook) {
  auto& hooks = node.make_extras().post_hooks;
  for (const auto& existing : hooks) {
    if (PyObject* dict = dict_of(existing.get())) {
      return add_hook(dict, hook);
    }
  }
  PyRef dict = new_hook_dict();
  PyRef handle(add_hook(dict.get(), hook));
  hooks.push_back(make_post_hook(dict.get()));
  return handle.release();
}

PyObject* register_pre_hook(Node& node, PyObject* hook) {
  auto& hooks = node.make_extras().pre_hooks;
  for (const auto& existing : hooks) {
    if (PyObject* dict = dict_of(existing.get())) {
      return add_hook(dict, hook);
    }
  }
  PyRef dict = new_hook_dict();
  PyRef handle(add_hook(dict.get(), hook));
  hooks.push_back(make_pre_hook(dict.get()));
  return handle.release();
}

PyObject* register_hook_dict(PyObject* tensor) {
  TORCH_CHECK_TYPE(
      is_tensor(tensor), "_register_hook_dict expected a variable");
  const at::Tensor& t = unpack(tensor);
  PyObject* dict = reinterpret_cast<TensorObject*>(tensor)->backward_hooks;
  if (dict) {
    const auto* meta = autograd::get_autograd_meta(t);
    autograd::add_tensor_hook(
        t, make_tensor_hook(dict, meta ? meta->output_nr : 0));
  }
  Py_RETURN_NONE;
}

} // namespace torch::python

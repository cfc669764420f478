// Functions of autograd: running backward, grad mode, anomaly mode.
#include <cstring>
#include <map>

#include "api/python/ArgParser.h"
#include "api/python/Autograd.h"
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/Hooks.h"
#include "api/python/SavedTensors.h"
#include "autograd/AutogradMeta.h"
#include "autograd/BasicNodes.h"
#include "autograd/Engine.h"

namespace torch::python {

using at::Tensor;
using autograd::Edge;
using autograd::Engine;
using autograd::Node;
using autograd::variable_list;

void change_requires_grad(Tensor& tensor, bool value) {
  TORCH_CHECK(
      tensor.is_leaf() || value,
      "you can only change requires_grad flags of leaf variables. If you want "
      "to use a computed variable in a subgraph that doesn't require "
      "differentiation use var_no_grad = var.detach().");
  TORCH_CHECK(
      !value || c10::is_differentiable_type(tensor.scalar_type()),
      "only Tensors of floating point and complex dtype can require gradients");
  autograd::set_requires_grad(tensor, value);
}

variable_list unpack_variables(PyObject* sequence) {
  PyRef items = checked(PySequence_Fast(sequence, "expected a sequence"));
  variable_list result;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
    TORCH_CHECK_TYPE(
        item == Py_None || is_tensor(item),
        "expected Variable or None (got ",
        Py_TYPE(item)->tp_name,
        ")");
    result.push_back(item == Py_None ? Tensor() : unpack(item));
  }
  return result;
}

PyRef wrap_variables(c10::ArrayRef<Tensor> variables) {
  PyRef tuple =
      checked(PyTuple_New(static_cast<Py_ssize_t>(variables.size())));
  for (size_t i = 0; i < variables.size(); ++i) {
    PyTuple_SET_ITEM(
        tuple.get(), static_cast<Py_ssize_t>(i), wrap(variables[i]));
  }
  return tuple;
}

namespace {

// ---- run_backward

constexpr Param backward_params[] = {
    {"tensors", ArgType::Object},
    {"grad_tensors", ArgType::Object},
    {"keep_graph", ArgType::Bool},
    {"create_graph", ArgType::Bool},
    {"inputs", ArgType::Object, kOptional | kNone, "None"},
    {"allow_unreachable", ArgType::Bool, kOptional, "False"},
    {"accumulate_grad", ArgType::Bool, kOptional, "False"}};
constexpr Signature backward_signatures[] = {Signature(backward_params)};
constexpr Function backward_info("run_backward", backward_signatures);

// A GradientEdge: a tuple of a node and an output number.
bool is_gradient_edge(PyObject* o) {
  return PyTuple_Check(o) && PyTuple_GET_SIZE(o) >= 2 &&
      is_node(PyTuple_GET_ITEM(o, 0));
}
Edge unpack_edge(PyObject* o) {
  return Edge(
      unpack_node(PyTuple_GET_ITEM(o, 0))->self(),
      static_cast<uint32_t>(unpack_int(PyTuple_GET_ITEM(o, 1))));
}

void check_tuple(PyObject* o, const char* name) {
  TORCH_CHECK_TYPE(
      PyTuple_Check(o),
      name,
      " argument is expected to be a tuple, but got ",
      Py_TYPE(o)->tp_name);
}

std::vector<Edge> unpack_roots(PyObject* tensors) {
  std::vector<Edge> roots;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tensors); ++i) {
    PyObject* item = PyTuple_GET_ITEM(tensors, i);
    if (is_gradient_edge(item)) {
      roots.push_back(unpack_edge(item));
      continue;
    }
    TORCH_CHECK_TYPE(
        is_tensor(item),
        "element ", i, " of tensors tuple is not a Tensor or a GradientEdge");
    Edge edge = autograd::gradient_edge(unpack(item));
    TORCH_CHECK(
        edge.is_valid(),
        "element ", i,
        " of tensors does not require grad and does not have a grad_fn");
    roots.push_back(std::move(edge));
  }
  return roots;
}

variable_list unpack_gradients(PyObject* grads, PyObject* tensors) {
  variable_list result;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(grads); ++i) {
    PyObject* item = PyTuple_GET_ITEM(grads, i);
    TORCH_CHECK_TYPE(
        item == Py_None || is_tensor(item),
        "element ", i, " of gradients tuple is not a Tensor or None");
    if (item == Py_None && is_tensor(PyTuple_GET_ITEM(tensors, i))) {
      TORCH_CHECK(
          !unpack(PyTuple_GET_ITEM(tensors, i)).requires_grad(),
          "element ", i, " of gradients tuple is None, but the corresponding "
          "Tensor requires grad");
    }
    result.push_back(item == Py_None ? Tensor() : unpack(item));
  }
  return result;
}

Edge input_edge(const Tensor& input, bool accumulate) {
  TORCH_CHECK(
      input.requires_grad(),
      "One of the differentiated Tensors does not require grad");
  Edge edge;
  if (Node* fn = autograd::grad_fn_of(input)) {
    edge = Edge(fn->self(), autograd::get_autograd_meta(input)->output_nr);
    if (accumulate) {
      autograd::retain_grad(input);
    }
  } else {
    edge = Edge(autograd::try_get_grad_accumulator(input), 0);
  }
  // No graph uses this leaf: a node that nothing leads to.
  return edge.is_valid()
      ? edge
      : Edge(c10::make_intrusive<autograd::Identity>(), 0);
}

std::vector<Edge> unpack_inputs(PyObject* inputs, bool accumulate) {
  std::vector<Edge> edges;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(inputs); ++i) {
    PyObject* item = PyTuple_GET_ITEM(inputs, i);
    if (is_gradient_edge(item)) {
      edges.push_back(unpack_edge(item));
      continue;
    }
    TORCH_CHECK_TYPE(
        is_tensor(item),
        "all inputs have to be Tensors or GradientEdges, but got ",
        Py_TYPE(item)->tp_name);
    edges.push_back(input_edge(unpack(item), accumulate));
  }
  return edges;
}

PyObject* gradients_of(
    const variable_list& grads,
    PyObject* inputs,
    bool allow_unreachable) {
  for (size_t i = 0; i < grads.size(); ++i) {
    TORCH_CHECK(
        allow_unreachable || grads[i].defined(),
        "The differentiated Tensor at index ",
        i,
        " appears to not have been used in the graph. Set allow_unused=True if "
        "this is the desired behavior.");
  }
  return wrap_variables(grads).release();
}

PyObject* run_backward(PyObject*, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const TupleArgs<7> p(backward_info, args, kwargs);
  check_tuple(p[0], "tensors");
  check_tuple(p[1], "grad_tensors");
  TORCH_CHECK(
      PyTuple_GET_SIZE(p[0]) == PyTuple_GET_SIZE(p[1]),
      "got ", PyTuple_GET_SIZE(p[0]), " tensors and ",
      PyTuple_GET_SIZE(p[1]), " gradients");
  const bool accumulate = p.boolean_or(6, false);
  const bool create_graph = p.boolean(3);
  if (accumulate && create_graph) {
    static bool warned = false;
    if (!std::exchange(warned, true)) {
      TORCH_WARN(
          "Using backward() with create_graph=True will create a reference "
          "cycle between the parameter and its gradient which can cause a "
          "memory leak. We recommend using autograd.grad when creating the "
          "graph to avoid this. If you have to use this function, make sure "
          "to reset the .grad fields of your parameters to None after use to "
          "break the cycle and avoid the leak.");
    }
  }
  const std::vector<Edge> roots = unpack_roots(p[0]);
  variable_list grads = unpack_gradients(p[1], p[0]);
  std::vector<Edge> outputs;
  if (p.has(4)) {
    check_tuple(p[4], "inputs");
    outputs = unpack_inputs(p[4], accumulate);
  }
  const bool keep_graph = p.boolean(2);
  variable_list found;
  {
    // A deeply nested pass runs on another thread, whose hooks need the lock.
    const GilRelease unlocked;
    found = Engine::execute(
        roots, std::move(grads), keep_graph, create_graph, accumulate, outputs);
  }
  if (accumulate || !p.has(4)) {
    Py_RETURN_NONE;
  }
  return gradients_of(found, p[4], p.boolean_or(5, false));
  END_HANDLE_TH_ERRORS
}

struct PythonCallback final : autograd::EngineCallback {
  explicit PythonCallback(PyObject* function) : callable(function) {}
  void run() override {
    const GilAcquire gil;
    checked(PyObject_CallNoArgs(callable.get()));
  }
  SafeRef callable;
};

PyObject* queue_callback(PyObject*, PyObject* function) {
  HANDLE_TH_ERRORS
  Engine::queue_callback(std::make_unique<PythonCallback>(function));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}
// A reentrant checkpoint fills .grad of leaves, which grad() must not.
PyObject* is_checkpoint_valid(PyObject*, PyObject*) {
  return new_bool(!Engine::is_restricted());
}

PyMethodDef engine_methods[] = {
    {"run_backward",
     as_method(run_backward),
     METH_VARARGS | METH_KEYWORDS,
     nullptr},
    {"queue_callback", queue_callback, METH_O, nullptr},
    {"is_checkpoint_valid", is_checkpoint_valid, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot engine_slots[] = {
    {Py_tp_methods, engine_methods},
    {Py_tp_new, as_slot(PyType_GenericNew)},
    {0, nullptr}};
PyType_Spec engine_spec = {
    "torch._C._EngineBase",
    sizeof(PyObject),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    engine_slots};

// ---- modes

bool unpack_flag(PyObject* o, const char* function) {
  TORCH_CHECK_TYPE(
      PyBool_Check(o),
      function,
      "(): argument 'enabled' (position 1) must be bool, not ",
      Py_TYPE(o)->tp_name);
  return o == Py_True;
}

PyObject* set_grad_enabled(PyObject*, PyObject* enabled) {
  HANDLE_TH_ERRORS
  c10::GradMode::set_enabled(unpack_flag(enabled, "set_grad_enabled"));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}
PyObject* is_grad_enabled(PyObject*, PyObject*) {
  return new_bool(c10::GradMode::is_enabled());
}
PyObject* is_inference_mode_enabled(PyObject*, PyObject*) {
  return new_bool(c10::tls_state.inference_mode);
}

// Context managers that save the thread's dispatch state and restore it.
struct ScopeObject {
  PyObject_HEAD
  c10::ThreadLocalState saved;
  bool flag;
};
PyObject* scope_exit(PyObject* self, PyObject*) {
  c10::tls_state = reinterpret_cast<ScopeObject*>(self)->saved;
  Py_RETURN_FALSE;
}

PyObject* inference_new(PyTypeObject* type, PyObject* args, PyObject*) {
  int flag = 1;
  if (!PyArg_ParseTuple(args, "|p", &flag)) {
    return nullptr;
  }
  PyObject* made = type->tp_alloc(type, 0);
  if (made) {
    reinterpret_cast<ScopeObject*>(made)->flag = flag != 0;
  }
  return made;
}
PyObject* inference_enter(PyObject* self, PyObject*) {
  auto* scope = reinterpret_cast<ScopeObject*>(self);
  scope->saved = c10::tls_state;
  if (scope->flag || c10::tls_state.inference_mode) {
    c10::tls_state.inference_mode = scope->flag;
    c10::GradMode::set_enabled(!scope->flag);
  }
  Py_RETURN_NONE;
}
PyObject* below_autograd_enter(PyObject* self, PyObject*) {
  reinterpret_cast<ScopeObject*>(self)->saved = c10::tls_state;
  c10::tls_state.excluded =
      c10::tls_state.excluded | c10::DispatchKey::Autograd;
  Py_RETURN_NONE;
}

PyMethodDef inference_methods[] = {
    {"__enter__", inference_enter, METH_NOARGS, nullptr},
    {"__exit__", scope_exit, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyMethodDef below_methods[] = {
    {"__enter__", below_autograd_enter, METH_NOARGS, nullptr},
    {"__exit__", scope_exit, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot inference_slots[] = {
    {Py_tp_methods, inference_methods},
    {Py_tp_new, as_slot(inference_new)},
    {0, nullptr}};
PyType_Slot below_slots[] = {
    {Py_tp_methods, below_methods},
    {Py_tp_new, as_slot(PyType_GenericNew)},
    {0, nullptr}};
PyType_Spec inference_spec = {
    "torch._C._InferenceMode",
    sizeof(ScopeObject),
    0,
    Py_TPFLAGS_DEFAULT,
    inference_slots};
PyType_Spec below_spec = {
    "torch._C._AutoDispatchBelowAutograd",
    sizeof(ScopeObject),
    0,
    Py_TPFLAGS_DEFAULT,
    below_slots};

// ---- anomaly mode

// The dict of node.metadata; anomaly mode keeps the forward call in it.
struct PythonMetadata final : autograd::AnomalyMetadata {
  PythonMetadata() : dict(PyRef(check(PyDict_New())).get()) {}

  void store_stack() override {
    const GilAcquire gil;
    PyRef module = checked(PyImport_ImportModule("traceback"));
    PyRef stack = checked(
        PyObject_CallMethod(module.get(), "format_stack", nullptr));
    check_status(PyDict_SetItemString(dict.get(), "traceback_", stack.get()));
  }
  void print_stack(const std::string& node_name) override {
    const GilAcquire gil;
    PyObject* stack = PyDict_GetItemString(dict.get(), "traceback_");
    if (!stack) {
      TORCH_WARN(
          "Error detected in ",
          node_name,
          ". No forward pass information available. Enable detect anomaly "
          "during forward pass for more information.");
      return;
    }
    PyRef empty = checked(new_string(""));
    PyRef text = checked(PyUnicode_Join(empty.get(), stack));
    TORCH_WARN(
        "Error detected in ",
        node_name,
        ". Traceback of forward call that caused the error:\n",
        PyUnicode_AsUTF8(text.get()));
  }
  void assign_parent(const c10::intrusive_ptr<Node>& parent) override {
    const GilAcquire gil;
    PyRef node(wrap_node(parent.get()));
    check_status(PyDict_SetItemString(dict.get(), "parent_", node.get()));
  }

  SafeRef dict;
};

std::unique_ptr<autograd::AnomalyMetadata> make_metadata() {
  const GilAcquire gil;
  return std::make_unique<PythonMetadata>();
}

PyObject* set_anomaly_enabled(PyObject*, PyObject* args) {
  int enabled = 0, check_nan = 1;
  if (!PyArg_ParseTuple(args, "p|p", &enabled, &check_nan)) {
    return nullptr;
  }
  autograd::anomaly_mode.enabled = enabled != 0;
  autograd::anomaly_mode.check_nan = check_nan != 0;
  Py_RETURN_NONE;
}
PyObject* is_anomaly_enabled(PyObject*, PyObject*) {
  return new_bool(autograd::anomaly_mode.enabled);
}
PyObject* is_anomaly_check_nan(PyObject*, PyObject*) {
  return new_bool(autograd::anomaly_mode.check_nan);
}

// ---- small things

PyObject* current_graph_task_id(PyObject*, PyObject*) {
  return PyLong_FromLongLong(Engine::current_graph_task_id());
}

// Whether the backward pass that is running will come to the node.
PyObject* will_execute(PyObject*, PyObject* node) {
  HANDLE_TH_ERRORS
  TORCH_CHECK(
      Engine::is_running(),
      "_get_should_execute_nodes should only be called during the backward "
      "pass");
  const Edge edge(unpack_node(node)->self(), 0);
  return new_bool(autograd::needed_by_task(edge));
  END_HANDLE_TH_ERRORS
}

PyObject* increment_version(PyObject*, PyObject* tensors) {
  HANDLE_TH_ERRORS
  for (const Tensor& t : unpack_variables(tensors)) {
    t.unsafe_impl()->bump_version();
  }
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

template <void (c10::TensorImpl::*kSet)(bool)>
PyObject* set_bit(PyObject*, PyObject* args) {
  HANDLE_TH_ERRORS
  PyObject* tensor;
  int value = 0;
  if (!PyArg_ParseTuple(
          args, "O!p", &TensorBaseType, &tensor, &value)) {
    return nullptr;
  }
  (unpack(tensor).unsafe_impl()->*kSet)(value != 0);
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_set_grad_enabled", set_grad_enabled, METH_O, nullptr},
    {"is_grad_enabled", is_grad_enabled, METH_NOARGS, nullptr},
    {"is_inference_mode_enabled",
     is_inference_mode_enabled,
     METH_NOARGS,
     nullptr},
    {"set_anomaly_enabled", set_anomaly_enabled, METH_VARARGS, nullptr},
    {"is_anomaly_enabled", is_anomaly_enabled, METH_NOARGS, nullptr},
    {"is_anomaly_check_nan_enabled",
     is_anomaly_check_nan,
     METH_NOARGS,
     nullptr},
    {"_current_graph_task_id", current_graph_task_id, METH_NOARGS, nullptr},
    {"_will_engine_execute_node", will_execute, METH_O, nullptr},
    {"_increment_version", increment_version, METH_O, nullptr},
    {"_set_conj",
     set_bit<&c10::TensorImpl::set_conj>,
     METH_VARARGS,
     nullptr},
    {"_set_neg", set_bit<&c10::TensorImpl::set_neg>, METH_VARARGS, nullptr}};
const TopicBindings bind_functions("torch._C", functions);

void add_type(PyObject* module, PyType_Spec& spec, const char* name) {
  PyRef type = checked(PyType_FromSpec(&spec));
  check_status(PyObject_SetAttrString(module, name, type.get()));
}

} // namespace

PyObject* metadata_of(Node& node) {
  auto& anomaly = node.make_extras().anomaly;
  if (!anomaly) {
    anomaly = make_metadata();
  }
  auto* own = dynamic_cast<PythonMetadata*>(anomaly.get());
  return own ? new_ref(own->dict.get()) : check(PyDict_New());
}

void init_autograd(PyObject* module) {
  autograd::anomaly_mode.make = make_metadata;
  PyObject* submodule = check(PyImport_AddModule("torch._C._autograd"));
  check_status(PyObject_SetAttrString(module, "_autograd", submodule));
  init_saved_tensors(submodule);
  add_type(module, engine_spec, "_ImperativeEngine");
  add_type(module, inference_spec, "_InferenceMode");
  add_type(module, below_spec, "_AutoDispatchBelowAutograd");
}

} // namespace torch::python

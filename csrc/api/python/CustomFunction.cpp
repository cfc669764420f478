#include "api/python/CustomFunction.h"

#include <structmember.h>

#include <algorithm>
#include <set>

#include "api/python/Autograd.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/SavedTensors.h"
#include "autograd/AutogradMeta.h"
#include "autograd/GeneratedCodeSupport.h"
#include "autograd/SavedVariable.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace torch::python {
namespace {

using at::Tensor;
using autograd::Edge;
using autograd::Node;
using autograd::SavedVariable;
using autograd::variable_list;

constexpr const char* kFreed =
    "Trying to backward through the graph a second time (or directly access "
    "saved tensors after they have already been freed). Saved intermediate "
    "values of the graph are freed when you call .backward() or "
    "autograd.grad(). Specify retain_graph=True if you need to backward "
    "through the graph a second time or if you need to access saved tensors "
    "after calling backward.";

struct FunctionObject;

// Owns its context object; the context refers back weakly.
struct PyNode final : Node {
  explicit PyNode(PyObject* context) : object(new_ref(context)) {}
  ~PyNode() override { drop_context(); }
  variable_list apply(variable_list&& grads) override;
  std::string name() const override {
    const GilAcquire gil;
    const std::string full = Py_TYPE(object)->tp_name;
    return full.substr(full.rfind('.') + 1);
  }
  void release_variables() override;

  void drop_context() {
    if (object && Py_IsInitialized()) {
      const GilAcquire gil;
      Py_CLEAR(object);
    }
  }
  // The context holds this node weakly: it must go before the memory does.
  void release_resources() override {
    Node::release_resources();
    drop_context();
  }

  PyObject* object;
  std::vector<bool> is_tensor_input; // one per argument of forward
  std::vector<SavedVariable> saved;
  bool freed = false;
};

// What users set through the attributes of `ctx`; all may be null.
struct FunctionObject {
  PyObject_HEAD
  c10::weak_intrusive_ptr<Node> node;
  PyObject* to_save;
  PyObject* non_differentiable;
  PyObject* dirty_tensors;
  PyObject* saved_for_forward;
  PyObject* needs_input_grad;
  bool materialize_grads;
};

PyTypeObject* FunctionBaseType;

FunctionObject* as_function(PyObject* o) {
  return reinterpret_cast<FunctionObject*>(o);
}

PyNode& py_node(const c10::intrusive_ptr<Node>& node) {
  return *static_cast<PyNode*>(node.get());
}

// ---- backward

PyRef gradient_argument(
    const Tensor& grad,
    const autograd::InputMetadata& meta,
    bool materialize) {
  if (!grad.defined() && materialize && meta.defined()) {
    return PyRef(wrap(at::zeros(meta.sizes(), meta.options())));
  }
  return PyRef(wrap(grad));
}

// backward may return too many Nones, as forward may have had defaults.
PyRef gradients_as_tuple(PyObject* result, size_t expected) {
  PyRef tuple = PyTuple_Check(result) ? PyRef::borrowed(result)
                                      : checked(PyTuple_Pack(1, result));
  const auto n = static_cast<size_t>(PyTuple_GET_SIZE(tuple.get()));
  for (size_t i = expected; i < n; ++i) {
    if (PyTuple_GET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i)) != Py_None) {
      return tuple;
    }
  }
  return n > expected ? checked(PyTuple_GetSlice(
                            tuple.get(), 0, static_cast<Py_ssize_t>(expected)))
                      : tuple;
}

variable_list PyNode::apply(variable_list&& grads) {
  const GilAcquire gil;
  const bool materialize = as_function(object)->materialize_grads;
  PyRef args = checked(PyTuple_New(static_cast<Py_ssize_t>(grads.size())));
  for (size_t i = 0; i < grads.size(); ++i) {
    PyTuple_SET_ITEM(
        args.get(),
        static_cast<Py_ssize_t>(i),
        gradient_argument(grads[i], input_metadata(i), materialize).release());
  }
  PyRef function = checked(PyObject_GetAttrString(object, "apply"));
  PyRef result = checked(PyObject_CallObject(function.get(), args.get()));
  const size_t expected = is_tensor_input.size();
  PyRef tuple = gradients_as_tuple(result.get(), expected);
  const auto n = static_cast<size_t>(PyTuple_GET_SIZE(tuple.get()));
  TORCH_CHECK(
      n == expected, "function ", name(),
      " returned an incorrect number of gradients (expected ", expected,
      ", got ", n, ")");
  variable_list outputs;
  for (size_t i = 0; i < n; ++i) {
    PyObject* grad = PyTuple_GET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i));
    if (!is_tensor_input[i]) {
      TORCH_CHECK(
          grad == Py_None, "function ", name(),
          " returned a gradient different than None at position ", i + 1,
          ", but the corresponding forward input was not a Variable");
      continue;
    }
    TORCH_CHECK(
        grad == Py_None || is_tensor(grad),
        "expected Variable or None (got ", Py_TYPE(grad)->tp_name, ")");
    outputs.push_back(grad == Py_None ? Tensor() : unpack(grad));
  }
  return outputs;
}

void PyNode::release_variables() {
  const GilAcquire gil;
  saved.clear();
  freed = true;
}

// ---- forward

struct Inputs {
  PyRef args; // as given, a tuple
  std::vector<bool> is_tensor;
  std::set<at::TensorImpl*> tensors;
  bool requires_grad = false;
};

Inputs read_inputs(PyObject* args, PyNode& node, FunctionObject* context) {
  Inputs inputs;
  inputs.args = PyRef::borrowed(args);
  const Py_ssize_t n = PyTuple_GET_SIZE(args);
  PyRef needs = checked(PyTuple_New(n));
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject* arg = PyTuple_GET_ITEM(args, i);
    const bool tensor = is_tensor(arg);
    const bool needed = tensor && unpack(arg).requires_grad();
    inputs.is_tensor.push_back(tensor);
    inputs.requires_grad |= needed;
    if (tensor) {
      inputs.tensors.insert(unpack(arg).unsafe_impl());
    }
    PyTuple_SET_ITEM(needs.get(), i, new_bool(needed));
  }
  inputs.requires_grad &= c10::GradMode::is_enabled();
  for (Py_ssize_t i = 0; inputs.requires_grad && i < n; ++i) {
    PyObject* arg = PyTuple_GET_ITEM(args, i);
    if (is_tensor(arg)) {
      node.add_next_edge(autograd::gradient_edge(unpack(arg)));
    }
  }
  node.is_tensor_input = inputs.is_tensor;
  Py_XDECREF(std::exchange(context->needs_input_grad, needs.release()));
  return inputs;
}

// setup_context is overridden: forward does not take the context.
bool has_setup_context(PyObject* cls) {
  PyRef module = checked(PyImport_ImportModule("torch.autograd.function"));
  PyRef base =
      checked(PyObject_GetAttrString(module.get(), "_SingleLevelFunction"));
  PyRef own = checked(PyObject_GetAttrString(cls, "setup_context"));
  PyRef inherited =
      checked(PyObject_GetAttrString(base.get(), "setup_context"));
  return own.get() != inherited.get();
}

PyRef call_forward(
    PyObject* cls,
    PyObject* context,
    PyObject* args,
    PyObject* kwargs) {
  const c10::AutoGradMode no_grad(false);
  PyRef forward = checked(PyObject_GetAttrString(cls, "forward"));
  if (has_setup_context(cls)) {
    PyRef output = checked(PyObject_Call(forward.get(), args, kwargs));
    checked(PyObject_CallMethod(
        cls, "setup_context", "OOO", context, args, output.get()));
    return output;
  }
  PyRef first = checked(PyTuple_Pack(1, context));
  PyRef all = checked(PySequence_Concat(first.get(), args));
  return checked(PyObject_Call(forward.get(), all.get(), kwargs));
}

std::set<at::TensorImpl*> tensor_set(PyObject* tuple, const char* method) {
  std::set<at::TensorImpl*> found;
  if (!tuple || tuple == Py_None) {
    return found;
  }
  TORCH_CHECK_TYPE(
      PyTuple_Check(tuple),
      "autograd internal error: saved tensors attribute is expected to be a "
      "tuple, but is ",
      Py_TYPE(tuple)->tp_name);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); ++i) {
    PyObject* item = PyTuple_GET_ITEM(tuple, i);
    if (item == Py_None) {
      continue;
    }
    TORCH_CHECK_TYPE(
        is_tensor(item), method, " only accepts variable arguments, but got ",
        Py_TYPE(item)->tp_name);
    found.insert(unpack(item).unsafe_impl());
  }
  return found;
}

// Links the outputs of forward to the node.
class OutputLinker {
 public:
  OutputLinker(
      c10::intrusive_ptr<Node> node,
      FunctionObject* context,
      const Inputs& inputs)
      : node_(std::move(node)),
        inputs_(inputs),
        dirty_(tensor_set(context->dirty_tensors, "mark_dirty")),
        plain_(tensor_set(
            context->non_differentiable, "mark_non_differentiable")) {}

  PyRef link(PyObject* output) {
    if (!is_tensor(output)) {
      if (inputs_.requires_grad) {
        node_->add_input_metadata_undefined();
      }
      return PyRef::borrowed(output);
    }
    Tensor t = unpack(output);
    at::TensorImpl* impl = t.unsafe_impl();
    const bool is_input = inputs_.tensors.count(impl) > 0;
    const bool modified = dirty_.count(impl) > 0;
    dirty_seen_ += modified;
    const bool differentiable = inputs_.requires_grad &&
        plain_.count(impl) == 0 && c10::is_differentiable_type(t.scalar_type());
    if (!differentiable) {
      return unlinked(std::move(t), is_input);
    }
    return linked(std::move(t), is_input, modified);
  }

  void check_dirty() const {
    TORCH_CHECK(
        dirty_seen_ >= dirty_.size(),
        "Some elements marked as dirty during the forward method were not "
        "returned as output. The inputs that are modified inplace must all be "
        "outputs of the Function.");
  }

 private:
  PyRef unlinked(Tensor t, bool is_input) {
    if (inputs_.requires_grad) {
      node_->add_input_metadata_undefined();
    }
    if (t.requires_grad()) {
      if (is_input || t.unsafe_impl()->view_base()) {
        t = t.detach();
      } else {
        autograd::detach_inplace(t);
      }
    }
    return PyRef(wrap(std::move(t)));
  }

  PyRef linked(Tensor t, bool is_input, bool modified) {
    if (modified) {
      TORCH_CHECK(
          !(t.is_leaf() && t.requires_grad()),
          "a leaf Variable that requires grad has been used in an in-place "
          "operation.");
      autograd::rebase_history(t, node_);
      return PyRef(wrap(std::move(t)));
    }
    if (is_input) {
      // Returned as it came: a view, so that it can have its own grad_fn.
      const c10::NoGradGuard no_grad;
      t = at::alias(t);
    }
    const uint32_t number = node_->add_input_metadata(t);
    autograd::set_gradient_edge(t, Edge(node_, number));
    if (t.unsafe_impl()->view_base()) {
      // Written in place, it would lose the formula of this function.
      t.unsafe_impl()->set_creation_meta(c10::CreationMeta::CustomFunction);
    }
    return PyRef(wrap(std::move(t)));
  }

  c10::intrusive_ptr<Node> node_;
  const Inputs& inputs_;
  std::set<at::TensorImpl*> dirty_;
  std::set<at::TensorImpl*> plain_;
  size_t dirty_seen_ = 0;
};

void save_tensors(PyNode& node, FunctionObject* context) {
  PyObject* to_save = context->to_save;
  if (!to_save || to_save == Py_None) {
    return;
  }
  TORCH_CHECK_TYPE(
      PyTuple_Check(to_save),
      "saved_variables was expected to be a tuple but got ",
      Py_TYPE(to_save)->tp_name);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(to_save); ++i) {
    PyObject* item = PyTuple_GET_ITEM(to_save, i);
    if (item == Py_None) {
      node.saved.emplace_back();
      continue;
    }
    TORCH_CHECK_TYPE(
        is_tensor(item),
        "save_for_backward can only save variables, but argument ", i,
        " is of type ", Py_TYPE(item)->tp_name);
    const Tensor& t = unpack(item);
    node.saved.emplace_back(t, autograd::grad_fn_of(t) == &node);
  }
  Py_CLEAR(context->to_save);
}

PyRef link_outputs(
    PyObject* outputs,
    const c10::intrusive_ptr<Node>& node,
    FunctionObject* context,
    const Inputs& inputs) {
  OutputLinker linker(node, context, inputs);
  const Py_ssize_t n = PyTuple_GET_SIZE(outputs);
  PyRef linked = checked(PyTuple_New(n));
  int views = 0;
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyRef one = linker.link(PyTuple_GET_ITEM(outputs, i));
    views += is_tensor(one.get()) && unpack(one.get()).requires_grad();
    PyTuple_SET_ITEM(linked.get(), i, one.release());
  }
  linker.check_dirty();
  for (Py_ssize_t i = 0; views > 1 && i < n; ++i) {
    PyObject* one = PyTuple_GET_ITEM(linked.get(), i);
    if (is_tensor(one) && unpack(one).unsafe_impl()->view_base()) {
      unpack(one).unsafe_impl()->set_creation_meta(
          c10::CreationMeta::MultiOutputNode);
    }
  }
  return linked;
}

PyObject* function_apply(PyObject* cls, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  PyRef backward_class = checked(PyObject_GetAttrString(cls, "_backward_cls"));
  PyRef context = checked(PyObject_CallNoArgs(backward_class.get()));
  TORCH_CHECK_TYPE(
      is_custom_function(context.get()),
      "_backward_cls must derive from _FunctionBase");
  FunctionObject* function = as_function(context.get());
  auto made = c10::make_intrusive<PyNode>(context.get());
  const c10::intrusive_ptr<Node> node = made;
  function->node = c10::weak_intrusive_ptr<Node>(node);
  const Inputs inputs = read_inputs(args, *made, function);
  PyRef raw = call_forward(cls, context.get(), args, kwargs);
  const bool several = PyTuple_Check(raw.get());
  PyRef outputs = several ? raw : checked(PyTuple_Pack(1, raw.get()));
  PyRef linked = link_outputs(outputs.get(), node, function, inputs);
  if (inputs.requires_grad) {
    save_tensors(*made, function);
  } else {
    Py_CLEAR(function->to_save);
  }
  Py_CLEAR(function->non_differentiable);
  Py_CLEAR(function->dirty_tensors);
  return several ? linked.release()
                 : new_ref(PyTuple_GET_ITEM(linked.get(), 0));
  END_HANDLE_TH_ERRORS
}

// ---- the context type

PyObject* function_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* made = type->tp_alloc(type, 0);
  if (made) {
    new (&as_function(made)->node) c10::weak_intrusive_ptr<Node>();
    as_function(made)->materialize_grads = true;
  }
  return made;
}

int function_traverse(PyObject* self, visitproc visit, void* arg) {
  FunctionObject* f = as_function(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(f->to_save);
  Py_VISIT(f->non_differentiable);
  Py_VISIT(f->dirty_tensors);
  Py_VISIT(f->saved_for_forward);
  Py_VISIT(f->needs_input_grad);
  return 0;
}
int function_clear(PyObject* self) {
  FunctionObject* f = as_function(self);
  Py_CLEAR(f->to_save);
  Py_CLEAR(f->non_differentiable);
  Py_CLEAR(f->dirty_tensors);
  Py_CLEAR(f->saved_for_forward);
  Py_CLEAR(f->needs_input_grad);
  return 0;
}
void function_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  function_clear(self);
  as_function(self)->node.~weak_intrusive_ptr();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* function_name(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  return new_string(node_of_function(self)->name());
  END_HANDLE_TH_ERRORS
}
PyObject* function_sequence_nr(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  return PyLong_FromUnsignedLongLong(node_of_function(self)->sequence_nr());
  END_HANDLE_TH_ERRORS
}
PyObject* function_register_hook(PyObject* self, PyObject* hook) {
  HANDLE_TH_ERRORS
  return register_post_hook(*node_of_function(self), hook);
  END_HANDLE_TH_ERRORS
}
PyObject* function_register_prehook(PyObject* self, PyObject* hook) {
  HANDLE_TH_ERRORS
  return register_pre_hook(*node_of_function(self), hook);
  END_HANDLE_TH_ERRORS
}
PyObject* function_register_hook_dict(PyObject*, PyObject* tensor) {
  HANDLE_TH_ERRORS
  return register_hook_dict(tensor);
  END_HANDLE_TH_ERRORS
}
PyObject* function_clear_saved(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  node_of_function(self)->release_variables();
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

template <bool kRaw>
PyObject* get_saved(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  const auto node = as_function(self)->node.lock();
  if (!node) {
    return PyTuple_New(0);
  }
  PyNode& own = py_node(node);
  TORCH_CHECK(!own.freed, kFreed);
  PyRef tuple =
      checked(PyTuple_New(static_cast<Py_ssize_t>(own.saved.size())));
  for (size_t i = 0; i < own.saved.size(); ++i) {
    PyObject* item = kRaw ? wrap_saved(own.saved[i], node)
                          : wrap(own.saved[i].unpack(own));
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), item);
  }
  return tuple.release();
  END_HANDLE_TH_ERRORS
}

PyObject* get_next_functions(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return next_functions_of(*node_of_function(self));
  END_HANDLE_TH_ERRORS
}
PyObject* get_metadata(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return metadata_of(*node_of_function(self));
  END_HANDLE_TH_ERRORS
}
PyObject* get_input_metadata(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return input_metadata_of(*node_of_function(self));
  END_HANDLE_TH_ERRORS
}
PyObject* get_requires_grad(PyObject*, void*) { return new_bool(true); }
PyObject* get_materialize(PyObject* self, void*) {
  return new_bool(as_function(self)->materialize_grads);
}
int set_materialize(PyObject* self, PyObject* value, void*) {
  if (!value || !PyBool_Check(value)) {
    PyErr_Format(
        PyExc_TypeError,
        "set_materialize_grads() takes a bool, got %s",
        value ? Py_TYPE(value)->tp_name : "nothing");
    return -1;
  }
  as_function(self)->materialize_grads = value == Py_True;
  return 0;
}

PyMethodDef function_methods[] = {
    {"apply",
     as_method(function_apply),
     METH_CLASS | METH_VARARGS | METH_KEYWORDS,
     nullptr},
    {"name", function_name, METH_NOARGS, nullptr},
    {"_sequence_nr", function_sequence_nr, METH_NOARGS, nullptr},
    {"register_hook", function_register_hook, METH_O, nullptr},
    {"register_prehook", function_register_prehook, METH_O, nullptr},
    {"_register_hook_dict", function_register_hook_dict, METH_O, nullptr},
    {"maybe_clear_saved_tensors", function_clear_saved, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef function_properties[] = {
    {"saved_tensors", get_saved<false>, nullptr, nullptr, nullptr},
    {"saved_variables", get_saved<false>, nullptr, nullptr, nullptr},
    {"_raw_saved_tensors", get_saved<true>, nullptr, nullptr, nullptr},
    {"next_functions", get_next_functions, nullptr, nullptr, nullptr},
    {"metadata", get_metadata, nullptr, nullptr, nullptr},
    {"_input_metadata", get_input_metadata, nullptr, nullptr, nullptr},
    {"requires_grad", get_requires_grad, nullptr, nullptr, nullptr},
    {"materialize_grads", get_materialize, set_materialize, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
#define MEMBER(field) \
  { #field, T_OBJECT, offsetof(FunctionObject, field), 0, nullptr }
PyMemberDef function_members[] = {
    MEMBER(to_save),
    MEMBER(non_differentiable),
    MEMBER(dirty_tensors),
    MEMBER(saved_for_forward),
    MEMBER(needs_input_grad),
    {nullptr, 0, 0, 0, nullptr}};
PyType_Slot function_slots[] = {
    {Py_tp_new, as_slot(function_new)},
    {Py_tp_dealloc, as_slot(function_dealloc)},
    {Py_tp_traverse, as_slot(function_traverse)},
    {Py_tp_clear, as_slot(function_clear)},
    {Py_tp_methods, function_methods},
    {Py_tp_getset, function_properties},
    {Py_tp_members, function_members},
    {0, nullptr}};
PyType_Spec function_spec = {
    "torch._C._FunctionBase",
    sizeof(FunctionObject),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    function_slots};

} // namespace

bool is_custom_function(PyObject* o) {
  return FunctionBaseType && PyObject_TypeCheck(o, FunctionBaseType);
}

c10::intrusive_ptr<Node> node_of_function(PyObject* o) {
  auto node = as_function(o)->node.lock();
  TORCH_CHECK(
      node,
      "Attribute '_input_metadata' is invalid for this instance of "
      "_C._FunctionBase. Accessing this attribute directly on an instance of "
      "autograd.Function is a legacy access pattern that is no longer "
      "supported.");
  return node;
}

PyObject* python_function_of(Node* node) {
  auto* own = dynamic_cast<PyNode*>(node);
  return own ? own->object : nullptr;
}

void init_custom_function(PyObject* module) {
  PyObject* made = check(PyType_FromSpec(&function_spec));
  FunctionBaseType = reinterpret_cast<PyTypeObject*>(made);
  check_status(PyObject_SetAttrString(module, "_FunctionBase", made));
}

} // namespace torch::python

#include "api/python/Hooks.h"

#include "api/python/Autograd.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "autograd/AutogradMeta.h"

namespace torch::python {
namespace {

using at::Tensor;
using autograd::variable_list;

std::string name_of(PyObject* hook) {
  PyRef name(PyObject_GetAttrString(hook, "__name__"));
  if (!name) {
    PyErr_Clear();
    return "<unknown>";
  }
  return PyUnicode_AsUTF8(name.get());
}

// A replacement must look like what it replaces.
void check_replacement(
    const Tensor& before,
    const Tensor& after,
    PyObject* hook) {
  if (!before.defined()) {
    TORCH_CHECK(
        !after.defined(),
        "can't replace a None gradient with a non-None value");
    return;
  }
  TORCH_CHECK(
      !after.defined() || after.scalar_type() == before.scalar_type(),
      "hook '", name_of(hook), "' has changed the type of value (was ",
      before.scalar_type(), " got ", after.scalar_type(), ")");
  TORCH_CHECK(
      !after.defined() || after.device().type() == before.device().type(),
      "hook '", name_of(hook), "' has changed the device of value");
  TORCH_CHECK(
      !after.defined() || after.sizes() == before.sizes(),
      "hook '", name_of(hook), "' has changed the size of value");
}

Tensor unpack_gradient(PyObject* o) {
  if (o == Py_None) {
    return {};
  }
  TORCH_CHECK_TYPE(
      is_tensor(o),
      "expected Variable, but hook returned '",
      Py_TYPE(o)->tp_name,
      "'");
  return unpack(o);
}

// The callables of a dict; a copy, since a hook may remove itself.
PyRef hooks_of(PyObject* dict) {
  PyRef values = checked(PyObject_CallMethod(dict, "values", nullptr));
  return checked(PySequence_List(values.get()));
}

struct TensorHook final : autograd::FunctionPreHook {
  TensorHook(PyObject* hooks, uint32_t i) : dict(hooks), index(i) {}

  variable_list operator()(variable_list&& grads) override {
    const GilAcquire gil;
    PyRef hooks = hooks_of(dict.get());
    Tensor& grad = grads[index];
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks.get()); ++i) {
      PyObject* hook = PyList_GET_ITEM(hooks.get(), i);
      PyRef argument(wrap(grad));
      PyRef result = checked(
          PyObject_CallFunctionObjArgs(hook, argument.get(), nullptr));
      if (result.get() != Py_None) {
        const Tensor replacement = unpack_gradient(result.get());
        check_replacement(grad, replacement, hook);
        grad = replacement;
      }
    }
    return std::move(grads);
  }

  SafeRef dict;
  uint32_t index;
};

void replace_all(
    variable_list& values,
    const PyRef& result,
    PyObject* hook) {
  PyRef tuple = PyTuple_Check(result.get())
      ? result
      : checked(PyTuple_Pack(1, result.get()));
  TORCH_CHECK(
      PyTuple_GET_SIZE(tuple.get()) ==
          static_cast<Py_ssize_t>(values.size()),
      "hook '", name_of(hook), "' has returned an incorrect number of values "
      "(got ", PyTuple_GET_SIZE(tuple.get()), ", but expected ",
      values.size(), ")");
  for (size_t i = 0; i < values.size(); ++i) {
    PyObject* item =
        PyTuple_GET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i));
    const Tensor replacement = unpack_gradient(item);
    check_replacement(values[i], replacement, hook);
    values[i] = replacement;
  }
}

struct PreHook final : autograd::FunctionPreHook {
  explicit PreHook(PyObject* hooks) : dict(hooks) {}

  variable_list operator()(variable_list&& grads) override {
    const GilAcquire gil;
    PyRef hooks = hooks_of(dict.get());
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks.get()); ++i) {
      PyObject* hook = PyList_GET_ITEM(hooks.get(), i);
      PyRef argument = wrap_variables(grads);
      PyRef result = checked(
          PyObject_CallFunctionObjArgs(hook, argument.get(), nullptr));
      if (result.get() != Py_None) {
        replace_all(grads, result, hook);
      }
    }
    return std::move(grads);
  }

  SafeRef dict;
};

struct PostHook final : autograd::FunctionPostHook {
  explicit PostHook(PyObject* hooks) : dict(hooks) {}

  variable_list operator()(
      variable_list&& outputs,
      const variable_list& inputs) override {
    const GilAcquire gil;
    PyRef hooks = hooks_of(dict.get());
    PyRef taken = wrap_variables(inputs);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks.get()); ++i) {
      PyObject* hook = PyList_GET_ITEM(hooks.get(), i);
      PyRef given = wrap_variables(outputs);
      PyRef result = checked(PyObject_CallFunctionObjArgs(
          hook, given.get(), taken.get(), nullptr));
      if (result.get() != Py_None) {
        replace_all(outputs, result, hook);
      }
    }
    return std::move(outputs);
  }

  SafeRef dict;
};

struct AccumulateHook final : autograd::PostAccumulateGradHook {
  explicit AccumulateHook(PyObject* hooks) : dict(hooks) {}

  void operator()(const Tensor& variable) override {
    const GilAcquire gil;
    PyRef hooks = hooks_of(dict.get());
    PyRef argument(wrap(variable));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks.get()); ++i) {
      checked(PyObject_CallFunctionObjArgs(
          PyList_GET_ITEM(hooks.get(), i), argument.get(), nullptr));
    }
  }

  SafeRef dict;
};

} // namespace

SafeRef::SafeRef(PyObject* borrowed) : object_(new_ref(borrowed)) {}
SafeRef::~SafeRef() {
  if (Py_IsInitialized()) {
    const GilAcquire gil;
    Py_DECREF(object_);
  }
}

std::unique_ptr<autograd::FunctionPreHook> make_tensor_hook(
    PyObject* dict,
    uint32_t index) {
  return std::make_unique<TensorHook>(dict, index);
}
std::unique_ptr<autograd::FunctionPreHook> make_pre_hook(PyObject* dict) {
  return std::make_unique<PreHook>(dict);
}
std::unique_ptr<autograd::FunctionPostHook> make_post_hook(PyObject* dict) {
  return std::make_unique<PostHook>(dict);
}

PyObject* dict_of(autograd::FunctionPreHook* hook) {
  auto* own = dynamic_cast<PreHook*>(hook);
  return own ? own->dict.get() : nullptr;
}
PyObject* dict_of(autograd::FunctionPostHook* hook) {
  auto* own = dynamic_cast<PostHook*>(hook);
  return own ? own->dict.get() : nullptr;
}

PyRef new_hook_dict() {
  PyRef module = checked(PyImport_ImportModule("collections"));
  return checked(PyObject_CallMethod(module.get(), "OrderedDict", nullptr));
}

PyObject* add_hook(PyObject* dict, PyObject* hook) {
  PyRef module = checked(PyImport_ImportModule("torch.utils.hooks"));
  PyRef handle = checked(
      PyObject_CallMethod(module.get(), "RemovableHandle", "O", dict));
  PyRef id = checked(PyObject_GetAttrString(handle.get(), "id"));
  check_status(PyObject_SetItem(dict, id.get(), hook));
  return handle.release();
}

// ---- hooks of tensors

void set_tensor_hooks(TensorObject* self, PyObject* dict) {
  const Tensor& t = self->tensor;
  Py_XINCREF(dict);
  PyObject* old = std::exchange(self->backward_hooks, dict);
  Py_XDECREF(old);
  if (!t.is_leaf()) {
    return; // Tensor.register_hook() tells the grad_fn itself
  }
  auto* meta = autograd::get_autograd_meta(t);
  if (meta && meta->hooks) {
    meta->hooks->tensor.clear();
  }
  if (dict) {
    autograd::add_tensor_hook(t, make_tensor_hook(dict, 0));
  }
}

PyObject* post_accumulate_hooks(const Tensor& tensor) {
  auto* meta = autograd::get_autograd_meta(tensor);
  auto* hook = meta && meta->hooks
      ? dynamic_cast<AccumulateHook*>(meta->hooks->post_accumulate.get())
      : nullptr;
  return hook ? new_ref(hook->dict.get()) : new_none();
}

void set_post_accumulate_hooks(const Tensor& tensor, PyObject* dict) {
  autograd::set_post_accumulate_grad_hook(
      tensor, dict ? std::make_unique<AccumulateHook>(dict) : nullptr);
}

} // namespace torch::python

// The attributes of a tensor: x.shape, x.grad, x.T, ...
#include <vector>

#include "api/python/Autograd.h"
#include "api/python/Bindings.h"
#include "api/python/DType.h"
#include "api/python/Device.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Size.h"
#include "autograd/AutogradMeta.h"
#include "autograd/Node.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorShape.h"

namespace torch::python {
namespace {

using at::Tensor;

// ---- description

PyObject* get_shape(const Tensor& t) { return new_size(t.sizes()); }
PyObject* get_dtype(const Tensor& t) { return wrap(t.scalar_type()); }
PyObject* get_device(const Tensor& t) { return wrap(t.device()); }
PyObject* get_layout(const Tensor&) { return wrap(c10::kStrided); }
PyObject* get_ndim(const Tensor& t) { return PyLong_FromLongLong(t.dim()); }
PyObject* get_itemsize(const Tensor& t) {
  return PyLong_FromSize_t(t.itemsize());
}
PyObject* get_nbytes(const Tensor& t) { return PyLong_FromSize_t(t.nbytes()); }
PyObject* get_is_cpu(const Tensor& t) { return new_bool(t.is_cpu()); }
PyObject* get_is_cuda(const Tensor& t) { return new_bool(t.is_cuda()); }
PyObject* get_is_meta(const Tensor& t) { return new_bool(t.is_meta()); }
PyObject* get_false(const Tensor&) { return new_bool(false); }
PyObject* get_version(const Tensor& t) {
  return PyLong_FromUnsignedLong(t._version());
}
// ---- views

PyObject* get_T(const Tensor& t) { return wrap(at::numpy_T(t)); }
PyObject* get_H(const Tensor& t) { return wrap(at::matrix_H(t)); }
PyObject* get_mT(const Tensor& t) { return wrap(at::mT(t)); }
PyObject* get_mH(const Tensor& t) { return wrap(at::mH(t)); }
PyObject* get_real(const Tensor& t) { return wrap(at::real(t)); }
PyObject* get_imag(const Tensor& t) { return wrap(at::imag(t)); }

// ---- autograd

PyObject* get_requires_grad(const Tensor& t) {
  return new_bool(t.requires_grad());
}
PyObject* get_is_leaf(const Tensor& t) { return new_bool(t.is_leaf()); }
PyObject* get_grad_fn(const Tensor& t) {
  return wrap_node(autograd::grad_fn_of(t));
}
PyObject* get_retains_grad(const Tensor& t) {
  return new_bool(!t.is_leaf() && autograd::retains_grad(t));
}
PyObject* get_output_nr(const Tensor& t) {
  const auto* meta = autograd::get_autograd_meta(t);
  return PyLong_FromUnsignedLong(meta ? meta->output_nr : 0);
}
PyObject* get_base(const Tensor& t) {
  const auto& base = t.unsafe_impl()->view_base();
  return wrap(base ? Tensor(base) : Tensor());
}
PyObject* get_grad(const Tensor& t) {
  if (!t.is_leaf() && !autograd::retains_grad(t) && !t.grad().defined()) {
    TORCH_WARN(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being "
        "accessed. Its .grad attribute won't be populated during "
        "autograd.backward(). If you indeed want the .grad field to be "
        "populated for a non-leaf Tensor, use .retain_grad() on the non-leaf "
        "Tensor. If you access the non-leaf Tensor by mistake, make sure you "
        "access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/"
        "30531 for more information.");
  }
  return wrap(t.grad());
}
// x.data: the same memory, no history, a version counter of its own.
PyObject* get_data(const Tensor& t) {
  auto impl = t.unsafe_impl()->shallow_copy();
  impl->remove_key(c10::DispatchKey::Autograd);
  impl->set_private_version(0);
  return wrap(Tensor(std::move(impl)));
}

// ---- setters

// Setters are not deleters, except where noted.
void refuse_delete(PyObject* value, const char* name) {
  TORCH_CHECK(value, "Deleting '", name, "' is not supported");
}

const char* dtype_in_c(c10::ScalarType type) {
  switch (type) {
    case c10::ScalarType::Byte:
      return "unsigned char";
    case c10::ScalarType::Char:
      return "signed char";
    case c10::ScalarType::Short:
      return "short int";
    case c10::ScalarType::Int:
      return "int";
    case c10::ScalarType::Long:
      return "long int";
    case c10::ScalarType::Float:
      return "float";
    case c10::ScalarType::Double:
      return "double";
    case c10::ScalarType::Bool:
      return "bool";
    case c10::ScalarType::Half:
      return "c10::Half";
    case c10::ScalarType::BFloat16:
      return "c10::BFloat16";
    case c10::ScalarType::ComplexFloat:
      return "c10::complex<float>";
    default:
      return "c10::complex<double>";
  }
}

void check_gradient(const Tensor& t, const Tensor& grad) {
  TORCH_CHECK(
      grad.scalar_type() == t.scalar_type(),
      "attempting to assign a gradient with dtype '",
      dtype_in_c(grad.scalar_type()),
      "' to a tensor with grad_dtype '",
      t.scalar_type(),
      "'. The gradient must match the tensor's grad_dtype (defaults to the "
      "tensor's dtype). You can set the tensor's grad_dtype attribute with a "
      "specific dtype, or None to allow any dtype. Set grad_dtype with "
      "caution. Diverging the dtypes of a tensor and its gradient may break "
      "downstream systems that assume they match.");
  TORCH_CHECK(
      grad.device() == t.device(),
      "attempting to assign a gradient with device type '",
      c10::device_type_name(grad.device().type()),
      "' to a tensor with device type '",
      c10::device_type_name(t.device().type()),
      "'. Please ensure that the gradient and the tensor are on the same "
      "device");
  TORCH_CHECK(
      grad.sizes() == t.sizes(),
      "attempting to assign a gradient of size '",
      grad.sizes(),
      "' to a tensor of size '",
      t.sizes(),
      "'. Please ensure that the gradient and the tensor are the same size");
}

int set_grad(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  if (!is_plain(self) && overridden(self) && value) {
    PyRef done = checked(dispatch_property(self, "grad", value));
    return 0;
  }
  Tensor& t = unpack_mutable(self);
  if (!value || value == Py_None) { // `del x.grad` clears it as well
    if (t.grad().defined()) {
      t.mutable_grad().reset();
    }
    return 0;
  }
  TORCH_CHECK_TYPE(
      is_tensor(value),
      "assigned grad expected to be a Tensor or None but got grad of type ",
      Py_TYPE(value)->tp_name);
  const Tensor& grad = unpack(value);
  TORCH_CHECK(
      !grad.is_same(t), "can't assign Variable as its own grad");
  check_gradient(t, grad);
  t.mutable_grad() = grad;
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}

int set_requires_grad(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  if (!is_plain(self) && overridden(self) && value) {
    PyRef done = checked(dispatch_property(self, "requires_grad", value));
    return 0;
  }
  TORCH_CHECK(value && PyBool_Check(value), "requires_grad must be a bool");
  change_requires_grad(unpack_mutable(self), value == Py_True);
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}

int set_data(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  refuse_delete(value, "data");
  if (!is_plain(self) && overridden(self)) {
    PyRef done = checked(dispatch_property(self, "data", value));
    return 0;
  }
  TORCH_CHECK_TYPE(
      is_tensor(value),
      "Variable data has to be a tensor, but got ",
      Py_TYPE(value)->tp_name);
  Tensor& t = unpack_mutable(self);
  const Tensor& data = unpack(value);
  TORCH_CHECK(
      !t.requires_grad() || c10::is_differentiable_type(data.scalar_type()),
      "data set to a tensor that requires gradients must be floating point or "
      "complex dtype");
  const uint32_t version = t._version();
  const auto accumulator = autograd::try_get_grad_accumulator(t);
  if (accumulator &&
      (data.scalar_type() != t.scalar_type() ||
       data.device() != t.device() || data.sizes() != t.sizes())) {
    // Its expectations about gradients no longer hold: made anew when needed.
    autograd::get_autograd_meta(t)->grad_accumulator = {};
  }
  t.unsafe_impl()->shallow_copy_from(*data.unsafe_impl());
  t.unsafe_impl()->set_private_version(version);
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}

int set_grad_fn(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  refuse_delete(value, "_grad_fn");
  TORCH_CHECK(value == Py_None, "_grad_fn can be only set to None");
  autograd::detach_inplace(unpack(self));
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}

template <Tensor (*kView)(const Tensor&)>
int set_part(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  refuse_delete(value, "part");
  Tensor part = kView(unpack(self));
  if (is_tensor(value)) {
    part.copy_(unpack(value));
  } else {
    part.copy_(number_tensor(value));
  }
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}

PyObject* get_backward_hooks(PyObject* self, void*) {
  PyObject* hooks = reinterpret_cast<TensorObject*>(self)->backward_hooks;
  return hooks ? new_ref(hooks) : new_none();
}
int set_backward_hooks(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  set_tensor_hooks(
      reinterpret_cast<TensorObject*>(self),
      value == Py_None ? nullptr : value);
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}
PyObject* get_post_hooks(PyObject* self, void*) {
  HANDLE_TH_ERRORS
  return post_accumulate_hooks(unpack(self));
  END_HANDLE_TH_ERRORS
}
int set_post_hooks(PyObject* self, PyObject* value, void*) {
  HANDLE_TH_ERRORS
  set_post_accumulate_hooks(
      unpack(self), !value || value == Py_None ? nullptr : value);
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}
PyObject* get_cdata(PyObject* self, void*) {
  return PyLong_FromVoidPtr(unpack(self).unsafe_impl());
}

#define PROPERTY(name, get, set)                                   \
  {                                                                \
    name, [](PyObject* self, void*) -> PyObject* {                 \
      HANDLE_TH_ERRORS                                             \
      if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) {     \
        return dispatch_property(self, name);                      \
      }                                                            \
      return get(unpack(self));                                    \
      END_HANDLE_TH_ERRORS                                         \
    },                                                             \
        set, nullptr, nullptr                                      \
  }

} // namespace

std::vector<PyGetSetDef> tensor_properties() {
  return {
      PROPERTY("shape", get_shape, nullptr),
      PROPERTY("dtype", get_dtype, nullptr),
      PROPERTY("device", get_device, nullptr),
      PROPERTY("layout", get_layout, nullptr),
      PROPERTY("ndim", get_ndim, nullptr),
      PROPERTY("itemsize", get_itemsize, nullptr),
      PROPERTY("nbytes", get_nbytes, nullptr),
      PROPERTY("is_cpu", get_is_cpu, nullptr),
      PROPERTY("is_cuda", get_is_cuda, nullptr),
      PROPERTY("is_meta", get_is_meta, nullptr),
      PROPERTY("is_sparse", get_false, nullptr),
      PROPERTY("is_sparse_csr", get_false, nullptr),
      PROPERTY("is_mkldnn", get_false, nullptr),
      PROPERTY("is_quantized", get_false, nullptr),
      PROPERTY("is_nested", get_false, nullptr),
      PROPERTY("is_mps", get_false, nullptr),
      PROPERTY("is_xla", get_false, nullptr),
      PROPERTY("is_xpu", get_false, nullptr),
      PROPERTY("is_vulkan", get_false, nullptr),
      PROPERTY("is_ipu", get_false, nullptr),
      PROPERTY("is_mtia", get_false, nullptr),
      PROPERTY("is_maia", get_false, nullptr),
      PROPERTY("_version", get_version, nullptr),
      PROPERTY("T", get_T, nullptr),
      PROPERTY("H", get_H, nullptr),
      PROPERTY("mT", get_mT, nullptr),
      PROPERTY("mH", get_mH, nullptr),
      PROPERTY("real", get_real, set_part<at::real>),
      PROPERTY("imag", get_imag, set_part<at::imag>),
      PROPERTY("requires_grad", get_requires_grad, set_requires_grad),
      PROPERTY("is_leaf", get_is_leaf, nullptr),
      PROPERTY("grad_fn", get_grad_fn, nullptr),
      PROPERTY("_grad_fn", get_grad_fn, set_grad_fn),
      PROPERTY("grad", get_grad, set_grad),
      PROPERTY("_grad", get_grad, set_grad),
      PROPERTY("data", get_data, set_data),
      PROPERTY("retains_grad", get_retains_grad, nullptr),
      PROPERTY("output_nr", get_output_nr, nullptr),
      PROPERTY("_base", get_base, nullptr),
      {"_backward_hooks",
       get_backward_hooks,
       set_backward_hooks,
       nullptr,
       nullptr},
      {"_post_accumulate_grad_hooks",
       get_post_hooks,
       set_post_hooks,
       nullptr,
       nullptr},
      {"_cdata", get_cdata, nullptr, nullptr, nullptr}};
}

} // namespace torch::python

// Methods of a tensor that are no operators: x.size(), x.data_ptr(), ...
#include <array>

#include "api/python/ArgParser.h"
#include "api/python/Autograd.h"
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Numpy.h"
#include "api/python/Size.h"
#include "api/python/Storage.h"
#include "api/python/TensorNew.h"
#include "api/python/TypeNames.h"
#include "autograd/AutogradMeta.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorShape.h"

namespace torch::python {
namespace {

using at::Tensor;

#define RETURN_OVERRIDE(self, name)                        \
  if (C10_UNLIKELY(!is_plain(self)) && overridden(self)) { \
    return call_override(self, name);                      \
  }

// ---- geometry: x.size(), x.size(dim), x.stride()

constexpr Param dim_param[] = {{"dim", ArgType::Int}};
constexpr Signature dim_signatures[] = {Signature(), Signature(dim_param)};
constexpr Function size_info("size", dim_signatures, "Tensor");
constexpr Function stride_info("stride", dim_signatures, "Tensor");

PyObject* method_size(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  if (nargs == 0 && !kwnames && is_plain(self)) {
    return new_size(unpack(self).sizes());
  }
  const ParsedArgs<1> p(size_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return p.signature() == 0
      ? new_size(unpack(self).sizes())
      : PyLong_FromLongLong(unpack(self).size(p.integer(0)));
  END_HANDLE_TH_ERRORS
}

PyObject* method_stride(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<1> p(stride_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return p.signature() == 0
      ? new_int_tuple(unpack(self).strides())
      : PyLong_FromLongLong(unpack(self).stride(p.integer(0)));
  END_HANDLE_TH_ERRORS
}

constexpr Param format_param[] = {
    {"memory_format",
     ArgType::MemoryFormat,
     kOptional | kKeyword,
     "torch.contiguous_format"}};
constexpr Signature format_signature[] = {Signature(format_param)};
constexpr Function is_contiguous_info(
    "is_contiguous", format_signature, "Tensor");

PyObject* method_is_contiguous(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<1> p(is_contiguous_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return new_bool(unpack(self).is_contiguous(
      p.memory_format_or(0, c10::MemoryFormat::Contiguous)));
  END_HANDLE_TH_ERRORS
}

// ---- one value without arguments

PyObject* get_dim(const Tensor& t) { return PyLong_FromLongLong(t.dim()); }
PyObject* get_numel(const Tensor& t) { return PyLong_FromLongLong(t.numel()); }
PyObject* get_offset(const Tensor& t) {
  return PyLong_FromLongLong(t.storage_offset());
}
PyObject* get_element_size(const Tensor& t) {
  return PyLong_FromSize_t(t.itemsize());
}
PyObject* get_data_ptr(const Tensor& t) {
  return PyLong_FromVoidPtr(t.data_ptr());
}
PyObject* get_device_index(const Tensor& t) {
  return PyLong_FromLong(t.device().index());
}
PyObject* get_is_floating_point(const Tensor& t) {
  return new_bool(t.is_floating_point());
}
PyObject* get_is_complex(const Tensor& t) { return new_bool(t.is_complex()); }
PyObject* get_is_signed(const Tensor& t) {
  return new_bool(c10::is_signed_type(t.scalar_type()));
}
PyObject* get_is_inference(const Tensor& t) {
  return new_bool(t.unsafe_impl()->is_inference());
}
PyObject* get_is_conj(const Tensor& t) {
  return new_bool(t.unsafe_impl()->is_conj());
}
PyObject* get_is_neg(const Tensor& t) {
  return new_bool(t.unsafe_impl()->is_neg());
}
PyObject* get_is_view(const Tensor& t) {
  return new_bool(t.unsafe_impl()->view_base().defined());
}
PyObject* get_untyped_storage(const Tensor& t) {
  return wrap_storage(t.storage());
}
PyObject* get_is_zerotensor(const Tensor&) { return new_bool(false); }

// The property-like methods above, each as a METH_NOARGS function that knows
// its name for __torch_function__.
#define NOARGS(name, get)                                                     \
  {                                                                           \
    name, [](PyObject* self, PyObject*) -> PyObject* {                        \
      HANDLE_TH_ERRORS                                                        \
      RETURN_OVERRIDE(self, name)                                             \
      return get(unpack(self));                                               \
      END_HANDLE_TH_ERRORS                                                    \
    },                                                                        \
        METH_NOARGS, nullptr                                                  \
  }

// ---- autograd switches

constexpr Param requires_grad_param[] = {
    {"requires_grad", ArgType::Bool, kOptional, "True"}};
constexpr Signature requires_grad_signature[] = {
    Signature(requires_grad_param)};
constexpr Function requires_grad_info(
    "requires_grad_", requires_grad_signature, "Tensor");

PyObject* method_requires_grad_(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<1> p(requires_grad_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  autograd::set_requires_grad(unpack_mutable(self), p.boolean_or(0, true));
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

PyObject* method_retain_grad(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  RETURN_OVERRIDE(self, "retain_grad")
  autograd::retain_grad(unpack(self));
  Py_RETURN_NONE;
  END_HANDLE_TH_ERRORS
}

PyObject* method_detach_(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  RETURN_OVERRIDE(self, "detach_")
  autograd::detach_inplace(unpack(self));
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

// ---- conversions

constexpr Param numpy_param[] = {
    {"force", ArgType::Bool, kOptional | kKeyword, "False"}};
constexpr Signature numpy_signature[] = {Signature(numpy_param)};
constexpr Function numpy_info("numpy", numpy_signature, "Tensor");

PyObject* method_numpy(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<1> p(numpy_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return tensor_to_numpy(unpack(self), p.boolean_or(0, false));
  END_HANDLE_TH_ERRORS
}

// x.float(), x.long(), ...: x itself where the dtype is right already.
template <c10::ScalarType kType>
PyObject* method_cast(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  static constexpr Param params[] = {
      {"memory_format",
       ArgType::MemoryFormat,
       kOptional | kNone | kKeyword,
       "None"}};
  static constexpr Signature signatures[] = {Signature(params)};
  static const std::string name = cast_name(kType);
  static const Function info(name.c_str(), signatures, "Tensor");
  const ParsedArgs<1> p(info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return wrap(at::to(
      unpack(self), kType, false, false, p.optional_memory_format(0)));
  END_HANDLE_TH_ERRORS
}
#define CAST(name, type)                                                 \
  {                                                                      \
    name, as_method(method_cast<c10::ScalarType::type>),                 \
        METH_FASTCALL | METH_KEYWORDS, nullptr                           \
  }

constexpr Param cpu_param[] = {
    {"memory_format",
     ArgType::MemoryFormat,
     kOptional | kNone | kKeyword,
     "None"}};
constexpr Signature cpu_signature[] = {Signature(cpu_param)};
constexpr Function cpu_info("cpu", cpu_signature, "Tensor");
constexpr Param cuda_param[] = {
    {"device", ArgType::Device, kOptional | kNone, "None"},
    {"non_blocking", ArgType::Bool, kOptional, "False"},
    {"memory_format",
     ArgType::MemoryFormat,
     kOptional | kNone | kKeyword,
     "None"}};
constexpr Signature cuda_signature[] = {Signature(cuda_param)};
constexpr Function cuda_info("cuda", cuda_signature, "Tensor");

PyObject* method_cpu(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<1> p(cpu_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  const Tensor& t = unpack(self);
  return wrap(at::to(
      t,
      at::Device(at::kCPU),
      t.scalar_type(),
      false,
      false,
      p.optional_memory_format(0)));
  END_HANDLE_TH_ERRORS
}

PyObject* method_cuda(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<3> p(cuda_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  const at::Device device = p.has(0) ? p.device(0) : at::Device(at::kCUDA);
  ensure_usable(device);
  TORCH_CHECK(device.is_cuda(), "Invalid device, must be cuda device");
  const Tensor& t = unpack(self);
  return wrap(at::to(
      t,
      device,
      t.scalar_type(),
      p.boolean_or(1, false),
      false,
      p.optional_memory_format(2)));
  END_HANDLE_TH_ERRORS
}

// x.type() names the class; x.type("torch.LongTensor") converts.
constexpr Param type_params[] = {
    {"dtype", ArgType::Object, kOptional | kNone, "None"},
    {"non_blocking", ArgType::Bool, kOptional, "False"}};
constexpr Signature type_signature[] = {Signature(type_params)};
constexpr Function type_info("type", type_signature, "Tensor");

PyObject* method_type(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<2> p(type_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  const Tensor& t = unpack(self);
  if (!p.has(0)) {
    return new_string(tensor_type_name(t.device(), t.scalar_type()));
  }
  at::Device device = t.device();
  const c10::ScalarType dtype = parse_tensor_type(p[0], &device);
  return wrap(at::to(t, device, dtype, p.boolean_or(1, false), false, {}));
  END_HANDLE_TH_ERRORS
}

// ---- subclasses

PyObject* method_as_subclass(PyObject* self, PyObject* cls) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(
      PyType_Check(cls),
      "cls must be a type (got ",
      Py_TYPE(cls)->tp_name,
      ")");
  return wrap_as(
      reinterpret_cast<PyTypeObject*>(cls), at::alias(unpack(self)));
  END_HANDLE_TH_ERRORS
}

PyObject* make_subclass(PyObject*, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  static constexpr Param params[] = {
      {"cls", ArgType::Object},
      {"data", ArgType::Tensor},
      {"require_grad", ArgType::Bool, kOptional, "False"}};
  static constexpr Signature signatures[] = {Signature(params)};
  static constexpr Function info("_make_subclass", signatures, "Tensor");
  const TupleArgs<3> p(info, args, kwargs);
  TORCH_CHECK_TYPE(
      PyType_Check(p[0]) &&
          PyType_IsSubtype(
              reinterpret_cast<PyTypeObject*>(p[0]), &TensorBaseType),
      "cls must be a type (got ",
      Py_TYPE(p[0])->tp_name,
      ")");
  auto impl = p.tensor(1).unsafe_impl()->shallow_copy();
  impl->remove_key(c10::DispatchKey::Autograd);
  Tensor data(std::move(impl));
  const bool require_grad = p.boolean_or(2, false);
  TORCH_CHECK(
      !require_grad || c10::is_differentiable_type(data.scalar_type()),
      "Only Tensors of floating point and complex dtype can require gradients");
  autograd::set_requires_grad(data, require_grad);
  return wrap_as(reinterpret_cast<PyTypeObject*>(p[0]), std::move(data));
  END_HANDLE_TH_ERRORS
}

PyObject* make_wrapper_subclass(PyObject*, PyObject*, PyObject*) {
  PyErr_SetString(
      PyExc_NotImplementedError,
      "_make_wrapper_subclass needs __torch_dispatch__, which is not built");
  return nullptr;
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;
const PyMethodDef methods[] = {
    {"size", as_method(method_size), kFast, nullptr},
    {"stride", as_method(method_stride), kFast, nullptr},
    {"is_contiguous", as_method(method_is_contiguous), kFast, nullptr},
    {"requires_grad_", as_method(method_requires_grad_), kFast, nullptr},
    {"numpy", as_method(method_numpy), kFast, nullptr},
    {"cpu", as_method(method_cpu), kFast, nullptr},
    {"cuda", as_method(method_cuda), kFast, nullptr},
    {"type", as_method(method_type), kFast, nullptr},
    {"retain_grad", method_retain_grad, METH_NOARGS, nullptr},
    {"detach_", method_detach_, METH_NOARGS, nullptr},
    {"as_subclass", method_as_subclass, METH_O, nullptr},
    {"new_tensor", as_method(method_new_tensor), kFast, nullptr},
    {"new", as_method(method_new), METH_VARARGS | METH_KEYWORDS, nullptr},
    {"_make_subclass",
     as_method(make_subclass),
     METH_STATIC | METH_VARARGS | METH_KEYWORDS,
     nullptr},
    {"_make_wrapper_subclass",
     as_method(make_wrapper_subclass),
     METH_STATIC | METH_VARARGS | METH_KEYWORDS,
     nullptr},
    NOARGS("dim", get_dim),
    NOARGS("ndimension", get_dim),
    NOARGS("numel", get_numel),
    NOARGS("nelement", get_numel),
    NOARGS("storage_offset", get_offset),
    NOARGS("element_size", get_element_size),
    NOARGS("data_ptr", get_data_ptr),
    NOARGS("get_device", get_device_index),
    NOARGS("is_floating_point", get_is_floating_point),
    NOARGS("is_complex", get_is_complex),
    NOARGS("is_signed", get_is_signed),
    NOARGS("is_inference", get_is_inference),
    NOARGS("is_conj", get_is_conj),
    NOARGS("is_neg", get_is_neg),
    NOARGS("_is_view", get_is_view),
    NOARGS("_is_zerotensor", get_is_zerotensor),
    NOARGS("untyped_storage", get_untyped_storage),
    CAST("byte", Byte),
    CAST("char", Char),
    CAST("short", Short),
    CAST("int", Int),
    CAST("long", Long),
    CAST("half", Half),
    CAST("float", Float),
    CAST("double", Double),
    CAST("bool", Bool),
    CAST("bfloat16", BFloat16),
    CAST("cfloat", ComplexFloat),
    CAST("cdouble", ComplexDouble)};
const TopicBindings bind_methods("Tensor", methods);

} // namespace
} // namespace torch::python

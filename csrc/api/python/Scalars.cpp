#include "api/python/Scalars.h"

#include <cstring>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"

namespace torch::python {
namespace {

using at::ScalarType;
using at::Tensor;

template <typename T>
PyObject* number(const void* where) {
  T v;
  std::memcpy(&v, where, sizeof(T));
  if constexpr (std::is_same<T, bool>::value) {
    return new_bool(v);
  } else if constexpr (c10::is_complex<T>::value) {
    return PyComplex_FromDoubles(
        static_cast<double>(v.real()), static_cast<double>(v.imag()));
  } else if constexpr (std::is_integral<T>::value) {
    return PyLong_FromLongLong(v);
  } else {
    return PyFloat_FromDouble(static_cast<double>(static_cast<float>(v)));
  }
}
template <>
PyObject* number<double>(const void* where) {
  double v;
  std::memcpy(&v, where, sizeof(v));
  return PyFloat_FromDouble(v);
}

using MakeNumber = PyObject* (*)(const void*);

MakeNumber number_maker(ScalarType type) {
  switch (type) {
#define CASE_(T, Name)       \
  case ScalarType::Name:     \
    return number<T>;
    C10_FORALL_SCALAR_TYPES(CASE_)
#undef CASE_
    default:
      TORCH_CHECK(false, "unsupported dtype");
  }
}

// A tensor whose bytes can be read here and mean what they say.
Tensor readable(const Tensor& t) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !t.is_meta(), "Cannot copy out of meta tensor; no data!");
  Tensor r = t;
  if (r.unsafe_impl()->is_conj() || r.unsafe_impl()->is_neg()) {
    r = at::resolve_neg(at::resolve_conj(r));
  }
  if (!r.is_cpu()) {
    c10::NoGradGuard no_grad;
    r = r.to(at::Device(at::kCPU), r.scalar_type());
  }
  return r;
}

PyObject* list_of(
    const Tensor& t,
    const char* data,
    int64_t dim,
    MakeNumber make) {
  if (dim == t.dim()) {
    return check(make(data));
  }
  const size_t d = static_cast<size_t>(dim);
  const int64_t n = t.sizes()[d];
  const int64_t step =
      t.strides()[d] * static_cast<int64_t>(t.itemsize());
  PyRef list = checked(PyList_New(n));
  for (int64_t i = 0; i < n; ++i) {
    PyList_SET_ITEM(list.get(), i, list_of(t, data + i * step, dim + 1, make));
  }
  return list.release();
}

// The one element in `t`, with the errors of int(t) and float(t).
PyRef convertible_item(const Tensor& t) {
  TORCH_CHECK_VALUE(
      t.numel() == 1,
      "only one element tensors can be converted to Python scalars");
  return checked(tensor_item(t));
}

// For subclasses: number slots go through __torch_function__ too.
PyRef override_of(PyObject* self, const char* name) {
  return !is_plain(self) && overridden(self)
      ? checked(call_override(self, name))
      : PyRef();
}

} // namespace

PyObject* tensor_item(const Tensor& t) {
  const c10::TensorImpl* impl = t.unsafe_impl();
  if (C10_LIKELY(
          impl->numel() == 1 && t.is_cpu() && !impl->is_conj() &&
          !impl->is_neg())) {
    const void* data = impl->data();
    return impl->dtype() == ScalarType::Float
        ? number<float>(data)
        : number_maker(impl->dtype())(data);
  }
  TORCH_CHECK(
      t.numel() == 1,
      "a Tensor with ",
      t.numel(),
      " elements cannot be converted to Scalar");
  if (t.is_meta()) {
    TORCH_CHECK(false, "Tensor.item() cannot be called on meta tensors");
  }
  const Tensor r = readable(t);
  return number_maker(r.scalar_type())(r.data_ptr());
}

PyObject* tensor_to_list(const Tensor& t) {
  const Tensor r = readable(t);
  return list_of(
      r,
      static_cast<const char*>(r.data_ptr()),
      0,
      number_maker(r.scalar_type()));
}

int tensor_bool(PyObject* self) {
  HANDLE_TH_ERRORS
  if (const PyRef result = override_of(self, "__bool__")) {
    return PyObject_IsTrue(result.get());
  }
  const Tensor& t = unpack(self);
  if (C10_UNLIKELY(t.numel() != 1)) {
    TORCH_CHECK(
        t.numel() != 0, "Boolean value of Tensor with no values is ambiguous");
    TORCH_CHECK(
        false,
        "Boolean value of Tensor with more than one value is ambiguous");
  }
  const PyRef value = checked(tensor_item(t));
  return PyObject_IsTrue(value.get());
  END_HANDLE_TH_ERRORS_RET(-1)
}

PyObject* tensor_int(PyObject* self) {
  HANDLE_TH_ERRORS
  if (PyRef result = override_of(self, "__int__")) {
    return result.release();
  }
  return PyNumber_Long(convertible_item(unpack(self)).get());
  END_HANDLE_TH_ERRORS
}

PyObject* tensor_float(PyObject* self) {
  HANDLE_TH_ERRORS
  if (PyRef result = override_of(self, "__float__")) {
    return result.release();
  }
  return PyNumber_Float(convertible_item(unpack(self)).get());
  END_HANDLE_TH_ERRORS
}

PyObject* tensor_index(PyObject* self) {
  HANDLE_TH_ERRORS
  if (PyRef result = override_of(self, "__index__")) {
    return result.release();
  }
  const Tensor& t = unpack(self);
  TORCH_CHECK_TYPE(
      t.numel() == 1 && c10::is_integral_type(t.scalar_type(), true),
      "only integer tensors of a single element can be converted to an index");
  const PyRef value = checked(tensor_item(t));
  return PyNumber_Index(value.get());
  END_HANDLE_TH_ERRORS
}

namespace {

PyObject* method_item(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  if (PyRef result = override_of(self, "item")) {
    return result.release();
  }
  return tensor_item(unpack(self));
  END_HANDLE_TH_ERRORS
}

PyObject* method_tolist(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  if (PyRef result = override_of(self, "tolist")) {
    return result.release();
  }
  return tensor_to_list(unpack(self));
  END_HANDLE_TH_ERRORS
}

PyObject* method_complex(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  if (PyRef result = override_of(self, "__complex__")) {
    return result.release();
  }
  const PyRef value = convertible_item(unpack(self));
  const Py_complex c = PyComplex_AsCComplex(value.get());
  return PyErr_Occurred() ? nullptr : PyComplex_FromCComplex(c);
  END_HANDLE_TH_ERRORS
}

const PyMethodDef methods[] = {
    {"item", method_item, METH_NOARGS, nullptr},
    {"tolist", method_tolist, METH_NOARGS, nullptr},
    {"__complex__", method_complex, METH_NOARGS, nullptr}};
const TopicBindings bind_methods("Tensor", methods);

} // namespace
} // namespace torch::python

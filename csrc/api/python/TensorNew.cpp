#include "api/python/TensorNew.h"

#include <cmath>
#include <limits>

#include "api/python/Bindings.h"
#include "api/python/Cuda.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Numpy.h"
#include "api/python/Scalars.h"
#include "aten/EmptyTensor.h"
#include "generated/ops/Copy.h"

namespace torch::python {
namespace {

using at::ScalarType;
using at::Tensor;

bool is_list(PyObject* o) { return PyList_Check(o) || PyTuple_Check(o); }

bool is_nested(PyObject* o) {
  return is_list(o) || (PySequence_Check(o) && !is_tensor(o));
}

// ---- dtype of the data

// The dtype of one leaf.
ScalarType leaf_dtype(PyObject* o) {
  if (PyFloat_CheckExact(o)) {
    return c10::get_default_dtype();
  }
  if (PyBool_Check(o)) {
    return ScalarType::Bool;
  }
  if (PyLong_Check(o)) {
    return ScalarType::Long;
  }
  if (is_tensor(o)) {
    return unpack(o).scalar_type();
  }
  if (is_numpy_scalar(o) || is_numpy_array(o)) {
    PyRef dtype = checked(PyObject_GetAttrString(o, "dtype"));
    return dtype_from_numpy(dtype.get());
  }
  if (PyFloat_Check(o)) {
    return c10::get_default_dtype();
  }
  if (PyComplex_Check(o)) {
    return c10::to_complex_type(c10::get_default_dtype());
  }
  TORCH_CHECK_TYPE(
      !PyUnicode_Check(o) && !PyBytes_Check(o),
      "new(): invalid data type '",
      Py_TYPE(o)->tp_name,
      "'");
  TORCH_CHECK(false, "Could not infer dtype of ", Py_TYPE(o)->tp_name);
}

ScalarType infer_dtype(PyObject* o, int depth = 0) {
  if (!is_list(o) &&
      (!PySequence_Check(o) || is_tensor(o) || PyUnicode_Check(o) ||
       PyBytes_Check(o) || is_numpy_array(o))) {
    return leaf_dtype(o);
  }
  TORCH_CHECK_VALUE(
      depth < 128, "too many dimensions '", Py_TYPE(o)->tp_name, "'");
  PyRef items = checked(PySequence_Fast(o, "not a sequence"));
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(items.get());
  if (n == 0) {
    return c10::get_default_dtype();
  }
  ScalarType result = ScalarType::Undefined;
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
    TORCH_CHECK_TYPE(
        item != o, "new(): self-referential lists are incompatible");
    const ScalarType type = infer_dtype(item, depth + 1);
    result = result == ScalarType::Undefined || result == type
        ? type
        : c10::promote_types(result, type);
    if (result == ScalarType::ComplexDouble) {
      break; // nothing is larger
    }
  }
  return result;
}

// ---- shape of the data: the lengths of the first items

c10::DimVector infer_sizes(PyObject* data) {
  c10::DimVector sizes;
  PyRef item = PyRef::borrowed(data);
  while (is_nested(item.get())) {
    const Py_ssize_t length = PySequence_Length(item.get());
    if (length < 0) {
      throw PythonError();
    }
    sizes.push_back(length);
    TORCH_CHECK_VALUE(
        sizes.size() <= 128,
        "too many dimensions '",
        Py_TYPE(item.get())->tp_name,
        "'");
    if (length == 0) {
      break;
    }
    item = checked(PySequence_GetItem(item.get(), 0));
  }
  return sizes;
}

// ---- writing one element

[[noreturn]] void overflow(ScalarType type) {
  TORCH_CHECK(
      false,
      "value cannot be converted to type ",
      c10::dtype_name(type),
      " without overflow");
}

// Tensors and NumPy scalars become the Python number they hold.
PyRef plain_number(PyObject* o) {
  if (is_tensor(o)) {
    TORCH_CHECK_VALUE(
        unpack(o).numel() == 1,
        "only one element tensors can be converted to Python scalars");
    return checked(tensor_item(unpack(o)));
  }
  if (is_numpy_scalar(o)) {
    return checked(PyObject_CallMethod(o, "item", nullptr));
  }
  return PyRef::borrowed(o);
}

template <typename T>
T integer_from(PyObject* o) {
  constexpr ScalarType kType = c10::CppTypeToScalarType<T>::value;
  using L = std::numeric_limits<T>;
  if (PyFloat_Check(o)) {
    const double v = PyFloat_AS_DOUBLE(o);
    if (!(v >= static_cast<double>(L::min()) - 0.0 &&
          v < static_cast<double>(L::max()) + 1.0)) {
      overflow(kType);
    }
    return static_cast<T>(v);
  }
  PyRef index = checked(PyNumber_Index(o));
  const int64_t v = unpack_int(index.get());
  // A negative value may wrap into an unsigned type as long as its magnitude
  // fits.
  const int64_t low = std::is_signed<T>::value
      ? static_cast<int64_t>(L::min())
      : -static_cast<int64_t>(L::max());
  if (v < low || v > static_cast<int64_t>(L::max())) {
    overflow(kType);
  }
  return static_cast<T>(v);
}

template <typename T>
T real_from(PyObject* o) {
  const double v =
      PyFloat_CheckExact(o) ? PyFloat_AS_DOUBLE(o) : PyFloat_AsDouble(o);
  if (C10_UNLIKELY(v == -1.0 && PyErr_Occurred())) {
    throw PythonError();
  }
  if constexpr (std::is_same<T, double>::value) {
    return v;
  } else {
    return static_cast<T>(static_cast<float>(v));
  }
}

template <typename T>
T element_from(PyObject* o) {
  if constexpr (std::is_same<T, bool>::value) {
    return check_status(PyObject_IsTrue(o)) == 1;
  } else if constexpr (c10::is_complex<T>::value) {
    using R = typename T::value_type;
    const Py_complex v = PyComplex_AsCComplex(o);
    if (v.real == -1.0 && PyErr_Occurred()) {
      throw PythonError();
    }
    return T(static_cast<R>(v.real), static_cast<R>(v.imag));
  } else if constexpr (std::is_integral<T>::value) {
    return integer_from<T>(o);
  } else {
    return real_from<T>(o);
  }
}

template <typename T>
void store_one(T* out, PyObject* o) {
  if (C10_LIKELY(is_number(o))) {
    *out = element_from<T>(o);
  } else {
    const PyRef value = plain_number(o);
    *out = element_from<T>(value.get());
  }
}

// out: row-major, advanced past what was written.
template <typename T>
void store(T*& out, at::IntArrayRef sizes, size_t dim, PyObject* data) {
  if (dim == sizes.size()) {
    store_one(out++, data);
    return;
  }
  PyRef items = checked(PySequence_Fast(data, "not a sequence"));
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(items.get());
  TORCH_CHECK_VALUE(
      n == sizes[dim],
      "expected sequence of length ",
      sizes[dim],
      " at dim ",
      dim,
      " (got ",
      n,
      ")");
  const bool innermost = dim + 1 == sizes.size();
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
    if (innermost) {
      store_one(out++, item);
    } else {
      store(out, sizes, dim + 1, item);
    }
  }
}

bool contains_array(PyObject* data) {
  return is_list(data) && PySequence_Fast_GET_SIZE(data) > 0 &&
      is_numpy_array(PySequence_Fast_GET_ITEM(data, 0));
}

// A copy of a tensor or array in the wanted dtype and place, never recorded.
Tensor copied(
    const Tensor& source,
    std::optional<ScalarType> dtype,
    std::optional<at::Device> device) {
  const c10::NoGradGuard no_grad;
  return at::to(
             source,
             device.value_or(source.device()),
             dtype.value_or(source.scalar_type()),
             false,
             true,
             {})
      .detach();
}

} // namespace

Tensor tensor_from_sequence(PyObject* data, std::optional<ScalarType> dtype) {
  TORCH_CHECK_TYPE(
      !PyUnicode_Check(data) && !PyBytes_Check(data),
      "new(): invalid data type '",
      Py_TYPE(data)->tp_name,
      "'");
  const ScalarType type = dtype ? *dtype : infer_dtype(data);
  const c10::DimVector sizes = infer_sizes(data);
  if (contains_array(data)) {
    TORCH_WARN_ONCE(
        "Creating a tensor from a list of numpy.ndarrays is extremely slow. "
        "Please consider converting the list to a single numpy.ndarray with "
        "numpy.array() before converting to a tensor.");
  }
  Tensor tensor(at::detail::empty(sizes, type));
  if (tensor.numel() == 0) {
    return tensor;
  }
  switch (type) {
#define CASE_(T, Name)                           \
  case ScalarType::Name: {                       \
    T* out = static_cast<T*>(tensor.data_ptr()); \
    store(out, sizes, 0, data);                  \
    break;                                       \
  }
    C10_FORALL_SCALAR_TYPES(CASE_)
#undef CASE_
    default:
      TORCH_CHECK(false, "unsupported dtype");
  }
  return tensor;
}

Tensor tensor_from_data(
    PyObject* data,
    std::optional<ScalarType> dtype,
    std::optional<at::Device> device) {
  if (is_tensor(data)) {
    return copied(unpack(data), dtype, device);
  }
  if (is_numpy_array(data)) {
    return copied(tensor_from_numpy(data, false), dtype, device);
  }
  Tensor tensor = tensor_from_sequence(data, dtype);
  return device && *device != tensor.device()
      ? copied(tensor, std::nullopt, device)
      : tensor;
}

// ---- torch.tensor, torch.as_tensor, x.new_tensor

namespace {

PyObject* finish(Tensor tensor, bool requires_grad) {
  if (requires_grad) {
    TORCH_CHECK(
        c10::is_differentiable_type(tensor.scalar_type()),
        "Only Tensors of floating point and complex dtype can require "
        "gradients");
    tensor.requires_grad_(true);
  }
  return wrap(std::move(tensor));
}

void warn_of_copy(PyObject* data, const char* call) {
  if (is_tensor(data)) {
    TORCH_WARN(
        "To copy construct from a tensor, it is recommended to use "
        "sourceTensor.detach().clone() or "
        "sourceTensor.detach().clone().requires_grad_(True), rather than ",
        call,
        "(sourceTensor).");
  }
}

constexpr Param tensor_params[] = {
    {"data", ArgType::Object},
    {"dtype", ArgType::DType, kOptional | kNone | kKeyword, "None"},
    {"device", ArgType::Device, kOptional | kNone | kKeyword, "None"},
    {"pin_memory", ArgType::Bool, kOptional | kKeyword, "False"},
    {"requires_grad", ArgType::Bool, kOptional | kKeyword, "False"}};
constexpr Signature tensor_signatures[] = {Signature(tensor_params)};
constexpr Function tensor_info("tensor", tensor_signatures);

PyObject* function_tensor(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  if (nargs == 1 && !kwnames && PyList_CheckExact(args[0]) &&
      !torch_function_mode_active) {
    return wrap(tensor_from_sequence(args[0], std::nullopt));
  }
  const ParsedArgs<5> p(tensor_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  warn_of_copy(p[0], "torch.tensor");
  Tensor made =
      tensor_from_data(p[0], p.optional_dtype(1), p.optional_device(2));
  return finish(
      p.boolean_or(3, false) ? pinned_copy(made) : std::move(made),
      p.boolean_or(4, false));
  END_HANDLE_TH_ERRORS
}

constexpr Param as_tensor_params[] = {
    {"data", ArgType::Object},
    {"dtype", ArgType::DType, kOptional | kNone, "None"},
    {"device", ArgType::Device, kOptional | kNone, "None"}};
constexpr Signature as_tensor_signatures[] = {Signature(as_tensor_params)};
constexpr Function as_tensor_info("as_tensor", as_tensor_signatures);

// Shares memory where dtype and device allow it.
Tensor as_tensor(
    PyObject* data,
    std::optional<ScalarType> dtype,
    std::optional<at::Device> device) {
  if (!is_tensor(data) && !is_numpy_array(data)) {
    return tensor_from_data(data, dtype, device);
  }
  const Tensor source =
      is_tensor(data) ? unpack(data) : tensor_from_numpy(data);
  return at::to(
      source,
      device.value_or(source.device()),
      dtype.value_or(source.scalar_type()),
      false,
      false,
      {});
}

PyObject* function_as_tensor(
    PyObject*, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<3> p(as_tensor_info, nullptr, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  return wrap(as_tensor(p[0], p.optional_dtype(1), p.optional_device(2)));
  END_HANDLE_TH_ERRORS
}

constexpr Function new_tensor_info("new_tensor", tensor_signatures, "Tensor");

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;
const PyMethodDef functions[] = {
    {"tensor", as_method(function_tensor), kFast, nullptr},
    {"as_tensor", as_method(function_as_tensor), kFast, nullptr}};
const TopicBindings bind_functions("torch", functions);

} // namespace

PyObject* method_new_tensor(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<5> p(new_tensor_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  warn_of_copy(p[0], "tensor.new_tensor");
  const Tensor& like = unpack(self);
  const bool array = is_tensor(p[0]) || is_numpy_array(p[0]);
  const auto dtype = p.has(1) || array ? p.optional_dtype(1)
                                       : std::optional(like.scalar_type());
  const auto device = p.has(2) ? p.device(2) : like.device();
  return finish(tensor_from_data(p[0], dtype, device), p.boolean_or(4, false));
  END_HANDLE_TH_ERRORS
}

} // namespace torch::python

#include "api/python/Numpy.h"

#include <cstring>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Gil.h"
#include "api/python/Size.h"
#include "generated/ops/Copy.h"

namespace torch::python {
namespace {

using at::ScalarType;
using at::Tensor;

struct NumpyTypes {
  PyObject* generic;
  PyObject* boolean;
  PyObject* array;
};

// Null until the user has imported NumPy.
const NumpyTypes* numpy_types() {
  static NumpyTypes types = {nullptr, nullptr, nullptr};
  if (C10_LIKELY(types.generic != nullptr)) {
    return &types;
  }
  static PyObject* const name = PyUnicode_InternFromString("numpy");
  PyObject* modules = PyImport_GetModuleDict();
  PyObject* numpy = modules ? PyDict_GetItem(modules, name) : nullptr;
  if (!numpy) {
    return nullptr;
  }
  PyRef generic(PyObject_GetAttrString(numpy, "generic"));
  PyRef boolean(PyObject_GetAttrString(numpy, "bool_"));
  PyRef array(PyObject_GetAttrString(numpy, "ndarray"));
  if (!generic || !boolean || !array) {
    PyErr_Clear(); // NumPy is being imported right now
    return nullptr;
  }
  types = {generic.release(), boolean.release(), array.release()};
  return &types;
}

bool is_instance(PyObject* o, PyObject* type) {
  return PyObject_TypeCheck(o, reinterpret_cast<PyTypeObject*>(type));
}

// ---- dtypes

struct DTypePair {
  char kind; // of the buffer protocol and the array interface
  int itemsize;
  ScalarType type;
};
constexpr DTypePair kPairs[] = {
    {'b', 1, ScalarType::Bool},
    {'u', 1, ScalarType::Byte},
    {'i', 1, ScalarType::Char},
    {'i', 2, ScalarType::Short},
    {'i', 4, ScalarType::Int},
    {'i', 8, ScalarType::Long},
    {'f', 2, ScalarType::Half},
    {'f', 4, ScalarType::Float},
    {'f', 8, ScalarType::Double},
    {'c', 8, ScalarType::ComplexFloat},
    {'c', 16, ScalarType::ComplexDouble}};

constexpr const char* kSupported =
    "The only supported types are: float64, float32, float16, complex64, "
    "complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, "
    "and bool.";

// NumPy's name of a dtype.
const char* numpy_name(ScalarType type) {
  TORCH_CHECK_TYPE(
      type != ScalarType::BFloat16, "Got unsupported ScalarType BFloat16");
  return c10::dtype_name(type);
}

int64_t long_attribute(PyObject* o, const char* name) {
  PyRef value = checked(PyObject_GetAttrString(o, name));
  return PyLong_AsLongLong(value.get());
}

void release_python_object(void* object) {
  if (Py_IsInitialized()) {
    GilAcquire gil;
    Py_DECREF(static_cast<PyObject*>(object));
  }
}

// A tensor on memory that `owner` keeps alive.
Tensor tensor_on_memory(
    void* data,
    size_t nbytes,
    PyObject* owner,
    ScalarType type,
    at::IntArrayRef sizes,
    at::IntArrayRef strides) {
  Py_INCREF(owner);
  auto storage = c10::make_intrusive<c10::StorageImpl>(
      c10::DataPtr(data, owner, release_python_object, at::Device(at::kCPU)),
      nbytes,
      nullptr);
  auto impl = c10::make_intrusive<at::TensorImpl>(
      std::move(storage), type, at::Device(at::kCPU));
  impl->set_sizes_and_strides(sizes, strides);
  return Tensor(std::move(impl));
}

c10::DimVector int_tuple_attribute(PyObject* o, const char* name) {
  PyRef tuple = checked(PyObject_GetAttrString(o, name));
  c10::DimVector values;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple.get()); ++i) {
    values.push_back(PyLong_AsLongLong(PyTuple_GET_ITEM(tuple.get(), i)));
  }
  return values;
}

// Byte strides to element strides.
c10::DimVector element_strides(
    const c10::DimVector& sizes,
    const c10::DimVector& byte_strides,
    int64_t itemsize) {
  c10::DimVector strides;
  for (size_t i = 0; i < sizes.size(); ++i) {
    TORCH_CHECK_VALUE(
        byte_strides[i] >= 0,
        "At least one stride in the given numpy array is negative, and "
        "tensors with negative strides are not currently supported. (You can "
        "probably work around this by making a copy of your array  with "
        "array.copy().) ");
    TORCH_CHECK_VALUE(
        byte_strides[i] % itemsize == 0,
        "given numpy array strides not a multiple of the element byte size. "
        "Copy the numpy array to reallocate the memory.");
    strides.push_back(byte_strides[i] / itemsize);
  }
  return strides;
}

size_t reachable_bytes(
    const c10::DimVector& sizes,
    const c10::DimVector& strides,
    size_t itemsize) {
  int64_t last = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) {
      return 0;
    }
    last += (sizes[i] - 1) * strides[i];
  }
  return static_cast<size_t>(last) * itemsize;
}

void warn_read_only() {
  TORCH_WARN_ONCE(
      "The given NumPy array is not writable, and PyTorch does not support "
      "non-writable tensors. This means writing to this tensor will result in "
      "undefined behavior. You may want to copy the array to protect its data "
      "or make it writable before converting it to a tensor. This type of "
      "warning will be suppressed for the rest of this program.");
}

} // namespace

bool is_numpy_scalar(PyObject* o) {
  const NumpyTypes* types = numpy_types();
  return types && is_instance(o, types->generic);
}
bool is_numpy_bool(PyObject* o) {
  const NumpyTypes* types = numpy_types();
  return types && is_instance(o, types->boolean);
}
bool is_numpy_array(PyObject* o) {
  const NumpyTypes* types = numpy_types();
  return types && is_instance(o, types->array);
}

ScalarType dtype_from_numpy(PyObject* dtype) {
  PyRef kind = checked(PyObject_GetAttrString(dtype, "kind"));
  const char letter = PyUnicode_AsUTF8(kind.get())[0];
  const int64_t itemsize = long_attribute(dtype, "itemsize");
  for (const DTypePair& pair : kPairs) {
    if (pair.kind == letter && pair.itemsize == itemsize) {
      return pair.type;
    }
  }
  PyRef type = checked(PyObject_GetAttrString(dtype, "type"));
  PyRef name = checked(PyObject_GetAttrString(type.get(), "__name__"));
  type_error(
      "can't convert np.ndarray of type numpy.",
      PyUnicode_AsUTF8(name.get()),
      ". ",
      kSupported);
}

Tensor tensor_from_numpy(PyObject* array, bool warn_if_read_only) {
  TORCH_CHECK_TYPE(
      is_numpy_array(array),
      "expected np.ndarray (got ",
      Py_TYPE(array)->tp_name,
      ")");
  PyRef dtype = checked(PyObject_GetAttrString(array, "dtype"));
  PyRef native = checked(PyObject_GetAttrString(dtype.get(), "isnative"));
  const ScalarType type = dtype_from_numpy(dtype.get());
  const auto itemsize = static_cast<int64_t>(c10::element_size(type));
  const c10::DimVector sizes = int_tuple_attribute(array, "shape");
  const c10::DimVector strides = element_strides(
      sizes, int_tuple_attribute(array, "strides"), itemsize);
  TORCH_CHECK_VALUE(
      native.get() == Py_True,
      "given numpy array has byte order different from the native byte order. "
      "Conversion between byte orders is currently not supported.");
  PyRef flags = checked(PyObject_GetAttrString(array, "flags"));
  PyRef writeable = checked(PyObject_GetAttrString(flags.get(), "writeable"));
  if (warn_if_read_only && writeable.get() != Py_True) {
    warn_read_only();
  }
  PyRef interface =
      checked(PyObject_GetAttrString(array, "__array_interface__"));
  PyObject* data = PyDict_GetItemString(interface.get(), "data");
  void* pointer = PyLong_AsVoidPtr(PyTuple_GET_ITEM(data, 0));
  return tensor_on_memory(
      pointer,
      reachable_bytes(sizes, strides, static_cast<size_t>(itemsize)),
      array,
      type,
      sizes,
      strides);
}

// ---- tensors as arrays

namespace {

// An object with __array_interface__ that keeps a tensor alive; NumPy holds
// it as the base of the array it makes.
struct ExportObject {
  PyObject_HEAD
  PyObject* tensor;
  PyObject* interface;
};

void export_dealloc(PyObject* self) {
  auto* object = reinterpret_cast<ExportObject*>(self);
  PyTypeObject* type = Py_TYPE(self);
  Py_CLEAR(object->tensor);
  Py_CLEAR(object->interface);
  type->tp_free(self);
  Py_DECREF(type);
}
PyObject* export_interface(PyObject* self, void*) {
  return new_ref(reinterpret_cast<ExportObject*>(self)->interface);
}
PyGetSetDef export_properties[] = {
    {"__array_interface__", export_interface, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot export_slots[] = {
    {Py_tp_dealloc, as_slot(export_dealloc)},
    {Py_tp_getset, export_properties},
    {0, nullptr}};
PyType_Spec export_spec = {
    "torch._C._ArrayExport",
    sizeof(ExportObject),
    0,
    Py_TPFLAGS_DEFAULT,
    export_slots};

const char* type_string(ScalarType type) {
  switch (type) {
    case ScalarType::Bool:
      return "|b1";
    case ScalarType::Byte:
      return "|u1";
    case ScalarType::Char:
      return "|i1";
    case ScalarType::Short:
      return "<i2";
    case ScalarType::Int:
      return "<i4";
    case ScalarType::Long:
      return "<i8";
    case ScalarType::Half:
      return "<f2";
    case ScalarType::Float:
      return "<f4";
    case ScalarType::Double:
      return "<f8";
    case ScalarType::ComplexFloat:
      return "<c8";
    default:
      return "<c16";
  }
}

PyRef array_interface(const Tensor& t) {
  numpy_name(t.scalar_type()); // refuses bfloat16
  c10::DimVector byte_strides(t.strides());
  for (int64_t& stride : byte_strides) {
    stride *= static_cast<int64_t>(t.itemsize());
  }
  PyRef shape = checked(new_int_tuple(t.sizes()));
  PyRef strides = checked(new_int_tuple(byte_strides));
  // NumPy wants an address even where there is nothing behind it.
  static char nothing;
  void* data = t.numel() ? t.data_ptr() : &nothing;
  PyRef address = checked(PyLong_FromVoidPtr(data));
  return checked(Py_BuildValue(
      "{s:O,s:s,s:(OO),s:O,s:i}",
      "shape",
      shape.get(),
      "typestr",
      type_string(t.scalar_type()),
      "data",
      address.get(),
      Py_False,
      "strides",
      strides.get(),
      "version",
      3));
}

PyObject* export_array(const Tensor& t) {
  static auto* const type = reinterpret_cast<PyTypeObject*>(
      check(PyType_FromSpec(&export_spec)));
  PyRef interface = array_interface(t);
  PyRef holder = checked(type->tp_alloc(type, 0));
  auto* object = reinterpret_cast<ExportObject*>(holder.get());
  object->tensor = wrap(t);
  object->interface = interface.release();
  static PyObject* const numpy = check(PyImport_ImportModule("numpy"));
  static PyObject* const asarray =
      check(PyObject_GetAttrString(numpy, "asarray"));
  return PyObject_CallFunctionObjArgs(asarray, holder.get(), nullptr);
}

// What stands between a tensor and its bytes, with the error each one is.
void check_exportable(const Tensor& t) {
  TORCH_CHECK_TYPE(
      t.is_cpu(),
      "can't convert ",
      t.device().str(),
      " device type tensor to numpy. Use Tensor.cpu() to copy the tensor to "
      "host memory first.");
  TORCH_CHECK(
      !(t.requires_grad() && c10::GradMode::is_enabled()),
      "Can't call numpy() on Tensor that requires grad. Use "
      "tensor.detach().numpy() instead.");
  TORCH_CHECK(
      !t.unsafe_impl()->is_conj(),
      "Can't call numpy() on Tensor that has conjugate bit set. Use "
      "tensor.resolve_conj().numpy() instead.");
  TORCH_CHECK(
      !t.unsafe_impl()->is_neg(),
      "Can't call numpy() on Tensor that has negative bit set. Use "
      "tensor.resolve_neg().numpy() instead.");
}

} // namespace

PyObject* tensor_to_numpy(const Tensor& tensor, bool force) {
  Tensor t = tensor;
  if (force) {
    const c10::NoGradGuard no_grad;
    t = at::resolve_neg(at::resolve_conj(
        t.detach().to(at::Device(at::kCPU), t.scalar_type())));
  }
  check_exportable(t);
  return export_array(t);
}

namespace {

PyObject* function_from_numpy(PyObject*, PyObject* array) {
  HANDLE_TH_ERRORS
  return wrap(tensor_from_numpy(array));
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"from_numpy", function_from_numpy, METH_O, nullptr}};
const TopicBindings bind_functions("torch", functions);

} // namespace
} // namespace torch::python

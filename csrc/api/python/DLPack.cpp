// DLPack capsules: tensors handed to and taken from other libraries. The
// structures follow the DLPack specification, version 1.0.
#include <cstring>
#include <memory>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/Tensor.h"

namespace torch::python {
namespace {

using at::ScalarType;
using at::Tensor;

// ---- the specification's structures

struct DLDevice {
  int32_t type;
  int32_t id;
};
struct DLDataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t* shape;
  int64_t* strides;
  uint64_t byte_offset;
};
struct DLManaged {
  DLTensor tensor;
  void* context;
  void (*deleter)(DLManaged*);
};
struct DLVersion {
  uint32_t major, minor;
};
struct DLManagedVersioned {
  DLVersion version;
  void* context;
  void (*deleter)(DLManagedVersioned*);
  uint64_t flags;
  DLTensor tensor;
};

constexpr int kCpu = 1, kCuda = 2;
enum Code : uint8_t { kInt, kUInt, kFloat, kBfloat = 4, kComplex, kBool };

struct TypePair {
  ScalarType type;
  uint8_t code, bits;
};
constexpr TypePair kTypes[] = {
    {ScalarType::Bool, kBool, 8},
    {ScalarType::Byte, kUInt, 8},
    {ScalarType::Char, kInt, 8},
    {ScalarType::Short, kInt, 16},
    {ScalarType::Int, kInt, 32},
    {ScalarType::Long, kInt, 64},
    {ScalarType::Half, kFloat, 16},
    {ScalarType::Float, kFloat, 32},
    {ScalarType::Double, kFloat, 64},
    {ScalarType::BFloat16, kBfloat, 16},
    {ScalarType::ComplexFloat, kComplex, 64},
    {ScalarType::ComplexDouble, kComplex, 128}};

DLDataType to_dl(ScalarType type) {
  for (const TypePair& pair : kTypes) {
    if (pair.type == type) {
      return {pair.code, pair.bits, 1};
    }
  }
  TORCH_CHECK(false, type, " is not supported by dlpack");
}
ScalarType from_dl(DLDataType type) {
  for (const TypePair& pair : kTypes) {
    if (pair.code == type.code && pair.bits == type.bits && type.lanes == 1) {
      return pair.type;
    }
  }
  TORCH_CHECK(
      false, "Unsupported kind or bits: code ", int{type.code}, ", bits ",
      int{type.bits}, ", lanes ", int{type.lanes});
}

// ---- export

template <typename Managed>
struct Exported {
  Tensor owner;
  c10::DimVector shape, strides;
  Managed managed;
};

void fill(DLTensor& out, const Tensor& t, int64_t* shape, int64_t* strides) {
  TORCH_CHECK(
      t.is_cpu() || t.is_cuda(),
      "Cannot pack tensors on ", t.device().str());
  out.data = t.data_ptr();
  out.device = {
      t.is_cpu() ? kCpu : kCuda, t.is_cpu() ? 0 : t.device().index()};
  out.ndim = static_cast<int32_t>(t.dim());
  out.dtype = to_dl(t.scalar_type());
  out.shape = shape;
  out.strides = strides;
  out.byte_offset = 0;
}

template <typename Managed>
PyObject* export_tensor(const Tensor& t, const char* name) {
  auto made = std::make_unique<Exported<Managed>>();
  made->owner = t;
  made->shape = c10::DimVector(t.sizes());
  made->strides = c10::DimVector(t.strides());
  // A stride along one element says nothing; consumers like it to be 1.
  for (size_t i = 0; i < made->shape.size(); ++i) {
    made->strides[i] = made->shape[i] < 2 ? 1 : made->strides[i];
  }
  Managed& managed = made->managed;
  fill(managed.tensor, t, made->shape.data(), made->strides.data());
  managed.context = made.get();
  managed.deleter = [](Managed* m) {
    delete static_cast<Exported<Managed>*>(m->context);
  };
  if constexpr (std::is_same<Managed, DLManagedVersioned>::value) {
    managed.version = {1, 0};
    managed.flags = 0;
  }
  PyObject* capsule = PyCapsule_New(&managed, name, [](PyObject* c) {
    // A consumed capsule has another name; its consumer frees it.
    const char* own = PyCapsule_GetName(c);
    if (std::strncmp(own, "dltensor", 8) == 0) {
      auto* m = static_cast<Managed*>(PyCapsule_GetPointer(c, own));
      m->deleter(m);
    }
  });
  check(capsule);
  made.release();
  return capsule;
}

const Tensor& tensor_argument(PyObject* o) {
  TORCH_CHECK_TYPE(
      is_tensor(o), "data must be a Tensor, but got ", Py_TYPE(o)->tp_name);
  return unpack(o);
}

// torch._C._to_dlpack(x, *, dl_device=None, copy=None); the two options were
// dealt with by Tensor.__dlpack__.
PyObject* to_dlpack(PyObject*, PyObject* args, PyObject*) {
  HANDLE_TH_ERRORS
  PyObject* tensor;
  if (!PyArg_ParseTuple(args, "O", &tensor)) {
    return nullptr;
  }
  return export_tensor<DLManaged>(tensor_argument(tensor), "dltensor");
  END_HANDLE_TH_ERRORS
}
PyObject* to_dlpack_versioned(PyObject*, PyObject* args, PyObject*) {
  HANDLE_TH_ERRORS
  PyObject* tensor;
  if (!PyArg_ParseTuple(args, "O", &tensor)) {
    return nullptr;
  }
  return export_tensor<DLManagedVersioned>(
      tensor_argument(tensor), "dltensor_versioned");
  END_HANDLE_TH_ERRORS
}

// ---- import

template <typename Managed>
Tensor import_tensor(Managed* managed) {
  const DLTensor& source = managed->tensor;
  TORCH_CHECK(
      source.device.type == kCpu || source.device.type == kCuda,
      "Unsupported device_type: ", source.device.type);
  const at::Device device = source.device.type == kCpu
      ? at::Device(at::kCPU)
      : at::Device(
            at::kCUDA, static_cast<c10::DeviceIndex>(source.device.id));
  const ScalarType type = from_dl(source.dtype);
  const auto ndim = static_cast<size_t>(source.ndim);
  const c10::DimVector sizes(source.shape, source.shape + ndim);
  c10::DimVector strides(ndim);
  int64_t step = 1, last = 1, numel = 1;
  for (size_t i = ndim; i-- > 0;) {
    strides[i] = source.strides ? source.strides[i] : step;
    step *= sizes[i];
    numel *= sizes[i];
    last += (sizes[i] - 1) * strides[i];
  }
  const size_t nbytes =
      numel ? static_cast<size_t>(last) * c10::element_size(type) : 0;
  auto storage = c10::make_intrusive<c10::StorageImpl>(
      c10::DataPtr(
          static_cast<char*>(source.data) + source.byte_offset,
          managed,
          [](void* p) {
            auto* m = static_cast<Managed*>(p);
            if (m->deleter) {
              // The exporter may be another Python library.
              const GilAcquire gil;
              m->deleter(m);
            }
          },
          device),
      nbytes,
      nullptr);
  auto impl =
      c10::make_intrusive<at::TensorImpl>(std::move(storage), type, device);
  impl->set_sizes_and_strides(sizes, strides);
  return Tensor(std::move(impl));
}

PyObject* from_dlpack(PyObject*, PyObject* capsule) {
  HANDLE_TH_ERRORS
  if (PyCapsule_IsValid(capsule, "dltensor_versioned")) {
    auto* managed = static_cast<DLManagedVersioned*>(
        PyCapsule_GetPointer(capsule, "dltensor_versioned"));
    PyObject* tensor = wrap(import_tensor(managed));
    PyCapsule_SetName(capsule, "used_dltensor_versioned");
    return tensor;
  }
  auto* managed =
      static_cast<DLManaged*>(PyCapsule_GetPointer(capsule, "dltensor"));
  if (!managed) {
    PyErr_Clear();
    TORCH_CHECK(
        false,
        "from_dlpack received an invalid capsule. Note that DLTensor capsules "
        "can be consumed only once, so you might have already constructed a "
        "tensor from it once.");
  }
  PyObject* tensor = wrap(import_tensor(managed));
  PyCapsule_SetName(capsule, "used_dltensor");
  return tensor;
  END_HANDLE_TH_ERRORS
}

const PyMethodDef functions[] = {
    {"_to_dlpack", as_method(to_dlpack), METH_VARARGS | METH_KEYWORDS, nullptr},
    {"_to_dlpack_versioned",
     as_method(to_dlpack_versioned),
     METH_VARARGS | METH_KEYWORDS,
     nullptr},
    {"_from_dlpack", from_dlpack, METH_O, nullptr}};
const TopicBindings bind_functions("torch._C", functions);

} // namespace
} // namespace torch::python

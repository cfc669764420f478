#include "api/python/Storage.h"

#include <algorithm>
#include <cstring>

#include "api/python/ArgParser.h"
#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/GeneratedSupport.h"
#include "api/python/Gil.h"
#include "aten/EmptyTensor.h"
#include "aten/core/DeviceGuard.h"

namespace torch::python {
namespace {

using c10::Storage;

struct StorageObject {
  PyObject_HEAD
  Storage storage;
};

PyTypeObject* StorageBaseType;
PyTypeObject* StorageClass; // torch.UntypedStorage once it is registered

const Storage& value_of(PyObject* self) {
  return reinterpret_cast<StorageObject*>(self)->storage;
}
uint8_t* bytes_of(PyObject* self) {
  return static_cast<uint8_t*>(value_of(self)->data());
}
Py_ssize_t size_of(PyObject* self) {
  return static_cast<Py_ssize_t>(value_of(self)->nbytes());
}

PyObject* new_object(PyTypeObject* type, Storage storage) {
  PyObject* made = check(type->tp_alloc(type, 0));
  storage->pyobj_ = made;
  new (&reinterpret_cast<StorageObject*>(made)->storage)
      Storage(std::move(storage));
  return made;
}

Storage new_storage(size_t nbytes, c10::Device device) {
  if (device.is_meta()) {
    return c10::make_intrusive<c10::StorageImpl>(
        c10::DataPtr(nullptr, device), nbytes, nullptr);
  }
  const at::DeviceGuard guard(device);
  return c10::make_intrusive<c10::StorageImpl>(
      nbytes, c10::get_allocator(device.type()));
}

void require_cpu(const Storage& storage) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      storage->device().is_cpu(),
      "reading and writing single bytes needs a storage on the CPU");
}

void release_python_object(void* object) {
  if (Py_IsInitialized()) {
    GilAcquire gil;
    Py_DECREF(static_cast<PyObject*>(object));
  }
}

// A flat view of a buffer's bytes, released at the end of its scope.
class BufferView {
 public:
  BufferView(PyObject* o, int flags) {
    check_status(PyObject_GetBuffer(o, &view_, flags));
  }
  ~BufferView() { PyBuffer_Release(&view_); }
  BufferView(const BufferView&) = delete;
  BufferView& operator=(const BufferView&) = delete;
  const Py_buffer* operator->() const { return &view_; }

 private:
  Py_buffer view_;
};

// ---- construction

constexpr Param new_params[] = {
    {"size", ArgType::Object, kOptional | kNone, "0"},
    {"device", ArgType::Device, kOptional | kNone | kKeyword, "None"}};
constexpr Signature new_signatures[] = {Signature(new_params)};
constexpr Function new_info("UntypedStorage", new_signatures);

PyObject* storage_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const TupleArgs<2> p(new_info, args, kwargs);
  const c10::Device device = p.has(1) ? p.device(1) : c10::Device(c10::kCPU);
  if (!p.has(0) || PyIndex_Check(p[0])) {
    const int64_t size = p.has(0) ? unpack_int(p[0]) : 0;
    TORCH_CHECK(size >= 0, "Storage size must not be negative, but got ", size);
    return new_object(type, new_storage(static_cast<size_t>(size), device));
  }
  TORCH_CHECK_TYPE(
      PySequence_Check(p[0]),
      "torch.UntypedStorage(): Expected a sequence type, but got ",
      Py_TYPE(p[0])->tp_name);
  PyRef items = checked(PySequence_Fast(p[0], "expected a sequence"));
  const Py_ssize_t n = PySequence_Fast_GET_SIZE(items.get());
  PyRef made(new_object(type, new_storage(static_cast<size_t>(n), device)));
  require_cpu(value_of(made.get()));
  for (Py_ssize_t i = 0; i < n; ++i) {
    bytes_of(made.get())[i] = static_cast<uint8_t>(
        unpack_int(PySequence_Fast_GET_ITEM(items.get(), i)));
  }
  return made.release();
  END_HANDLE_TH_ERRORS
}

void storage_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Storage& storage = reinterpret_cast<StorageObject*>(self)->storage;
  if (storage) {
    storage->pyobj_ = nullptr;
  }
  storage.~Storage();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* from_buffer(PyObject* cls, PyObject* buffer) {
  HANDLE_TH_ERRORS
  const BufferView view(buffer, PyBUF_SIMPLE);
  const auto nbytes = static_cast<size_t>(view->len);
  Storage storage = new_storage(nbytes, c10::Device(c10::kCPU));
  if (nbytes) {
    std::memcpy(storage->data(), view->buf, nbytes);
  }
  return new_object(
      reinterpret_cast<PyTypeObject*>(cls), std::move(storage));
  END_HANDLE_TH_ERRORS
}

// The memoryview stays alive, and with it the buffer's lock.
PyObject* from_external(PyObject* cls, PyObject* view) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(PyMemoryView_Check(view), "expected a memoryview");
  const Py_buffer* buffer = PyMemoryView_GET_BUFFER(view);
  Py_INCREF(view);
  auto storage = c10::make_intrusive<c10::StorageImpl>(
      c10::DataPtr(
          buffer->buf, view, release_python_object, c10::Device(c10::kCPU)),
      static_cast<size_t>(buffer->len),
      nullptr);
  return new_object(
      reinterpret_cast<PyTypeObject*>(cls), std::move(storage));
  END_HANDLE_TH_ERRORS
}

// ---- as a sequence of bytes

int storage_getbuffer(PyObject* self, Py_buffer* view, int flags) {
  if (!value_of(self)->device().is_cpu()) {
    view->obj = nullptr;
    PyErr_SetString(PyExc_BufferError, "the bytes are not on the CPU");
    return -1;
  }
  return PyBuffer_FillInfo(
      view, self, bytes_of(self), size_of(self), 0, flags);
}
PyObject* share_buffer(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  require_cpu(value_of(self));
  return PyMemoryView_FromObject(self);
  END_HANDLE_TH_ERRORS
}
Py_ssize_t storage_length(PyObject* self) { return size_of(self); }

Py_ssize_t wrap_index(PyObject* self, PyObject* index) {
  const int64_t i = unpack_int(index);
  const Py_ssize_t n = size_of(self);
  TORCH_CHECK_INDEX(
      i >= -n && i < n,
      "index ",
      i,
      " out of range for storage of size ",
      n);
  return i < 0 ? i + n : i;
}

struct ByteRange {
  Py_ssize_t start, stop, length;
};
ByteRange unpack_range(PyObject* self, PyObject* slice) {
  Py_ssize_t start, stop, step;
  check_status(PySlice_Unpack(slice, &start, &stop, &step));
  const Py_ssize_t length =
      PySlice_AdjustIndices(size_of(self), &start, &stop, step);
  TORCH_CHECK_VALUE(
      step == 1,
      "Trying to slice with a step of ",
      step,
      ", but only a step of 1 is supported");
  return {start, stop, length};
}

// A slice shares the bytes of the whole.
PyObject* slice_of(PyObject* self, const ByteRange& range) {
  Storage whole = value_of(self);
  uint8_t* data = bytes_of(self) + range.start;
  auto* owner = new Storage(whole);
  auto part = c10::make_intrusive<c10::StorageImpl>(
      c10::DataPtr(
          data,
          owner,
          [](void* p) { delete static_cast<Storage*>(p); },
          whole->device()),
      static_cast<size_t>(range.length),
      nullptr);
  return new_object(Py_TYPE(self), std::move(part));
}

PyObject* storage_get(PyObject* self, PyObject* index) {
  HANDLE_TH_ERRORS
  require_cpu(value_of(self));
  if (PySlice_Check(index)) {
    return slice_of(self, unpack_range(self, index));
  }
  TORCH_CHECK_TYPE(
      PyIndex_Check(index),
      "can't index a torch.UntypedStorage with ",
      Py_TYPE(index)->tp_name);
  return PyLong_FromLong(bytes_of(self)[wrap_index(self, index)]);
  END_HANDLE_TH_ERRORS
}

int storage_set(PyObject* self, PyObject* index, PyObject* value) {
  HANDLE_TH_ERRORS
  require_cpu(value_of(self));
  TORCH_CHECK_TYPE(
      value && PyIndex_Check(value),
      "can only set storage content with a int types, but got ",
      value ? Py_TYPE(value)->tp_name : "nothing",
      " instead");
  const auto byte = static_cast<uint8_t>(unpack_int(value));
  if (PySlice_Check(index)) {
    const ByteRange range = unpack_range(self, index);
    std::fill_n(bytes_of(self) + range.start, range.length, byte);
    return 0;
  }
  bytes_of(self)[wrap_index(self, index)] = byte;
  return 0;
  END_HANDLE_TH_ERRORS_RET(-1)
}

// ---- methods

PyObject* nbytes(PyObject* self, PyObject*) {
  return PyLong_FromSsize_t(size_of(self));
}
PyObject* data_ptr(PyObject* self, PyObject*) {
  return PyLong_FromVoidPtr(value_of(self)->data());
}
PyObject* resizable(PyObject* self, PyObject*) {
  return new_bool(value_of(self)->resizable());
}
PyObject* resize_(PyObject* self, PyObject* size) {
  HANDLE_TH_ERRORS
  const int64_t n = unpack_int(size);
  TORCH_CHECK(n >= 0, "Storage size must not be negative, but got ", n);
  value_of(self)->resize(static_cast<size_t>(n));
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

// All bytes of a storage as a tensor.
at::Tensor as_bytes(const Storage& storage) {
  auto impl = c10::make_intrusive<at::TensorImpl>(
      storage, at::kByte, storage->device());
  impl->set_sizes_contiguous(static_cast<int64_t>(storage->nbytes()));
  return at::Tensor(std::move(impl));
}

PyObject* copy_(PyObject* self, PyObject* args) {
  HANDLE_TH_ERRORS
  PyObject *source, *non_blocking = Py_False;
  if (!PyArg_ParseTuple(args, "O|O", &source, &non_blocking)) {
    return nullptr;
  }
  TORCH_CHECK_TYPE(
      is_storage(source),
      "copy_() expects a storage, but got ",
      Py_TYPE(source)->tp_name);
  TORCH_CHECK(
      size_of(self) == size_of(source), "size does not match, self was ",
      size_of(self), " bytes but src was ", size_of(source), " bytes");
  at::detail::copy_(as_bytes(value_of(self)), as_bytes(value_of(source)));
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

PyObject* fill_(PyObject* self, PyObject* value) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(
      PyIndex_Check(value),
      "fill_ expects int, but got ",
      Py_TYPE(value)->tp_name);
  require_cpu(value_of(self));
  const auto n = static_cast<size_t>(size_of(self));
  if (n) {
    std::memset(bytes_of(self), static_cast<uint8_t>(unpack_int(value)), n);
  }
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

PyObject* get_device(PyObject* self, void*) {
  return wrap(value_of(self)->device());
}
PyObject* get_cdata(PyObject* self, void*) {
  return PyLong_FromVoidPtr(value_of(self).get());
}

PyMethodDef methods[] = {
    {"nbytes", nbytes, METH_NOARGS, "The number of bytes."},
    {"data_ptr", data_ptr, METH_NOARGS, "The address of the first byte."},
    {"resizable", resizable, METH_NOARGS, "Whether resize_() may be called."},
    {"resize_", resize_, METH_O, "Change the number of bytes."},
    {"copy_", copy_, METH_VARARGS, "Copy the bytes of another storage."},
    {"fill_", fill_, METH_O, "Set every byte."},
    {"_share_buffer", share_buffer, METH_NOARGS, nullptr},
    {"_from_buffer", from_buffer, METH_O | METH_CLASS, nullptr},
    {"_from_external", from_external, METH_O | METH_CLASS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef properties[] = {
    {"device", get_device, nullptr, nullptr, nullptr},
    {"_cdata", get_cdata, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot slots[] = {
    {Py_tp_new, as_slot(storage_new)},
    {Py_tp_dealloc, as_slot(storage_dealloc)},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_mp_length, as_slot(storage_length)},
    {Py_mp_subscript, as_slot(storage_get)},
    {Py_mp_ass_subscript, as_slot(storage_set)},
    {0, nullptr}};
PyType_Spec spec = {
    "torch._C.StorageBase",
    sizeof(StorageObject),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    slots};
PyBufferProcs buffer_procs = {storage_getbuffer, nullptr};

PyObject* set_storage_class(PyObject*, PyObject* cls) {
  Py_INCREF(cls);
  StorageClass = reinterpret_cast<PyTypeObject*>(cls);
  Py_RETURN_NONE;
}

// ---- Tensor.set_

// The untyped storage of a storage or of a TypedStorage.
PyRef untyped(PyObject* o) {
  return is_storage(o)
      ? PyRef::borrowed(o)
      : checked(PyObject_GetAttrString(o, "_untyped_storage"));
}

// A storage that is too small for the geometry grows.
void make_room(
    const Storage& storage,
    at::IntArrayRef sizes,
    at::IntArrayRef strides,
    size_t itemsize,
    int64_t offset) {
  TORCH_CHECK(offset >= 0, "Tensor: invalid storage offset ", offset);
  const size_t needed =
      at::detail::computed_nbytes(sizes, strides, itemsize, offset);
  if (needed > storage->nbytes()) {
    storage->resize(needed);
  }
}

void set_tensor(
    at::Tensor& t,
    Storage storage,
    int64_t offset,
    at::IntArrayRef sizes,
    at::IntArrayRef strides) {
  TORCH_CHECK(
      storage->device() == t.device(),
      "Attempted to set the storage of a tensor on device \"",
      t.device().str(), "\" to a storage on different device \"",
      storage->device().str(),
      "\".  This is no longer allowed; the devices must match.");
  at::TensorImpl* impl = t.unsafe_impl();
  const uint32_t version = impl->version();
  impl->set_storage(std::move(storage));
  impl->set_storage_offset(offset);
  impl->set_sizes_and_strides(sizes, strides);
  impl->set_private_version(version + 1);
}

constexpr Param set_storage_params[] = {
    {"source", ArgType::Object},
    {"storage_offset", ArgType::Int},
    {"size", ArgType::IntList},
    {"stride", ArgType::IntList, kOptional, "None"}};
constexpr Param set_other_params[] = {{"source", ArgType::Object}};
constexpr Signature set_signatures[] = {
    Signature(), Signature(set_other_params), Signature(set_storage_params)};
constexpr Function set_info("set_", set_signatures, "Tensor");

PyObject* tensor_set_(
    PyObject* self, FastArgs args, Py_ssize_t nargs, PyObject* kwnames) {
  HANDLE_TH_ERRORS
  const ParsedArgs<4> p(set_info, self, args, nargs, kwnames);
  if (p.has_torch_function()) {
    return p.call_torch_function();
  }
  at::Tensor& t = unpack_mutable(self);
  if (p.signature() == 0) {
    set_tensor(
        t, new_storage(0, t.device()), 0, c10::DimVector{0}, c10::DimVector{1});
    return new_ref(self);
  }
  if (is_tensor(p[0])) {
    const at::Tensor& other = unpack(p[0]);
    const bool whole = p.signature() == 1;
    const c10::DimVector sizes =
        whole ? c10::DimVector(other.sizes()) : p.int_list(2);
    const c10::DimVector strides = whole ? c10::DimVector(other.strides())
        : p.has(3)                       ? p.int_list(3)
                   : at::detail::contiguous_strides(sizes);
    const int64_t offset = whole ? other.storage_offset() : p.integer(1);
    if (whole) {
      TORCH_CHECK(
          t.scalar_type() == other.scalar_type(),
          "Could not set tensor of type ",
          c10::cpp_type_name(other.scalar_type()),
          " to a tensor of type ",
          c10::cpp_type_name(t.scalar_type()));
    } else {
      make_room(other.storage(), sizes, strides, t.itemsize(), offset);
    }
    set_tensor(t, other.storage(), offset, sizes, strides);
    return new_ref(self);
  }
  const PyRef source = untyped(p[0]);
  const Storage& storage = value_of(source.get());
  if (p.signature() == 1) {
    const auto n = static_cast<int64_t>(storage->nbytes() / t.itemsize());
    set_tensor(t, storage, 0, c10::DimVector{n}, c10::DimVector{1});
    return new_ref(self);
  }
  const c10::DimVector sizes = p.int_list(2);
  const c10::DimVector strides =
      p.has(3) ? p.int_list(3) : at::detail::contiguous_strides(sizes);
  make_room(storage, sizes, strides, t.itemsize(), p.integer(1));
  set_tensor(t, storage, p.integer(1), sizes, strides);
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

const PyMethodDef tensor_methods_here[] = {
    {"set_",
     as_method(tensor_set_),
     METH_FASTCALL | METH_KEYWORDS,
     nullptr}};
const TopicBindings bind_tensor("Tensor", tensor_methods_here);
const PyMethodDef module_functions[] = {
    {"_set_storage_class", set_storage_class, METH_O, nullptr}};
const TopicBindings bind_module("torch._C", module_functions);

} // namespace

PyObject* wrap_storage(const Storage& storage) {
  if (storage->pyobj_) {
    return new_ref(static_cast<PyObject*>(storage->pyobj_));
  }
  return new_object(StorageClass, storage);
}

bool is_storage(PyObject* o) {
  return PyObject_TypeCheck(o, StorageBaseType);
}

const Storage& unpack_storage(PyObject* o) { return value_of(o); }

void init_storage(PyObject* module) {
  PyObject* made = check(PyType_FromSpec(&spec));
  StorageBaseType = reinterpret_cast<PyTypeObject*>(made);
  StorageBaseType->tp_as_buffer = &buffer_procs;
  StorageClass = StorageBaseType;
  check_status(PyObject_SetAttrString(module, "StorageBase", made));
}

} // namespace torch::python

#include "api/python/Tensor.h"

#include <structmember.h>

#include <map>
#include <string>

#include "api/python/Bindings.h"
#include "api/python/Exceptions.h"
#include "api/python/Gil.h"
#include "api/python/TensorNew.h"

namespace torch::python {

// Note [Python object identity]
// A TensorImpl has at most one Python wrapper, impl->pyobj(). Normally the
// wrapper owns the impl. When the last Python reference goes away while C++
// still holds the tensor, a plain wrapper simply dies and is remade when
// needed; one that carries state (a subclass, a __dict__, weak references,
// hooks) must come back unchanged, so tensor_dealloc() revives it and turns
// ownership round: impl->owns_pyobj(), and the wrapper's pointer to the impl
// no longer counts. wrap() turns it back. When the impl dies first, its
// destructor calls drop_owned_wrapper().

PyTypeObject* TensorClass = &TensorBaseType;
PyTypeObject* ParameterClass = nullptr;

namespace {

// Dead wrappers of torch.Tensor, for the next wrap(): saves the allocator and
// keeps short-lived tensors out of the garbage collector's counts.
constexpr size_t kMaxFree = 128;
TensorObject* free_wrappers[kMaxFree];
size_t num_free = 0;

TensorObject* as_tensor(PyObject* o) {
  return reinterpret_cast<TensorObject*>(o);
}

bool has_state(TensorObject* self) {
  return Py_TYPE(self) != TensorClass || self->weakrefs ||
      self->backward_hooks || (self->dict && PyDict_GET_SIZE(self->dict) > 0);
}

// C++ would lose something if this wrapper died with its last reference.
bool is_needed(TensorObject* self) {
  at::TensorImpl* impl = self->tensor.unsafe_impl();
  return impl && !impl->owns_pyobj() && impl->use_count() > 1 &&
      has_state(self);
}

// Forgets the tensor without releasing it.
void abandon(at::Tensor& tensor) { new (&tensor) at::Tensor(); }

void give_to_cpp(TensorObject* self) {
  at::TensorImpl* impl = self->tensor.unsafe_impl();
  Py_SET_REFCNT(reinterpret_cast<PyObject*>(self), 1);
  impl->set_owns_pyobj(true);
  // From here on another thread may free impl, and with it this object.
  impl->release();
}

PyObject* take_from_cpp(at::TensorImpl* impl) {
  impl->set_owns_pyobj(false);
  impl->retain();
  return impl->pyobj();
}

void drop_owned_wrapper(PyObject* wrapper) {
  if (!Py_IsInitialized()) {
    return;
  }
  GilAcquire gil;
  abandon(as_tensor(wrapper)->tensor);
  Py_DECREF(wrapper);
}

void release_tensor(TensorObject* self) {
  at::TensorImpl* impl = self->tensor.unsafe_impl();
  if (!impl) {
    return;
  }
  if (impl->owns_pyobj()) {
    abandon(self->tensor);
    return;
  }
  impl->set_pyobj(nullptr);
  // Moved out first: freeing a graph may run arbitrary code.
  const at::Tensor last = std::move(self->tensor);
}

// What a class statement with __slots__ added; the base type has none.
void clear_slots(PyTypeObject* type, PyObject* self) {
  for (; type != &TensorBaseType; type = type->tp_base) {
    const Py_ssize_t n = Py_SIZE(type);
    if (n == 0) {
      continue;
    }
    auto* members = reinterpret_cast<PyMemberDef*>(
        reinterpret_cast<char*>(type) + Py_TYPE(type)->tp_basicsize);
    for (Py_ssize_t i = 0; i < n; ++i) {
      if (members[i].type == T_OBJECT_EX) {
        auto** slot = reinterpret_cast<PyObject**>(
            reinterpret_cast<char*>(self) + members[i].offset);
        Py_CLEAR(*slot);
      }
    }
  }
}

// Of a wrapper that is not plain: finalizers, weak references, __dict__.
// False when a finalizer revived it.
bool clear_state(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  if (type->tp_finalize && PyObject_CallFinalizerFromDealloc(self) < 0) {
    return false;
  }
  PyObject_GC_UnTrack(self);
  TensorObject* object = as_tensor(self);
  if (object->weakrefs) {
    PyObject_ClearWeakRefs(self);
  }
  clear_slots(type, self);
  Py_CLEAR(object->dict);
  Py_CLEAR(object->backward_hooks);
  return true;
}

void tensor_dealloc(PyObject* self) {
  TensorObject* object = as_tensor(self);
  PyTypeObject* type = Py_TYPE(self);
  if (is_needed(object)) {
    give_to_cpp(object);
    return;
  }
  if (type != TensorClass || object->dict || object->weakrefs ||
      object->backward_hooks) {
    if (!clear_state(self)) {
      return;
    }
  } else {
    PyObject_GC_UnTrack(self);
  }
  release_tensor(object);
  if (type == TensorClass && num_free < kMaxFree) {
    free_wrappers[num_free++] = object;
  } else {
    type->tp_free(self);
  }
  if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
    Py_DECREF(type);
  }
}

// A wrapper that C++ needs counts as reachable: its references are not shown.
int tensor_traverse(PyObject* self, visitproc visit, void* arg) {
  TensorObject* object = as_tensor(self);
  if (is_needed(object)) {
    return 0;
  }
  Py_VISIT(object->dict);
  Py_VISIT(object->backward_hooks);
  return 0;
}

int tensor_clear(PyObject* self) {
  TensorObject* object = as_tensor(self);
  if (is_needed(object)) {
    return 0;
  }
  Py_CLEAR(object->dict);
  Py_CLEAR(object->backward_hooks);
  release_tensor(object);
  return 0;
}

// The identity itself, since programs compare it with id(x).
Py_hash_t tensor_hash(PyObject* self) {
  const auto hash = reinterpret_cast<Py_hash_t>(self);
  return hash == -1 ? -2 : hash;
}

TensorObject* allocate(PyTypeObject* type) {
  if (C10_LIKELY(type == TensorClass && num_free > 0)) {
    TensorObject* object = free_wrappers[--num_free];
    PyObject_Init(reinterpret_cast<PyObject*>(object), type);
    PyObject_GC_Track(reinterpret_cast<PyObject*>(object));
    return object;
  }
  return as_tensor(check(type->tp_alloc(type, 0)));
}

// ---- the metaclass: every class derived from TensorBase frees its objects
// through tensor_dealloc

int meta_init(PyObject* type, PyObject* args, PyObject* kwargs) {
  if (PyType_Type.tp_init(type, args, kwargs) < 0) {
    return -1;
  }
  reinterpret_cast<PyTypeObject*>(type)->tp_dealloc = tensor_dealloc;
  return 0;
}

PyTypeObject make_meta_type() {
  PyTypeObject type{};
  Py_SET_REFCNT(reinterpret_cast<PyObject*>(&type), 1);
  type.tp_name = "torch._C._TensorMeta";
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
  type.tp_base = &PyType_Type;
  type.tp_init = meta_init;
  return type;
}

PyTypeObject make_tensor_type() {
  PyTypeObject type{};
  Py_SET_REFCNT(reinterpret_cast<PyObject*>(&type), 1);
  type.tp_name = "torch._C.TensorBase";
  type.tp_basicsize = sizeof(TensorObject);
  type.tp_flags =
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
  type.tp_dealloc = tensor_dealloc;
  type.tp_traverse = tensor_traverse;
  type.tp_clear = tensor_clear;
  type.tp_dictoffset = offsetof(TensorObject, dict);
  type.tp_weaklistoffset = offsetof(TensorObject, weakrefs);
  type.tp_new = tensor_base_new;
  return type;
}

PyTypeObject TensorMetaType = make_meta_type();

PyGetSetDef dict_property = {
    "__dict__",
    PyObject_GenericGetDict,
    PyObject_GenericSetDict,
    nullptr,
    nullptr};

} // namespace

PyTypeObject TensorBaseType = make_tensor_type();

PyObject* wrap_as(PyTypeObject* type, at::Tensor tensor) {
  TensorObject* object = allocate(type);
  tensor.unsafe_impl()->set_pyobj(reinterpret_cast<PyObject*>(object));
  object->tensor = std::move(tensor);
  return reinterpret_cast<PyObject*>(object);
}

PyObject* wrap(at::Tensor tensor) {
  at::TensorImpl* impl = tensor.unsafe_impl();
  if (C10_UNLIKELY(impl == nullptr)) {
    return new_none();
  }
  if (PyObject* wrapper = impl->pyobj()) {
    return C10_UNLIKELY(impl->owns_pyobj()) ? take_from_cpp(impl)
                                            : new_ref(wrapper);
  }
  return wrap_as(TensorClass, std::move(tensor));
}

// One field a line: tensors have long texts.
static PyObject* return_type_repr(PyObject* self) {
  HANDLE_TH_ERRORS
  PyTypeObject* type = Py_TYPE(self);
  std::string text = std::string(type->tp_name) + "(";
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self); ++i) {
    PyRef value = checked(PyObject_Repr(PyTuple_GET_ITEM(self, i)));
    const char* utf8 = PyUnicode_AsUTF8(value.get());
    text += std::string(i ? ",\n" : "\n") + type->tp_members[i].name + "=" +
        (utf8 ? utf8 : "");
  }
  return new_string(text + ")");
  END_HANDLE_TH_ERRORS
}

PyTypeObject* make_return_type(
    const char* name,
    std::initializer_list<const char*> fields) {
  // Overloads of one name that return the same fields share the type.
  static std::map<std::string, PyTypeObject*> made;
  std::string key = name;
  for (const char* field : fields) {
    key += std::string(",") + field;
  }
  PyTypeObject*& type = made[key];
  if (type) {
    return type;
  }
  static std::map<std::string, std::string> names;
  std::string& full_name = names[key];
  full_name = std::string("torch.return_types.") + name;
  std::vector<PyStructSequence_Field> described;
  for (const char* field : fields) {
    described.push_back({field, nullptr});
  }
  described.push_back({nullptr, nullptr});
  PyStructSequence_Desc description = {
      full_name.c_str(),
      nullptr,
      described.data(),
      static_cast<int>(fields.size())};
  type = PyStructSequence_NewType(&description);
  check(reinterpret_cast<PyObject*>(type));
  type->tp_repr = return_type_repr;
  publish_return_type(name, type);
  return type;
}

void init_tensor(PyObject* module) {
  c10::pyobject_hooks.decref = drop_owned_wrapper;
  check_status(PyType_Ready(&TensorMetaType));
  Py_SET_TYPE(&TensorBaseType, &TensorMetaType);
  TensorBaseType.tp_methods = tensor_methods();
  static std::vector<PyGetSetDef> properties = tensor_properties();
  for (PyGetSetDef& property : properties) {
    property.doc = docstring_of("Tensor", property.name);
  }
  properties.insert(properties.begin(), dict_property);
  properties.push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
  TensorBaseType.tp_getset = properties.data();
  TensorBaseType.tp_as_number = &tensor_as_number;
  TensorBaseType.tp_as_mapping = &tensor_as_mapping;
  TensorBaseType.tp_richcompare = tensor_richcompare;
  TensorBaseType.tp_iter = tensor_iter;
  TensorBaseType.tp_hash = tensor_hash;
  fill_number_slots();
  check_status(PyType_Ready(&TensorBaseType));
  PyObject* base = reinterpret_cast<PyObject*>(&TensorBaseType);
  check_status(PyObject_SetAttrString(
      module, "_TensorMeta", reinterpret_cast<PyObject*>(&TensorMetaType)));
  check_status(PyObject_SetAttrString(module, "TensorBase", base));
}

} // namespace torch::python

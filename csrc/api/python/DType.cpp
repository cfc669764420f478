#include "api/python/DType.h"

#include "api/python/Exceptions.h"

namespace torch::python {

PyTypeObject* DTypeType;
PyTypeObject* LayoutType;
PyTypeObject* MemoryFormatType;

namespace {

using c10::Layout;
using c10::MemoryFormat;
using c10::ScalarType;

constexpr size_t kNumDTypes = 64;
PyObject* dtypes[kNumDTypes];
PyObject* layouts[2];
PyObject* memory_formats[4];

ScalarType value_of(PyObject* self) {
  return reinterpret_cast<DTypeObject*>(self)->value;
}

PyObject* dtype_repr(PyObject* self) {
  return PyUnicode_FromFormat("torch.%s", c10::dtype_name(value_of(self)));
}
// Pickle stores the name and finds it in module torch.
PyObject* dtype_reduce(PyObject* self, PyObject*) {
  return new_string(c10::dtype_name(value_of(self)));
}
PyObject* dtype_to_complex(PyObject* self, PyObject*) {
  return wrap(c10::to_complex_type(value_of(self)));
}
PyObject* dtype_to_real(PyObject* self, PyObject*) {
  return wrap(c10::to_real_value_type(value_of(self)));
}
PyObject* dtype_is_floating_point(PyObject* self, void*) {
  return new_bool(c10::is_floating_type(value_of(self)));
}
PyObject* dtype_is_complex(PyObject* self, void*) {
  return new_bool(c10::is_complex_type(value_of(self)));
}
PyObject* dtype_is_signed(PyObject* self, void*) {
  return new_bool(c10::is_signed_type(value_of(self)));
}
PyObject* dtype_itemsize(PyObject* self, void*) {
  return PyLong_FromSize_t(c10::element_size(value_of(self)));
}
// "f32", "i64", "b8": how compilers spell the type.
PyObject* dtype_abbr(PyObject* self, void*) {
  const ScalarType t = value_of(self);
  const auto bits = static_cast<int>(c10::element_size(t) * 8);
  const char* kind = t == ScalarType::Bool ? "b"
      : t == ScalarType::BFloat16          ? "bf"
      : c10::is_complex_type(t)            ? "c"
      : c10::is_floating_type(t)           ? "f"
      : c10::is_signed_type(t)             ? "i"
                                           : "u";
  return PyUnicode_FromFormat("%s%d", kind, bits);
}

PyMethodDef dtype_methods[] = {
    {"__reduce__", dtype_reduce, METH_NOARGS, nullptr},
    {"to_complex",
     dtype_to_complex,
     METH_NOARGS,
     "The complex type whose parts have this type."},
    {"to_real",
     dtype_to_real,
     METH_NOARGS,
     "The type of the real part."},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef dtype_properties[] = {
    {"is_floating_point", dtype_is_floating_point, nullptr, nullptr, nullptr},
    {"is_complex", dtype_is_complex, nullptr, nullptr, nullptr},
    {"is_signed", dtype_is_signed, nullptr, nullptr, nullptr},
    {"itemsize", dtype_itemsize, nullptr, nullptr, nullptr},
    {"abbr", dtype_abbr, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot dtype_slots[] = {
    {Py_tp_repr, as_slot(dtype_repr)},
    {Py_tp_methods, dtype_methods},
    {Py_tp_getset, dtype_properties},
    {0, nullptr}};
PyType_Spec dtype_spec = {
    "torch.dtype", sizeof(DTypeObject), 0, Py_TPFLAGS_DEFAULT, dtype_slots};

const char* layout_name(Layout layout) {
  return layout == Layout::Strided ? "strided" : "sparse_coo";
}
PyObject* layout_repr(PyObject* self) {
  return PyUnicode_FromFormat("torch.%s", layout_name(unpack_layout(self)));
}
PyType_Slot layout_slots[] = {
    {Py_tp_repr, as_slot(layout_repr)},
    {0, nullptr}};
PyType_Spec layout_spec = {
    "torch.layout", sizeof(LayoutObject), 0, Py_TPFLAGS_DEFAULT, layout_slots};

const char* format_name(MemoryFormat format) {
  switch (format) {
    case MemoryFormat::Contiguous:
      return "contiguous_format";
    case MemoryFormat::Preserve:
      return "preserve_format";
    case MemoryFormat::ChannelsLast:
      return "channels_last";
    default:
      return "channels_last_3d";
  }
}
PyObject* format_repr(PyObject* self) {
  return PyUnicode_FromFormat(
      "torch.%s", format_name(unpack_memory_format(self)));
}
PyObject* format_reduce(PyObject* self, PyObject*) {
  return new_string(format_name(unpack_memory_format(self)));
}
PyMethodDef format_methods[] = {
    {"__reduce__", format_reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot format_slots[] = {
    {Py_tp_repr, as_slot(format_repr)},
    {Py_tp_methods, format_methods},
    {0, nullptr}};
PyType_Spec format_spec = {
    "torch.memory_format",
    sizeof(MemoryFormatObject),
    0,
    Py_TPFLAGS_DEFAULT,
    format_slots};

// A type without a constructor, put into the module under its own name.
PyTypeObject* add_type(PyObject* module, PyType_Spec& spec, const char* name) {
  PyObject* made = check(PyType_FromSpec(&spec));
  auto* type = reinterpret_cast<PyTypeObject*>(made);
  type->tp_new = nullptr;
  check_status(PyObject_SetAttrString(module, name, made));
  return type;
}

template <typename Object, typename Value>
PyObject* make_constant(PyTypeObject* type, Value value) {
  PyObject* made = check(type->tp_alloc(type, 0));
  reinterpret_cast<Object*>(made)->value = value;
  return made;
}

void add_dtype(PyObject* module, ScalarType type, const char* alias) {
  PyObject* made = make_constant<DTypeObject>(DTypeType, type);
  dtypes[static_cast<size_t>(type)] = made;
  check_status(PyObject_SetAttrString(module, c10::dtype_name(type), made));
  if (alias) {
    check_status(PyObject_SetAttrString(module, alias, made));
  }
}

} // namespace

PyObject* wrap(ScalarType value) {
  return new_ref(dtypes[static_cast<size_t>(value)]);
}
PyObject* wrap(Layout value) {
  return new_ref(layouts[static_cast<size_t>(value)]);
}
PyObject* wrap(MemoryFormat value) {
  return new_ref(memory_formats[static_cast<size_t>(value)]);
}

bool is_dtype_like(PyObject* o) {
  return is_dtype(o) ||
      (PyType_Check(o) &&
       (o == reinterpret_cast<PyObject*>(&PyFloat_Type) ||
        o == reinterpret_cast<PyObject*>(&PyLong_Type) ||
        o == reinterpret_cast<PyObject*>(&PyBool_Type) ||
        o == reinterpret_cast<PyObject*>(&PyComplex_Type)));
}

ScalarType unpack_dtype(PyObject* o) {
  if (C10_LIKELY(is_dtype(o))) {
    return value_of(o);
  }
  if (o == reinterpret_cast<PyObject*>(&PyFloat_Type)) {
    return ScalarType::Double;
  }
  if (o == reinterpret_cast<PyObject*>(&PyBool_Type)) {
    return ScalarType::Bool;
  }
  return o == reinterpret_cast<PyObject*>(&PyLong_Type)
      ? ScalarType::Long
      : ScalarType::ComplexDouble;
}

void init_dtypes(PyObject* module) {
  DTypeType = add_type(module, dtype_spec, "dtype");
  LayoutType = add_type(module, layout_spec, "layout");
  MemoryFormatType = add_type(module, format_spec, "memory_format");
  add_dtype(module, ScalarType::Byte, nullptr);
  add_dtype(module, ScalarType::Char, nullptr);
  add_dtype(module, ScalarType::Short, "short");
  add_dtype(module, ScalarType::Int, "int");
  add_dtype(module, ScalarType::Long, "long");
  add_dtype(module, ScalarType::Half, "half");
  add_dtype(module, ScalarType::Float, "float");
  add_dtype(module, ScalarType::Double, "double");
  add_dtype(module, ScalarType::ComplexFloat, "cfloat");
  add_dtype(module, ScalarType::ComplexDouble, "cdouble");
  add_dtype(module, ScalarType::Bool, nullptr);
  add_dtype(module, ScalarType::BFloat16, nullptr);
  for (Layout layout : {Layout::Strided, Layout::Sparse}) {
    PyObject* made = make_constant<LayoutObject>(LayoutType, layout);
    layouts[static_cast<size_t>(layout)] = made;
    check_status(PyObject_SetAttrString(module, layout_name(layout), made));
  }
  for (int i = 0; i < 4; ++i) {
    const auto format = static_cast<MemoryFormat>(i);
    memory_formats[i] =
        make_constant<MemoryFormatObject>(MemoryFormatType, format);
    check_status(PyObject_SetAttrString(
        module, format_name(format), memory_formats[i]));
  }
}

} // namespace torch::python

#include "api/python/Size.h"

#include "api/python/Exceptions.h"

namespace torch::python {

PyTypeObject* SizeType;

namespace {

PyObject* fill(PyObject* tuple, c10::IntArrayRef values) {
  for (size_t i = 0; tuple && i < values.size(); ++i) {
    PyObject* item = PyLong_FromLongLong(values[i]);
    if (!item) {
      Py_DECREF(tuple);
      return nullptr;
    }
    PyTuple_SET_ITEM(tuple, static_cast<Py_ssize_t>(i), item);
  }
  return tuple;
}

// A tuple of ints as a Size; steals `tuple`, may be null.
PyObject* as_size(PyObject* tuple) {
  PyRef held(tuple);
  if (!tuple || !PyTuple_CheckExact(tuple)) {
    return held.release();
  }
  return PyTuple_Type.tp_new(
      SizeType, checked(PyTuple_Pack(1, tuple)).get(), nullptr);
}

PyObject* size_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  PyRef self = checked(PyTuple_Type.tp_new(type, args, kwargs));
  for (Py_ssize_t i = 0; i < PyTuple_Size(self.get()); ++i) {
    PyObject* item = PyTuple_GET_ITEM(self.get(), i);
    if (PyLong_Check(item)) {
      continue;
    }
    PyObject* number = PyIndex_Check(item) ? PyNumber_Index(item) : nullptr;
    if (!number) {
      PyErr_Clear();
      type_error(
          "torch.Size() takes an iterable of 'int' (item ",
          i,
          " is '",
          Py_TYPE(item)->tp_name,
          "')");
    }
    Py_DECREF(item);
    PyTuple_SET_ITEM(self.get(), i, number);
  }
  return self.release();
  END_HANDLE_TH_ERRORS
}

PyObject* size_repr(PyObject* self) {
  PyRef list(PySequence_List(self));
  return list ? PyUnicode_FromFormat("torch.Size(%R)", list.get()) : nullptr;
}

PyObject* size_numel(PyObject* self, PyObject*) {
  long long numel = 1;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self); ++i) {
    numel *= PyLong_AsLongLong(PyTuple_GET_ITEM(self, i));
  }
  return PyErr_Occurred() ? nullptr : PyLong_FromLongLong(numel);
}

PyObject* size_reduce(PyObject* self, PyObject*) {
  PyRef list(PySequence_List(self));
  PyRef tuple(list ? PyList_AsTuple(list.get()) : nullptr);
  return tuple ? Py_BuildValue("(O(O))", SizeType, tuple.get()) : nullptr;
}

PyObject* size_add(PyObject* a, PyObject* b) {
  if (!PyTuple_Check(a) || !PyTuple_Check(b)) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  return as_size(PyTuple_Type.tp_as_sequence->sq_concat(a, b));
}
PyObject* size_concat(PyObject* a, PyObject* b) {
  return as_size(PyTuple_Type.tp_as_sequence->sq_concat(a, b));
}
PyObject* size_repeat(PyObject* self, Py_ssize_t times) {
  return as_size(PyTuple_Type.tp_as_sequence->sq_repeat(self, times));
}
PyObject* size_subscript(PyObject* self, PyObject* index) {
  PyObject* found = PyTuple_Type.tp_as_mapping->mp_subscript(self, index);
  return PySlice_Check(index) ? as_size(found) : found;
}

PyMethodDef size_methods[] = {
    {"numel",
     size_numel,
     METH_NOARGS,
     "numel() -> int\n\nThe number of elements of a tensor of this size."},
    {"__reduce__", size_reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot size_slots[] = {
    {Py_tp_new, as_slot(size_new)},
    {Py_tp_repr, as_slot(size_repr)},
    {Py_tp_methods, size_methods},
    {Py_nb_add, as_slot(size_add)},
    {Py_sq_concat, as_slot(size_concat)},
    {Py_sq_repeat, as_slot(size_repeat)},
    {Py_mp_subscript, as_slot(size_subscript)},
    {0, nullptr}};
PyType_Spec size_spec = {
    "torch.Size",
    0,
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_TUPLE_SUBCLASS,
    size_slots};

} // namespace

PyObject* new_size(c10::IntArrayRef sizes) {
  return fill(
      SizeType->tp_alloc(SizeType, static_cast<Py_ssize_t>(sizes.size())),
      sizes);
}

PyObject* new_int_tuple(c10::IntArrayRef values) {
  return fill(PyTuple_New(static_cast<Py_ssize_t>(values.size())), values);
}

void init_size(PyObject* module) {
  PyRef bases = checked(PyTuple_Pack(1, &PyTuple_Type));
  SizeType = reinterpret_cast<PyTypeObject*>(
      check(PyType_FromSpecWithBases(&size_spec, bases.get())));
  check_status(PyObject_SetAttrString(
      module, "Size", reinterpret_cast<PyObject*>(SizeType)));
}

} // namespace torch::python

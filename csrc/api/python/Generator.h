// torch._C.Generator.
#pragma once

#include "api/python/Object.h"
#include "c10/core/Generator.h"

namespace torch::python {

struct GeneratorObject {
  PyObject_HEAD
  c10::Generator value;
};
extern PyTypeObject* GeneratorType;

inline bool is_generator(PyObject* o) {
  return PyObject_TypeCheck(o, GeneratorType);
}
// One Python object per generator.
PyObject* wrap(c10::Generator generator);

void init_generator(PyObject* module);

} // namespace torch::python

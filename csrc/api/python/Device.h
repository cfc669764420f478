// torch.device.
#pragma once

#include "api/python/Object.h"
#include "c10/core/Device.h"

namespace torch::python {

struct DeviceObject {
  PyObject_HEAD
  c10::Device value;
};
extern PyTypeObject* DeviceType;

inline bool is_device(PyObject* o) { return Py_TYPE(o) == DeviceType; }
PyObject* wrap(c10::Device device);

// A torch.device, a str, or the int index of an accelerator.
bool is_device_like(PyObject* o);
c10::Device unpack_device(PyObject* o);
// The same for a device on which something is to be made: CUDA is started
// first, which raises where there is none.
c10::Device unpack_usable_device(PyObject* o);
void ensure_usable(c10::Device device);

void init_device(PyObject* module);

} // namespace torch::python

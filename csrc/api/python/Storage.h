// torch._C.StorageBase: untyped bytes. torch.UntypedStorage derives from it.
#pragma once

#include "api/python/Object.h"
#include "aten/core/StorageImpl.h"

namespace torch::python {

// The one Python object of a storage. A new reference.
PyObject* wrap_storage(const c10::Storage& storage);
bool is_storage(PyObject* o);
const c10::Storage& unpack_storage(PyObject* o);

void init_storage(PyObject* module);

} // namespace torch::python

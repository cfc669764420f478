// torch.finfo and torch.iinfo.
#pragma once

#include "api/python/Object.h"

namespace torch::python {
void init_type_info(PyObject* module);
} // namespace torch::python

// The old class names of tensors: torch.FloatTensor, torch.cuda.LongTensor.
#pragma once

#include <string>

#include "api/python/Object.h"
#include "c10/core/Device.h"
#include "c10/core/ScalarType.h"

namespace torch::python {

std::string tensor_type_name(c10::Device device, c10::ScalarType dtype);
// A dtype, such a name, or a class with such a name; sets *device where the
// name says it.
c10::ScalarType parse_tensor_type(PyObject* o, c10::Device* device);
// "float" of x.float()
std::string cast_name(c10::ScalarType dtype);

} // namespace torch::python

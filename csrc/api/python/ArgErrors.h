// The texts of refused calls. Only reached when a call fails.
#pragma once

#include "api/python/ArgParser.h"

namespace torch::python {

// "Tensor", "Number", "tuple of ints", ...
const char* type_text(const Param& param);
// "(Tensor input, *, Number alpha = 1)"
std::string signature_text(const Signature& signature);

// "add() received an invalid combination of arguments - got (...), but
// expected one of: ..."
std::string invalid_arguments_text(
    const Function& function,
    FastArgs args,
    Py_ssize_t nargs,
    PyObject* kwnames);

} // namespace torch::python

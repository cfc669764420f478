// at::Tensor under PyTorch's header name. Free functions (at::add, ...) are in
// generated/ops/<Topic>.h.
#pragma once

#include "aten/core/Tensor.h"

// TORCH_LIBRARY and TORCH_LIBRARY_IMPL under PyTorch's header name.
#pragma once

#include "aten/core/Library.h"

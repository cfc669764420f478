// What a C++ program includes: tensors, operators and autograd as torch::.
#pragma once

#include <torch/types.h>

#include "aten/CPUGenerator.h"

namespace torch {

// Seeds the CPU's random numbers, as torch.manual_seed does in Python.
inline void manual_seed(uint64_t seed) {
  at::detail::default_cpu_generator().set_current_seed(seed);
}

} // namespace torch

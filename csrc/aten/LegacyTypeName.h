// What PyTorch's older error texts call a tensor's type.
#pragma once

#include <string>

#include "aten/core/TensorBase.h"

namespace at {

// "torch.FloatTensor", "torch.cuda.HalfTensor"; dtypes that came after those
// names are "CPUBFloat16Type", "CUDABoolType".
inline std::string legacy_type_name(const TensorBase& t) {
  const ScalarType type = t.scalar_type();
  if (t.is_complex() || type == kBool || type == kBFloat16) {
    return c10::str(t.is_cuda() ? "CUDA" : "CPU", type, "Type");
  }
  return c10::str(t.is_cuda() ? "torch.cuda." : "torch.", type, "Tensor");
}

} // namespace at

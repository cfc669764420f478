// What PyTorch's older error texts call a tensor's type.
#pragma once

#include <string>

#include "aten/core/TensorBase.h"

namespace at {

// "torch.FloatTensor", "torch.cuda.HalfTensor"
inline std::string legacy_type_name(const TensorBase& t) {
  return c10::str(
      t.is_cuda() ? "torch.cuda." : "torch.", t.scalar_type(), "Tensor");
}

} // namespace at

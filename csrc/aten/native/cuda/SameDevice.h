// check_same_device(): the arguments of a body lie on one device, in the words
// of PyTorch's check before each CUDA call.
#pragma once

#include <initializer_list>

#include "aten/core/TensorBase.h"

namespace at::native {

struct NamedTensor {
  const TensorBase& tensor; // undefined ones are passed over
  const char* name;
};

// method: what PyTorch names in the error, "wrapper_CUDA__native_batch_norm".
inline void check_same_device(
    const char* method,
    std::initializer_list<NamedTensor> arguments) {
  const TensorBase* first = nullptr;
  for (const NamedTensor& a : arguments) {
    if (!a.tensor.defined()) {
      continue;
    }
    if (!first) {
      first = &a.tensor;
    }
    TORCH_CHECK(
        a.tensor.device() == first->device(),
        "Expected all tensors to be on the same device, but got ",
        a.name,
        " is on ",
        a.tensor.device(),
        ", different from other tensors on ",
        first->device(),
        " (when checking argument in method ",
        method,
        ')');
  }
}

} // namespace at::native

#include "aten/cuda/Driver.h"

#include "c10/util/Exception.h"

namespace at::cuda {
namespace {

Driver* in_use = nullptr;

} // namespace

Driver& driver() {
  TORCH_INTERNAL_ASSERT(in_use != nullptr, "no CUDA driver was set");
  return *in_use;
}

void set_driver(Driver* driver) { in_use = driver; }

} // namespace at::cuda

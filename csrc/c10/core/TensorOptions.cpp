#include "c10/core/TensorOptions.h"

#include <atomic>

#include "c10/util/Exception.h"

namespace c10 {
namespace {
std::atomic<ScalarType> default_dtype{ScalarType::Float};
}

ScalarType get_default_dtype() {
  return default_dtype.load(std::memory_order_relaxed);
}

void set_default_dtype(ScalarType dtype) {
  TORCH_CHECK_TYPE(
      is_floating_type(dtype),
      "only floating-point types are supported as the default type");
  default_dtype = dtype;
}

} // namespace c10

#include "aten/core/TensorBase.h"

namespace at {

int64_t maybe_wrap_dim(int64_t dim, int64_t ndim) {
  const int64_t range = ndim == 0 ? 1 : ndim;
  TORCH_CHECK_INDEX(
      dim >= -range && dim < range,
      "Dimension out of range (expected to be in range of [",
      -range,
      ", ",
      range - 1,
      "], but got ",
      dim,
      ")");
  return dim < 0 ? dim + range : dim;
}

size_t TensorBase::wrap(int64_t d) const {
  TORCH_CHECK_INDEX(
      dim() > 0,
      "Dimension specified as ",
      d,
      " but tensor has no dimensions");
  return static_cast<size_t>(maybe_wrap_dim(d, dim()));
}

c10::MemoryFormat TensorBase::suggest_memory_format() const {
  using c10::MemoryFormat;
  if (!is_contiguous()) {
    for (auto format :
         {MemoryFormat::ChannelsLast, MemoryFormat::ChannelsLast3d}) {
      if (impl_->is_contiguous(format)) {
        return format;
      }
    }
  }
  return MemoryFormat::Contiguous;
}

} // namespace at

// fill_random: how every in-place random operator reaches its stub.
#pragma once

#include "aten/EmptyTensor.h"
#include "aten/MemoryOverlap.h"
#include "aten/core/Tensor.h"

namespace at::native {

// Calls fill(dense) with self, or with a dense stand-in that is copied to
// self. The stand-in keeps the order of self's strides, so that draws go to
// memory order in both cases.
template <typename F>
Tensor& fill_random(Tensor& self, const F& fill) {
  assert_no_internal_overlap(self);
  if (self.numel() == 0 || self.is_meta()) {
    return self;
  }
  if (self.is_non_overlapping_and_dense()) {
    fill(self);
    return self;
  }
  const Tensor dense(at::detail::empty_strided(
      self.sizes(),
      at::detail::preserved_strides(self),
      self.scalar_type(),
      self.device()));
  fill(dense);
  at::detail::copy_(self, dense);
  return self;
}

} // namespace at::native

// select(condition, a, b): `condition ? a : b` for a number. The form for
// Vectorized is in cpu/vec/Vectorized.h and is found by its argument.
#pragma once

#include "c10/macros/Macros.h"

namespace at::native {
namespace {

template <typename T>
C10_HOST_DEVICE C10_ALWAYS_INLINE T select(bool condition, T a, T b) {
  return condition ? a : b;
}

} // namespace
} // namespace at::native

// multiply_add(a, b, c): a * b + c, for real floating types in one rounding
// where the processor has it, as PyTorch's kernels are compiled. The form for
// Vectorized is in cpu/vec/VecMath.h and is found by its argument.
#pragma once

#include <cmath>
#include <type_traits>

#include "c10/macros/Macros.h"

namespace at::native {
namespace {

template <typename T>
C10_HOST_DEVICE C10_ALWAYS_INLINE T multiply_add(T a, T b, T c) {
#if defined(__FMA__) || defined(__CUDA_ARCH__)
  if constexpr (std::is_floating_point<T>::value) {
    return std::fma(a, b, c);
  }
#endif
  return a * b + c;
}

} // namespace
} // namespace at::native

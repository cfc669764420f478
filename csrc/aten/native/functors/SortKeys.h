// sort_key(x): an unsigned number of x's size that is ordered as x is. A NaN
// is the largest, -0 equals 0. Shared by CPU and CUDA.
#pragma once

#include <cstdint>
#include <type_traits>

#include "c10/core/ScalarType.h"
#include "c10/macros/Macros.h"

namespace at::native {
namespace {

template <size_t kBytes>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using type = uint8_t;
};
template <>
struct UnsignedOf<2> {
  using type = uint16_t;
};
template <>
struct UnsignedOf<4> {
  using type = uint32_t;
};
template <>
struct UnsignedOf<8> {
  using type = uint64_t;
};
template <typename T>
using SortKey = typename UnsignedOf<sizeof(T)>::type;

template <typename T>
C10_HOST_DEVICE SortKey<T> sort_key(T value) {
  using Key = SortKey<T>;
  constexpr Key kTop = static_cast<Key>(Key(1) << (8 * sizeof(T) - 1));
  if constexpr (std::is_integral<T>::value) {
    const Key bits = static_cast<Key>(value);
    return std::is_signed<T>::value ? static_cast<Key>(bits ^ kTop) : bits;
  } else {
    const auto number = static_cast<opmath_type<T>>(value);
    if (number != number) {
      return static_cast<Key>(~Key(0));
    }
    if (number == 0) {
      return kTop;
    }
    // Of negative numbers the larger has the smaller bits.
    const Key bits = c10::detail::bit_cast<Key>(value);
    return static_cast<Key>(bits & kTop ? ~bits : bits | kTop);
  }
}

} // namespace
} // namespace at::native

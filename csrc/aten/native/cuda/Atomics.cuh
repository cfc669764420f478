// Atomic updates of elements of any type: atomic_add and atomic_multiply.
// Types that the hardware cannot add go through compare-and-swap, one-byte
// types in the word around them.
#pragma once

#include <type_traits>

#include "c10/core/ScalarType.h"

namespace at::native {
namespace {

// Replaces *p by f(*p). T: one, two, four or eight bytes.
template <typename T, typename F>
__device__ __forceinline__ void atomic_update(T* p, const F& f) {
  static_assert(sizeof(T) <= 8, "no wider compare-and-swap");
  using c10::detail::bit_cast;
  if constexpr (sizeof(T) == 1) {
    const auto address = reinterpret_cast<uintptr_t>(p);
    auto* const word = reinterpret_cast<unsigned*>(address & ~uintptr_t{3});
    const unsigned shift = static_cast<unsigned>(address & 3) * 8;
    unsigned seen = *word;
    unsigned expected;
    do {
      expected = seen;
      const T value = f(bit_cast<T>(static_cast<uint8_t>(seen >> shift)));
      const unsigned bits = bit_cast<uint8_t>(value);
      seen = atomicCAS(
          word, expected, (seen & ~(0xFFu << shift)) | (bits << shift));
    } while (seen != expected);
  } else {
    using Word = std::conditional_t<
        sizeof(T) == 2,
        unsigned short,
        std::conditional_t<sizeof(T) == 4, unsigned, unsigned long long>>;
    auto* const word = reinterpret_cast<Word*>(p);
    Word seen = *word;
    Word expected;
    do {
      expected = seen;
      const T value = f(bit_cast<T>(seen));
      seen = atomicCAS(word, expected, bit_cast<Word>(value));
    } while (seen != expected);
  }
}

// bool: or.
template <typename T>
__device__ __forceinline__ void atomic_add(T* p, T v) {
  using A = opmath_type<T>;
  if constexpr (c10::is_complex<T>::value) {
    auto* const parts = reinterpret_cast<typename T::value_type*>(p);
    atomicAdd(parts, v.real());
    atomicAdd(parts + 1, v.imag());
  } else if constexpr (
      std::is_same<T, float>::value || std::is_same<T, double>::value ||
      std::is_same<T, int32_t>::value) {
    atomicAdd(p, v);
  } else if constexpr (std::is_same<T, int64_t>::value) {
    // Two's complement: the same bits as a sum of unsigned numbers.
    atomicAdd(
        reinterpret_cast<unsigned long long*>(p),
        static_cast<unsigned long long>(v));
  } else if constexpr (std::is_same<T, bool>::value) {
    if (v) {
      *reinterpret_cast<volatile bool*>(p) = true;
    }
  } else {
    atomic_update(p, [v](T old) {
      return static_cast<T>(static_cast<A>(old) + static_cast<A>(v));
    });
  }
}

// bool: and. Not for complex numbers.
template <typename T>
__device__ __forceinline__ void atomic_multiply(T* p, T v) {
  using A = opmath_type<T>;
  if constexpr (std::is_same<T, bool>::value) {
    if (!v) {
      *reinterpret_cast<volatile bool*>(p) = false;
    }
  } else {
    atomic_update(p, [v](T old) {
      return static_cast<T>(static_cast<A>(old) * static_cast<A>(v));
    });
  }
}

} // namespace
} // namespace at::native

// Values between element types on the device: convert<To>(x), and a switch
// over dtypes that are known at run time only.
//
// As on the CPU (native/cpu/CopyKernel.cpp): truth for bool, through the real
// part from complex, a small integer from a float by way of int64.
#pragma once

#include <cstdint>

#include "c10/core/ScalarType.h"

namespace at::native {
namespace {

template <typename To, typename From>
__device__ __forceinline__ To convert(From x) {
  if constexpr (std::is_same<To, From>::value) {
    return x;
  } else if constexpr (c10::is_complex<From>::value) {
    if constexpr (c10::is_complex<To>::value) {
      return To(x);
    } else if constexpr (std::is_same<To, bool>::value) {
      return x.real() != 0 || x.imag() != 0;
    } else {
      return convert<To>(x.real());
    }
  } else if constexpr (c10::is_complex<To>::value) {
    return To(convert<typename To::value_type>(x));
  } else if constexpr (std::is_same<To, bool>::value) {
    return static_cast<opmath_type<From>>(x) != opmath_type<From>(0);
  } else if constexpr (
      std::is_integral<To>::value && !std::is_integral<From>::value &&
      sizeof(To) < sizeof(int32_t)) {
    return static_cast<To>(
        static_cast<int64_t>(static_cast<opmath_type<From>>(x)));
  } else {
    return static_cast<To>(static_cast<opmath_type<To>>(
        static_cast<opmath_type<From>>(x)));
  }
}

// One element. A bool may be any byte: memory is not always written by us.
template <typename S>
__device__ __forceinline__ S load_element(const char* p) {
  if constexpr (std::is_same<S, bool>::value) {
    return *reinterpret_cast<const uint8_t*>(p) != 0;
  } else {
    return *reinterpret_cast<const S*>(p);
  }
}

// bool, integers, floats, complex numbers: promotion reads a number from its
// own kind or a lower one, and writes it to its own kind or a higher one.
constexpr int kHighestKind = 3;
constexpr int dtype_kind(ScalarType t) {
  return c10::is_complex_type(t)   ? 3
      : c10::is_floating_type(t)   ? 2
      : t == ScalarType::Bool      ? 0
                                   : 1;
}
template <typename T>
constexpr int kind_of = dtype_kind(c10::CppTypeToScalarType<T>::value);

// f(value of the element type), of which only the type matters, for a dtype
// whose kind lies in [kLow, kHigh].
template <int kLow, int kHigh, typename F>
__device__ __forceinline__ void switch_dtype(ScalarType t, const F& f) {
  switch (t) {
#define AT_CASE_(T, Name)                                    \
  case ScalarType::Name:                                     \
    if constexpr (kind_of<T> >= kLow && kind_of<T> <= kHigh) { \
      f(T());                                                \
    }                                                        \
    break;
    C10_FORALL_SCALAR_TYPES(AT_CASE_)
#undef AT_CASE_
    default:
      break;
  }
}

} // namespace
} // namespace at::native

// IEEE binary16 and bfloat16 as storage types: arithmetic happens in float.
// Conversion rounds to nearest even and keeps NaN and infinity.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "c10/macros/Macros.h"

namespace c10 {
namespace detail {

template <typename To, typename From>
C10_HOST_DEVICE inline To bit_cast(From from) {
  static_assert(sizeof(To) == sizeof(From), "bit_cast keeps the size");
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

// Devices convert in one instruction, and give NaN the pattern 0x7FFF.
C10_HOST_DEVICE inline float half_to_float(uint16_t h) {
#ifdef __CUDA_ARCH__
  float f;
  asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
  return f;
#else
  // Shift the half into float position, then fix the exponent by a multiply
  // (normal) or a subtract (subnormal).
  const uint32_t w = static_cast<uint32_t>(h) << 16;
  const uint32_t sign = w & 0x80000000u;
  const uint32_t two_w = w + w;
  const float normal =
      bit_cast<float>((two_w >> 4) + (0xE0u << 23)) * bit_cast<float>(0x7800000u);
  const float subnormal = bit_cast<float>((two_w >> 17) | (126u << 23)) - 0.5f;
  const uint32_t bits = two_w < (1u << 27) ? bit_cast<uint32_t>(subnormal)
                                           : bit_cast<uint32_t>(normal);
  return bit_cast<float>(sign | bits);
#endif
}

C10_HOST_DEVICE inline uint16_t float_to_half(float f) {
#ifdef __CUDA_ARCH__
  uint16_t h;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
  return h;
#else
  const uint32_t w = bit_cast<uint32_t>(f);
  const uint32_t two_w = w + w;
  const uint32_t sign = w & 0x80000000u;
  uint32_t bias = two_w & 0xFF000000u;
  if (bias < 0x71000000u) {
    bias = 0x71000000u;
  }
  const float magnitude = bit_cast<float>(w & 0x7FFFFFFFu);
  // Scaling up and down again rounds to eleven bits and saturates to infinity.
  float base = (magnitude * bit_cast<float>(0x77800000u)) *
      bit_cast<float>(0x08800000u);
  base = bit_cast<float>((bias >> 1) + 0x07800000u) + base;
  const uint32_t bits = bit_cast<uint32_t>(base);
  const uint32_t exponent = (bits >> 13) & 0x7C00u;
  const uint32_t mantissa = bits & 0x0FFFu;
  const uint32_t finite = exponent + mantissa;
  return static_cast<uint16_t>(
      (sign >> 16) | (two_w > 0xFF000000u ? 0x7E00u : finite));
#endif
}

C10_HOST_DEVICE inline uint16_t float_to_bfloat16(float f) {
#ifdef __CUDA_ARCH__
  uint16_t b;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(b) : "f"(f));
  return b;
#else
  const uint32_t w = bit_cast<uint32_t>(f);
  if ((w & 0x7FFFFFFFu) > 0x7F800000u) {
    return 0x7FC0;
  }
  return static_cast<uint16_t>((w + 0x7FFFu + ((w >> 16) & 1u)) >> 16);
#endif
}

} // namespace detail

struct alignas(2) Half {
  uint16_t x;
  Half() = default;
  C10_HOST_DEVICE Half(float f) : x(detail::float_to_half(f)) {}
  C10_HOST_DEVICE operator float() const { return detail::half_to_float(x); }
  static C10_HOST_DEVICE Half from_bits(uint16_t bits) {
    Half h;
    h.x = bits;
    return h;
  }
};

struct alignas(2) BFloat16 {
  uint16_t x;
  BFloat16() = default;
  C10_HOST_DEVICE BFloat16(float f) : x(detail::float_to_bfloat16(f)) {}
  C10_HOST_DEVICE operator float() const {
    return detail::bit_cast<float>(static_cast<uint32_t>(x) << 16);
  }
  static C10_HOST_DEVICE BFloat16 from_bits(uint16_t bits) {
    BFloat16 b;
    b.x = bits;
    return b;
  }
};

// In-place forms; `a + b` itself goes through float by conversion.
#define C10_DEFINE_REDUCED_FLOAT_OPS(T)                                      \
  C10_HOST_DEVICE inline T& operator+=(T& a, float b) { return a = a + b; }  \
  C10_HOST_DEVICE inline T& operator-=(T& a, float b) { return a = a - b; }  \
  C10_HOST_DEVICE inline T& operator*=(T& a, float b) { return a = a * b; }  \
  C10_HOST_DEVICE inline T& operator/=(T& a, float b) { return a = a / b; }
C10_DEFINE_REDUCED_FLOAT_OPS(Half)
C10_DEFINE_REDUCED_FLOAT_OPS(BFloat16)
#undef C10_DEFINE_REDUCED_FLOAT_OPS

} // namespace c10

namespace at {
using c10::BFloat16;
using c10::Half;
} // namespace at

namespace std {

// Both types by their bit patterns.
#define C10_REDUCED_FLOAT_LIMITS(T, bits, low, high, tiny, eps, inf, nan)   \
  template <>                                                              \
  class numeric_limits<T> {                                                \
   public:                                                                 \
    static constexpr int digits = bits;                                    \
    static constexpr bool is_specialized = true, is_signed = true,         \
                          is_integer = false, has_infinity = true,         \
                          has_quiet_NaN = true;                            \
    static T lowest() { return T::from_bits(low); }                        \
    static T max() { return T::from_bits(high); }                          \
    static T min() { return T::from_bits(tiny); }                          \
    static T epsilon() { return T::from_bits(eps); }                       \
    static T infinity() { return T::from_bits(inf); }                      \
    static T quiet_NaN() { return T::from_bits(nan); }                     \
  };
C10_REDUCED_FLOAT_LIMITS(
    c10::Half, 11, 0xFBFF, 0x7BFF, 0x0400, 0x1400, 0x7C00, 0x7E00)
C10_REDUCED_FLOAT_LIMITS(
    c10::BFloat16, 8, 0xFF7F, 0x7F7F, 0x0080, 0x3C00, 0x7F80, 0x7FC0)
#undef C10_REDUCED_FLOAT_LIMITS

} // namespace std

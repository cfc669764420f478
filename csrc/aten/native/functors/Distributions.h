// From generator words to samples: the formulas, one sample or pair at a time.
// Every rounding step is part of the contract (docs/design/random.md), so
// fma() stands exactly where PyTorch's AVX2 build fuses and nowhere else.
#pragma once

#include <cmath>
#include <cstdint>

#include "c10/core/ScalarType.h"

namespace at::native {
namespace {

constexpr double kPi = 3.14159265358979323846;

inline float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
inline double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}

// ---- uniforms on [0, 1): 24 bits of one word, 53 bits of two
inline float uniform24(uint32_t word) {
  return static_cast<float>(static_cast<int32_t>(word & 0xFFFFFF)) * 0x1p-24f;
}
inline uint64_t bits53(uint32_t high, uint32_t low) {
  return static_cast<uint64_t>(high & 0x1FFFFF) << 32 | low;
}
inline double uniform53(uint32_t high, uint32_t low) {
  return static_cast<double>(static_cast<int64_t>(bits53(high, low))) *
      0x1p-53;
}

// double -> element type as a C++ cast does: 16-bit types go through float.
template <typename T>
inline T from_double(double x) {
  if constexpr (c10::is_reduced_floating_type(
                    c10::CppTypeToScalarType<T>::value)) {
    return T(static_cast<float>(x));
  } else {
    return static_cast<T>(x);
  }
}

// ---- the float normal: polynomials of the Cephes library (S. Moshier,
// logf and sincosf), with this file's choice of fused steps.

// x in (0, 1]; 0.6 ulp.
inline float log_of_uniform(float x) {
  x = x < 0x1p-126f ? 0x1p-126f : x;
  const uint32_t bits = c10::detail::bit_cast<uint32_t>(x);
  float e = static_cast<float>(static_cast<int32_t>(bits >> 23) - 127) + 1.0f;
  const float m =
      c10::detail::bit_cast<float>((bits & 0x807FFFFFu) | 0x3F000000u);
  const bool below = m < 0.707106781186547524f; // sqrt(1/2)
  e -= below ? 1.0f : 0.0f;
  const float f = (m - 1.0f) + (below ? m : 0.0f);
  const float z = f * f;
  float y = 7.0376836292e-2f;
  y = fused(y, f, -1.1514610310e-1f);
  y = fused(y, f, 1.1676998740e-1f);
  y = fused(y, f, -1.2420140846e-1f);
  y = fused(y, f, 1.4249322787e-1f);
  y = fused(y, f, -1.6668057665e-1f);
  y = fused(y, f, 2.0000714765e-1f);
  y = fused(y, f, -2.4999993993e-1f);
  y = fused(y, f, 3.3333331174e-1f);
  y = y * f;
  y = fused(y, z, e * -2.12194440e-4f);
  y = fused(-z, 0.5f, y);
  return fused(e, 0.693359375f, f + y);
}

// t in [0, 2 pi).
inline void sincos_of_angle(float t, float& sine, float& cosine) {
  // The octant, rounded up to even, and the rest in [-pi/4, pi/4].
  int32_t j = static_cast<int32_t>(t * 1.27323954473516f);
  j = (j + 1) & ~1;
  const float q = static_cast<float>(j);
  float r = fused(q, -0.78515625f, t);
  r = fused(q, -2.4187564849853515625e-4f, r);
  r = fused(q, -3.77489497744594108e-8f, r);
  const float z = r * r;

  float c = fused(2.443315711809948e-5f, z, -1.388731625493765e-3f);
  c = fused(c, z, 4.166664568298827e-2f);
  c = z * c;
  c = fused(z, c, -(z * 0.5f)) + 1.0f;
  float s = fused(-1.9515295891e-4f, z, 8.3321608736e-3f);
  s = fused(s, z, -1.6666654611e-1f);
  s = z * s;
  s = fused(r, s, r);

  const bool swap = (j & 2) != 0;
  const uint32_t sine_sign = static_cast<uint32_t>(j & 4) << 29;
  const uint32_t cosine_sign = static_cast<uint32_t>(~(j - 2) & 4) << 29;
  using c10::detail::bit_cast;
  sine = bit_cast<float>(bit_cast<uint32_t>(swap ? c : s) ^ sine_sign);
  cosine = bit_cast<float>(bit_cast<uint32_t>(swap ? s : c) ^ cosine_sign);
}

// Box-Muller for the block path: two uniforms to two normals.
inline void normal_pair(
    float u1, float u2, float mean, float std, float& a, float& b) {
  const float radius = std::sqrt(-2.0f * log_of_uniform(1.0f - u1));
  float sine, cosine;
  sincos_of_angle(static_cast<float>(2 * kPi) * u2, sine, cosine);
  a = fused(radius * cosine, std, mean);
  b = fused(radius * sine, std, mean);
}
inline void normal_pair(
    double u1, double u2, double mean, double std, double& a, double& b) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - u1));
  const double angle = 2 * kPi * u2;
  a = fused(radius * std::cos(angle), std, mean);
  b = fused(radius * std::sin(angle), std, mean);
}

// ---- one uniform to one sample, in double
struct Exponential {
  double scale; // -1 / lambda
  double operator()(double u) const { return scale * std::log1p(-u); }
};
struct Geometric {
  double log1p_minus_p;
  double operator()(double u) const {
    return std::ceil(std::log(u) / log1p_minus_p);
  }
};
struct Cauchy {
  double median, sigma;
  double operator()(double u) const {
    return fused(sigma, std::tan(kPi * (u - 0.5)), median);
  }
};

// word mod divisor without a division (D. Lemire, O. Kaser, N. Kurz: Faster
// remainder by direct computation, 2019, section 3.2).
struct FastModulo {
  explicit FastModulo(uint32_t divisor)
      : divisor_(divisor), inverse_(~uint64_t{0} / divisor + 1) {}
  uint32_t operator()(uint32_t word) const {
    const uint64_t fraction = inverse_ * word;
    return static_cast<uint32_t>(
        static_cast<unsigned __int128>(fraction) * divisor_ >> 64);
  }

 private:
  uint64_t divisor_;
  uint64_t inverse_;
};

} // namespace
} // namespace at::native

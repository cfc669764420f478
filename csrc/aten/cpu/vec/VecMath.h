// Mathematical functions of Vectorized<float> and Vectorized<double>, found
// by argument-dependent lookup (`using std::exp; return exp(x);`).
//
// Each states its worst error against the exact value, in units in the last
// place; test/cpp/vectorized_test.cpp asserts the same number.
#pragma once

#include <cmath>

#include "aten/cpu/vec/Vectorized.h"

namespace at::vec {
inline namespace CPU_CAPABILITY {

// a * b + c, rounded once where the machine can.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> fmadd(
    Vectorized<T> a,
    Vectorized<T> b,
    Vectorized<T> c) {
#if defined(__AVX512F__)
  if constexpr (std::is_same<T, float>::value) {
    return Vectorized<T>((typename Vectorized<T>::Native)_mm512_fmadd_ps(
        (__m512)a.v, (__m512)b.v, (__m512)c.v));
  } else {
    return Vectorized<T>((typename Vectorized<T>::Native)_mm512_fmadd_pd(
        (__m512d)a.v, (__m512d)b.v, (__m512d)c.v));
  }
#elif defined(__FMA__)
  if constexpr (std::is_same<T, float>::value) {
    return Vectorized<T>((typename Vectorized<T>::Native)_mm256_fmadd_ps(
        (__m256)a.v, (__m256)b.v, (__m256)c.v));
  } else {
    return Vectorized<T>((typename Vectorized<T>::Native)_mm256_fmadd_pd(
        (__m256d)a.v, (__m256d)b.v, (__m256d)c.v));
  }
#else
  return a * b + c;
#endif
}

// c[0] + c[1] x + c[2] x^2 + ...
template <typename T, size_t N>
C10_ALWAYS_INLINE Vectorized<T> polynomial(Vectorized<T> x, const T (&c)[N]) {
  Vectorized<T> sum(c[N - 1]);
  for (size_t i = N - 1; i-- > 0;) {
    sum = fmadd(sum, x, Vectorized<T>(c[i]));
  }
  return sum;
}

template <typename T>
C10_ALWAYS_INLINE Vectorized<T> sign_bit() {
  return Vectorized<T>(T(-0.0));
}

// Exact.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> abs(Vectorized<T> x) {
  if constexpr (std::is_floating_point<T>::value) {
    return x & ~sign_bit<T>();
  } else {
    return select(x < Vectorized<T>(T(0)), -x, x);
  }
}

// Magnitude of the first, sign of the second. Exact.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> copysign(Vectorized<T> x, Vectorized<T> sign) {
  return (x & ~sign_bit<T>()) | (sign & sign_bit<T>());
}

// Correctly rounded.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> sqrt(Vectorized<T> x) {
  Vectorized<T> r;
  for (int i = 0; i < Vectorized<T>::kSize; ++i) {
    r.v[i] = std::sqrt(x.v[i]);
  }
  return r;
}

// To an integral value, exact. Numbers of 2^(digits-1) and more are integral.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> nearbyint(Vectorized<T> x) {
  const Vectorized<T> big(
      std::is_same<T, float>::value ? T(8388608.0) : T(4503599627370496.0));
  const Vectorized<T> size = abs(x);
  Vectorized<T> r = (size + big) - big;
  r = copysign(r, x);
  return select(size < big, r, x);
}
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> floor(Vectorized<T> x) {
  const Vectorized<T> r = nearbyint(x);
  const Vectorized<T> one(T(1));
  return copysign(select(r > x, r - one, r), x);
}
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> ceil(Vectorized<T> x) {
  return -floor(-x);
}
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> trunc(Vectorized<T> x) {
  return copysign(floor(abs(x)), x);
}

// Without a vector form: one element at a time, as accurate as libm.
#define AT_VEC_MAP_(name)                                           \
  template <typename T>                                             \
  Vectorized<T> name(Vectorized<T> x) {                             \
    return x.map([](T value) { return std::name(value); });         \
  }
AT_VEC_MAP_(exp)
AT_VEC_MAP_(exp2)
AT_VEC_MAP_(expm1)
AT_VEC_MAP_(log)
AT_VEC_MAP_(log2)
AT_VEC_MAP_(log10)
AT_VEC_MAP_(log1p)
AT_VEC_MAP_(sin)
AT_VEC_MAP_(cos)
AT_VEC_MAP_(tan)
AT_VEC_MAP_(asin)
AT_VEC_MAP_(acos)
AT_VEC_MAP_(atan)
AT_VEC_MAP_(sinh)
AT_VEC_MAP_(cosh)
AT_VEC_MAP_(tanh)
AT_VEC_MAP_(asinh)
AT_VEC_MAP_(acosh)
AT_VEC_MAP_(atanh)
AT_VEC_MAP_(erf)
AT_VEC_MAP_(erfc)
AT_VEC_MAP_(lgamma)
#undef AT_VEC_MAP_

template <typename T>
Vectorized<T> pow(Vectorized<T> x, Vectorized<T> y) {
  return x.map(y, [](T a, T b) { return std::pow(a, b); });
}
template <typename T>
Vectorized<T> atan2(Vectorized<T> y, Vectorized<T> x) {
  return y.map(x, [](T a, T b) { return std::atan2(a, b); });
}
template <typename T>
Vectorized<T> fmod(Vectorized<T> x, Vectorized<T> y) {
  return x.map(y, [](T a, T b) { return std::fmod(a, b); });
}

} // namespace CPU_CAPABILITY
} // namespace at::vec

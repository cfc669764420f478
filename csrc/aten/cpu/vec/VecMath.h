// Mathematical functions of Vectorized<float> and Vectorized<double>, found
// by argument-dependent lookup (`using std::exp; return exp(x);`).
//
// Each states its worst error against the exact value, in units in the last
// place; test/cpp/vectorized_test.cpp asserts the same number.
#pragma once

#include <cmath>
#include <limits>

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

template <typename T>
C10_ALWAYS_INLINE Vectorized<T> multiply_add(
    Vectorized<T> a,
    Vectorized<T> b,
    Vectorized<T> c) {
  if constexpr (std::is_floating_point<T>::value) {
    return fmadd(a, b, c);
  } else {
    return a * b + c;
  }
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

// To an integral value, exact. One instruction where there is one (exp is a
// third faster for it); else numbers of 2^(digits-1) and more are integral.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> nearbyint(Vectorized<T> x) {
#if defined(__AVX512F__) || defined(__AVX2__)
  using Native = typename Vectorized<T>::Native;
  constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
#if defined(__AVX512F__)
  if constexpr (std::is_same<T, float>::value) {
    return Vectorized<T>((Native)_mm512_roundscale_ps((__m512)x.v, kNearest));
  } else {
    return Vectorized<T>((Native)_mm512_roundscale_pd((__m512d)x.v, kNearest));
  }
#else
  if constexpr (std::is_same<T, float>::value) {
    return Vectorized<T>((Native)_mm256_round_ps((__m256)x.v, kNearest));
  } else {
    return Vectorized<T>((Native)_mm256_round_pd((__m256d)x.v, kNearest));
  }
#endif
#else
  const Vectorized<T> big(
      std::is_same<T, float>::value ? T(8388608.0) : T(4503599627370496.0));
  const Vectorized<T> size = abs(x);
  Vectorized<T> r = (size + big) - big;
  r = copysign(r, x);
  return select(size < big, r, x);
#endif
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

// 2^n for integral n in [-126, 127].
C10_ALWAYS_INLINE Vectorized<float> exponent_of_two(Vectorized<float> n) {
  using Int = Vectorized<int32_t>;
  const Int biased = convert<int32_t>(n) + Int(127);
  return Vectorized<float>::from_bits(biased.v << 23);
}

// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite); n in halves of range
// so that the two factors of 2^n stay normal.
struct ExpReduction {
  Vectorized<float> r;
  Vectorized<float> n;
  explicit ExpReduction(Vectorized<float> x) {
    using V = Vectorized<float>;
    n = nearbyint(x * V(1.44269504f));
    r = fmadd(n, V(-0.693145752f), x);
    r = fmadd(n, V(-1.42860677e-6f), r);
  }
  // value 2^n, rounded once where the result is subnormal.
  Vectorized<float> scale(Vectorized<float> value) const {
    using V = Vectorized<float>;
#if defined(__AVX512F__)
    return V((V::Native)_mm512_scalef_ps((__m512)value.v, (__m512)n.v));
#endif
    const V half = nearbyint(n * V(0.5f));
    return value * exponent_of_two(half) * exponent_of_two(n - half);
  }
};

// 1 ULP; 0 below -104, infinity above 88.73.
inline Vectorized<float> exp(Vectorized<float> x) {
  using V = Vectorized<float>;
  const V low(-104.0f);
  const V high(89.0f);
  const V inside = select(x < low, low, select(x > high, high, x));
  const ExpReduction e(inside);
  const V q = polynomial(
      e.r,
      {0.499999932958f,
       0.166665155079f,
       0.0416684095455f,
       0.0083693534524f,
       0.00138153460389f});
  return e.scale(fmadd(q, e.r * e.r, e.r) + V(1.0f));
}

// 2 ULP.
inline Vectorized<float> expm1(Vectorized<float> x) {
  using V = Vectorized<float>;
  const V one(1.0f);
  const V low(-25.0f); // exp(x) - 1 rounds to -1
  const V high(89.0f);
  const V inside = select(x < low, low, select(x > high, high, x));
  const ExpReduction e(inside);
  const V q = polynomial(
      e.r,
      {0.499999980392f,
       0.166665386457f,
       0.0416672221883f,
       0.00836718431537f,
       0.0013882333481f});
  const V m = fmadd(q, e.r * e.r, e.r); // exp(r) - 1
  // 2^n m + (2^n - 1); beyond 2^24 the one is lost anyway.
  const V power = e.scale(one);
  const V result = fmadd(power, m, power - one);
  const V large = e.scale(m + one);
  return select(e.n > V(30.0f), large, select(x == V(0.0f), x, result));
}

// 1 ULP; NaN below zero, -infinity at zero.
inline Vectorized<float> log(Vectorized<float> x) {
  using V = Vectorized<float>;
  using I = Vectorized<int32_t>;
  const V one(1.0f);
  // Subnormal numbers are scaled into range.
  const VecMask<float> tiny = x < V(1.17549435e-38f);
  const V y = select(tiny, x * V(8388608.0f), x);
  // y = m 2^e with m in [sqrt(1/2), sqrt(2))
  const I raw = y.bits();
  const I shifted = raw - I(0x3F3504F3);
  const V e = convert<float>(I(shifted.v >> 23)) -
      select(tiny, V(23.0f), V(0.0f));
  const V m = V::from_bits((shifted.v & 0x007FFFFF) + 0x3F3504F3);
  const V f = m - one;
  const V p = polynomial(
      f,
      {0.333333317575f,
       -0.250008215712f,
       0.200012216298f,
       -0.166233360498f,
       0.14201870489f,
       -0.131604966782f,
       0.127609037554f,
       -0.0763282912248f});
  const V square = f * f;
  // ln 2 in two parts: the first has zeros to spare for e.
  V tail = fmadd(p * f, square, e * V(-2.12194440e-4f));
  tail = fmadd(square, V(-0.5f), tail);
  const V result = fmadd(e, V(0.693359375f), f + tail);
  const V inf(std::numeric_limits<float>::infinity());
  const V nan(std::numeric_limits<float>::quiet_NaN());
  const V positive = select((x == inf) | (x != x), x, result);
  return select(
      x == V(0.0f), -inf, select(x < V(0.0f), nan, positive));
}

// 2 ULP. log(u) corrected by the part of x that u = 1 + x lost.
inline Vectorized<float> log1p(Vectorized<float> x) {
  using V = Vectorized<float>;
  const V one(1.0f);
  const V u = one + x;
  const V lost = x - (u - one);
  const V main = log(u);
  const V small = select(u == one, x, main + lost / u);
  // At u = 0 and at infinity the correction is not a number.
  return select((u > V(1.0e30f)) | (u == V(0.0f)), main, small);
}

// 2 ULP.
inline Vectorized<float> tanh(Vectorized<float> x) {
  using V = Vectorized<float>;
  const V one(1.0f);
  const V size = abs(x);
  const V square = x * x;
  const V p = polynomial(
      square,
      {-0.333332979727f,
       0.133319234195f,
       -0.0537837749526f,
       0.0207957972048f,
       -0.00589496594035f});
  const V near_zero = fmadd(p * square, x, x);
  const V far = one - V(2.0f) / (exp(size + size) + one);
  return select(size < V(0.6f), near_zero, copysign(far, x));
}

// 2 ULP: x P(x^2) near zero, else 1 - exp(-x^2) R(1 / (1 + 0.4 x)).
inline Vectorized<float> erf(Vectorized<float> x) {
  using V = Vectorized<float>;
  const V one(1.0f);
  const V size = abs(x);
  const V square = x * x;
  // P(0) - 1, so that x itself is added last
  const V p = polynomial(
      square,
      {0.1283791666f,
       -0.376126333702f,
       0.112836899359f,
       -0.0268590917962f,
       0.00520027503427f,
       -0.000813414316388f,
       8.33403280051e-5f});
  const V near_zero = fmadd(x, p, x);
  const V t = one / fmadd(size, V(0.4f), one);
  const V r = polynomial(
      t,
      {-0.00181661570331f,
       0.24799681439f,
       0.108621732837f,
       0.544931050155f,
       -0.395435747481f,
       0.649290124397f,
       -0.130907461233f,
       -0.022706435366f});
  const V tail = one - exp(-square) * r;
  const V far = copysign(select(size > V(4.0f), one, tail), x);
  return select(size < V(0.9f), near_zero, select(x != x, x, far));
}

// Without a vector form: one element at a time, as accurate as libm. The
// float functions above are better matches than these templates.
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
// Whether a comparison holds for every element.
template <typename I>
C10_ALWAYS_INLINE bool all_of(Vectorized<I> mask) {
  uint64_t words[AT_VECTOR_BYTES / 8];
  mask.store(words);
  uint64_t joined = ~uint64_t(0);
  for (uint64_t w : words) {
    joined &= w;
  }
  return joined == ~uint64_t(0);
}

// Exact. For quotients below 2^22 (2^51) the rounded quotient is off by one at
// most, and with one rounding in x - q y the remainder comes out exact; others
// go to libm.
template <typename T>
Vectorized<T> fmod(Vectorized<T> x, Vectorized<T> y) {
#if defined(__FMA__) || defined(__AVX512F__)
  using V = Vectorized<T>;
  const V limit(std::is_same<T, float>::value ? T(4194304.0)
                                              : T(2251799813685248.0));
  const V zero(T(0));
  const V q = trunc(x / y);
  const V step = copysign(y, x);
  V r = fmadd(-q, y, x);
  r = select(((r < zero) ^ (x < zero)) & (r != zero), r + step, r);
  r = select(abs(r) >= abs(y), r - step, r);
  if (C10_LIKELY(all_of((abs(q) < limit) & (r == r)))) {
    return copysign(r, x);
  }
#endif
  return x.map(y, [](T a, T b) { return std::fmod(a, b); });
}

} // namespace CPU_CAPABILITY
} // namespace at::vec

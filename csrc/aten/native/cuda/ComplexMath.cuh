// Functions of complex numbers for kernels: what c10/util/complex_math.h is to
// the host. libcu++ computes; they are found by argument-dependent lookup.
#pragma once

#ifdef __CUDACC__
#include <cuda/std/complex>

#include <cmath>

#include "c10/util/complex.h"

namespace c10 {

#define C10_COMPLEX_UNARY_(name)                                    \
  template <typename T>                                             \
  C10_HOST_DEVICE complex<T> name(const complex<T>& z) {            \
    const auto result =                                             \
        cuda::std::name(cuda::std::complex<T>(z.real(), z.imag())); \
    return {result.real(), result.imag()};                          \
  }
C10_COMPLEX_UNARY_(exp)
C10_COMPLEX_UNARY_(log)
C10_COMPLEX_UNARY_(log10)
C10_COMPLEX_UNARY_(sqrt)
C10_COMPLEX_UNARY_(sin)
C10_COMPLEX_UNARY_(cos)
C10_COMPLEX_UNARY_(tan)
C10_COMPLEX_UNARY_(asin)
C10_COMPLEX_UNARY_(acos)
C10_COMPLEX_UNARY_(atan)
C10_COMPLEX_UNARY_(sinh)
C10_COMPLEX_UNARY_(cosh)
C10_COMPLEX_UNARY_(tanh)
C10_COMPLEX_UNARY_(asinh)
C10_COMPLEX_UNARY_(acosh)
C10_COMPLEX_UNARY_(atanh)
#undef C10_COMPLEX_UNARY_

template <typename T>
C10_HOST_DEVICE T abs(const complex<T>& z) {
  return std::hypot(z.real(), z.imag());
}
template <typename T>
C10_HOST_DEVICE complex<T> conj(const complex<T>& z) {
  return {z.real(), -z.imag()};
}
template <typename T>
C10_HOST_DEVICE complex<T> pow(
    const complex<T>& base,
    const complex<T>& exponent) {
  const auto result = cuda::std::pow(
      cuda::std::complex<T>(base.real(), base.imag()),
      cuda::std::complex<T>(exponent.real(), exponent.imag()));
  return {result.real(), result.imag()};
}
template <typename T>
C10_HOST_DEVICE complex<T> log2(const complex<T>& z) {
  const complex<T> natural = log(z);
  const T scale = T(1.4426950408889634074); // 1 / ln 2
  return {natural.real() * scale, natural.imag() * scale};
}
template <typename T>
C10_HOST_DEVICE complex<T> exp2(const complex<T>& z) {
  const T ln2 = T(0.69314718055994530942);
  return exp(complex<T>(z.real() * ln2, z.imag() * ln2));
}
// As on the host: |1 + z|^2 - 1 is formed directly for small z.
template <typename T>
C10_HOST_DEVICE complex<T> log1p(const complex<T>& z) {
  const T x = z.real();
  const T y = z.imag();
  const T imag = std::atan2(y, T(1) + x);
  if (!(std::hypot(x, y) < T(0.5))) {
    return {std::log(std::hypot(T(1) + x, y)), imag};
  }
  return {T(0.5) * std::log1p(x * (T(2) + x) + y * y), imag};
}
// expm1(x) cos y - 2 sin(y / 2)^2 + i exp(x) sin y
template <typename T>
C10_HOST_DEVICE complex<T> expm1(const complex<T>& z) {
  const T half = std::sin(z.imag() / T(2));
  return {
      std::expm1(z.real()) * std::cos(z.imag()) - T(2) * half * half,
      std::exp(z.real()) * std::sin(z.imag())};
}

} // namespace c10
#endif

// Functions of complex numbers, found by argument-dependent lookup like their
// real namesakes: `using std::exp; return exp(x);` serves every type. They
// rest on std::complex, under nvcc on its namesake in libcu++.
#pragma once

#include <cmath>

#include "c10/util/complex.h"

#ifdef __CUDACC__
#include <cuda/std/complex>
namespace c10::detail {
namespace complex_std = ::cuda::std;
}
#else
#include <complex>
namespace c10::detail {
namespace complex_std = ::std;
}
#endif

namespace c10 {
namespace detail {

template <typename T>
C10_HOST_DEVICE complex_std::complex<T> to_std(const complex<T>& z) {
  return complex_std::complex<T>(z.real(), z.imag());
}
template <typename T>
C10_HOST_DEVICE complex<T> from_std(const complex_std::complex<T>& z) {
  return {z.real(), z.imag()};
}

} // namespace detail

#define C10_COMPLEX_UNARY_(name)                                           \
  template <typename T>                                                    \
  C10_HOST_DEVICE complex<T> name(const complex<T>& z) {                   \
    return detail::from_std(detail::complex_std::name(detail::to_std(z))); \
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
C10_HOST_DEVICE T arg(const complex<T>& z) {
  return std::atan2(z.imag(), z.real());
}
template <typename T>
C10_HOST_DEVICE complex<T> conj(const complex<T>& z) {
  return {z.real(), -z.imag()};
}
template <typename T>
C10_HOST_DEVICE complex<T> pow(
    const complex<T>& base,
    const complex<T>& exponent) {
  return detail::from_std(
      detail::complex_std::pow(detail::to_std(base), detail::to_std(exponent)));
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
// log(1 + z) without the loss of small z: |1 + z|^2 - 1 is formed directly.
template <typename T>
C10_HOST_DEVICE complex<T> log1p(const complex<T>& z) {
  const T x = z.real();
  const T y = z.imag();
  const T imag = std::atan2(y, T(1) + x);
  const T size = std::hypot(x, y);
  if (!(size < T(0.5))) {
    return {std::log(std::hypot(T(1) + x, y)), imag};
  }
  return {T(0.5) * std::log1p(x * (T(2) + x) + y * y), imag};
}
// exp(z) - 1 = expm1(x) cos y - 2 sin(y / 2)^2 + i exp(x) sin y
template <typename T>
C10_HOST_DEVICE complex<T> expm1(const complex<T>& z) {
  const T half = std::sin(z.imag() / T(2));
  return {
      std::expm1(z.real()) * std::cos(z.imag()) - T(2) * half * half,
      std::exp(z.real()) * std::sin(z.imag())};
}

} // namespace c10

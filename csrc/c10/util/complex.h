// complex<T>: a complex number usable on host and device, laid out as two
// reals (the layout of std::complex and of C).
#pragma once

#include <complex>

#include "c10/macros/Macros.h"

namespace c10 {

template <typename T>
struct alignas(2 * sizeof(T)) complex {
  using value_type = T;
  T real_;
  T imag_;

  complex() = default;
  C10_HOST_DEVICE constexpr complex(T re, T im = T(0)) : real_(re), imag_(im) {}
  template <typename U>
  C10_HOST_DEVICE constexpr explicit complex(const complex<U>& other)
      : real_(static_cast<T>(other.real())),
        imag_(static_cast<T>(other.imag())) {}
  constexpr complex(const std::complex<T>& z)
      : real_(z.real()), imag_(z.imag()) {}
  constexpr operator std::complex<T>() const { return {real_, imag_}; }

  C10_HOST_DEVICE constexpr T real() const { return real_; }
  C10_HOST_DEVICE constexpr T imag() const { return imag_; }

  C10_HOST_DEVICE complex& operator+=(const complex& b) {
    return *this = *this + b;
  }
  C10_HOST_DEVICE complex& operator-=(const complex& b) {
    return *this = *this - b;
  }
  C10_HOST_DEVICE complex& operator*=(const complex& b) {
    return *this = *this * b;
  }
  C10_HOST_DEVICE complex& operator/=(const complex& b) {
    return *this = *this / b;
  }

  C10_HOST_DEVICE friend complex operator+(const complex& a, const complex& b) {
    return {a.real_ + b.real_, a.imag_ + b.imag_};
  }
  C10_HOST_DEVICE friend complex operator-(const complex& a, const complex& b) {
    return {a.real_ - b.real_, a.imag_ - b.imag_};
  }
  C10_HOST_DEVICE friend complex operator-(const complex& a) {
    return {-a.real_, -a.imag_};
  }
  C10_HOST_DEVICE friend complex operator*(const complex& a, const complex& b) {
    return {
        a.real_ * b.real_ - a.imag_ * b.imag_,
        a.real_ * b.imag_ + a.imag_ * b.real_};
  }
  // Smith's method (1962): scale by the larger part so that neither overflow
  // nor underflow of |b|^2 spoils the quotient.
  C10_HOST_DEVICE friend complex operator/(const complex& a, const complex& b) {
    const T re = b.real_ < 0 ? -b.real_ : b.real_;
    const T im = b.imag_ < 0 ? -b.imag_ : b.imag_;
    if (re >= im) {
      if (re == T(0) && im == T(0)) {
        return {a.real_ / re, a.imag_ / im};
      }
      const T ratio = b.imag_ / b.real_;
      const T scale = T(1) / (b.real_ + b.imag_ * ratio);
      return {
          (a.real_ + a.imag_ * ratio) * scale,
          (a.imag_ - a.real_ * ratio) * scale};
    }
    const T ratio = b.real_ / b.imag_;
    const T scale = T(1) / (b.real_ * ratio + b.imag_);
    return {
        (a.real_ * ratio + a.imag_) * scale,
        (a.imag_ * ratio - a.real_) * scale};
  }
  C10_HOST_DEVICE friend bool operator==(const complex& a, const complex& b) {
    return a.real_ == b.real_ && a.imag_ == b.imag_;
  }
  C10_HOST_DEVICE friend bool operator!=(const complex& a, const complex& b) {
    return !(a == b);
  }
};

template <typename T>
struct is_complex : std::false_type {};
template <typename T>
struct is_complex<complex<T>> : std::true_type {};

} // namespace c10

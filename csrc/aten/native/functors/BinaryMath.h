// Formulas of functions of two numbers beyond arithmetic. T: the compute type.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "c10/core/ScalarType.h"
#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

#define AT_LIBM_FUNCTOR_(Name, function)                      \
  template <typename T>                                       \
  struct Name {                                               \
    C10_HOST_DEVICE T operator()(T self, T other) const {     \
      return std::function(self, other);                      \
    }                                                         \
  };
AT_LIBM_FUNCTOR_(Atan2, atan2)
AT_LIBM_FUNCTOR_(Hypot, hypot)
AT_LIBM_FUNCTOR_(Copysign, copysign)
#undef AT_LIBM_FUNCTOR_

// The number of type S next to self towards other. Patterns of 16 bits count
// upwards from zero on both sides of it.
template <typename S>
struct Nextafter {
  using T = c10::opmath_type<S>;
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if constexpr (std::is_same<S, T>::value) {
      return std::nextafter(self, other);
    } else {
      if (self != self || other != other) {
        return self + other;
      }
      if (self == other) {
        return other;
      }
      if (self == 0) {
        const T least = S::from_bits(1);
        return other < 0 ? -least : least;
      }
      const uint16_t bits = S(self).x;
      const bool outwards = (self < other) == (self > 0);
      return S::from_bits(
          static_cast<uint16_t>(outwards ? bits + 1 : bits - 1));
    }
  }
};

// 0 below zero, 1 above, `values` at zero.
template <typename T>
struct Heaviside {
  C10_HOST_DEVICE T operator()(T self, T values) const {
    return self == T(0) ? values : static_cast<T>(self < T(0) ? 0 : 1);
  }
};

// log(exp(a) + exp(b)), from the larger.
template <typename T>
struct Logaddexp {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if (std::isinf(self) && self == other) {
      return self;
    }
    const T top = self > other || self != self ? self : other;
    return top + std::log1p(std::exp(-std::fabs(self - other)));
  }
};
template <typename R>
struct Logaddexp<c10::complex<R>> {
  using T = c10::complex<R>;
  C10_HOST_DEVICE T operator()(T self, T other) const {
    const bool first = self.real() > other.real() || self.real() != self.real();
    const T top = first ? self : other;
    const T low = first ? other : self;
    if (std::isinf(top.real()) && self == other) {
      return self;
    }
    return top + log1p(exp(low - top));
  }
};
template <typename T>
struct Logaddexp2 {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if (std::isinf(self) && self == other) {
      return self;
    }
    const T top = self > other || self != self ? self : other;
    const T inverse_ln2 = T(1.4426950408889634074);
    return top +
        std::log1p(std::exp2(-std::fabs(self - other))) * inverse_ln2;
  }
};

// self log(other), zero where self is zero and other no NaN.
template <typename T>
struct Xlogy {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if (other != other) {
      return other;
    }
    return self == T(0) ? T(0) : self * std::log(other);
  }
};
template <typename T>
struct Xlog1py {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if (other != other) {
      return other;
    }
    return self == T(0) ? T(0) : self * std::log1p(other);
  }
};

template <typename T>
C10_HOST_DEVICE T greatest_common_divisor(T a, T b) {
  if constexpr (std::is_signed<T>::value) {
    a = static_cast<T>(a < 0 ? -a : a);
    b = static_cast<T>(b < 0 ? -b : b);
  }
  while (a != 0) {
    const T rest = static_cast<T>(b % a);
    b = a;
    a = rest;
  }
  return b;
}
template <typename T>
struct Gcd {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    return greatest_common_divisor(self, other);
  }
};
template <typename T>
struct Lcm {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    const T divisor = greatest_common_divisor(self, other);
    if (divisor == 0) {
      return T(0);
    }
    const T multiple = static_cast<T>(self / divisor * other);
    if constexpr (std::is_signed<T>::value) {
      return static_cast<T>(multiple < 0 ? -multiple : multiple);
    }
    return multiple;
  }
};

} // namespace
} // namespace at::native

// Formulas of the arithmetic binary operators. T: the compute type; V: T or
// Vectorized<T>. A formula without a vector form takes T itself.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "aten/native/functors/MultiplyAdd.h"
#include "aten/native/functors/Select.h"
#include "c10/macros/Macros.h"
#include "c10/util/Exception.h"
#include "c10/util/complex.h"

namespace at::native {
namespace {

template <typename T>
struct Add {
  T alpha;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return multiply_add(V(alpha), other, self);
  }
};
template <>
struct Add<bool> {
  bool alpha;
  C10_HOST_DEVICE bool operator()(bool self, bool other) const {
    return self || (alpha && other);
  }
};
// The common case of alpha == 1.
template <typename T>
struct AddPlain {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return self + other;
  }
};
template <>
struct AddPlain<bool> {
  C10_HOST_DEVICE bool operator()(bool self, bool other) const {
    return self || other;
  }
};

template <typename T>
struct Sub {
  T alpha;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return multiply_add(V(-alpha), other, self);
  }
};
template <typename T>
struct SubPlain {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return self - other;
  }
};

template <typename T>
struct Mul {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return self * other;
  }
};
template <>
struct Mul<bool> {
  C10_HOST_DEVICE bool operator()(bool self, bool other) const {
    return self && other;
  }
};

template <typename T>
struct TrueDivide {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return self / other;
  }
};

// An integer divided by zero. Devices cannot throw: they leave the result to
// the hardware.
template <typename T>
C10_HOST_DEVICE void check_divisor(T other) {
#ifndef __CUDA_ARCH__
  TORCH_CHECK(other != T(0), "ZeroDivisionError");
#endif
}

template <typename T>
C10_HOST_DEVICE T divide_floor(T a, T b) {
  if constexpr (std::is_integral<T>::value) {
    check_divisor(b);
    if constexpr (std::is_signed<T>::value) {
      if (b == T(-1)) {
        return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(a));
      }
    }
    const T quotient = static_cast<T>(a / b);
    const bool inexact = a % b != 0;
    return static_cast<T>(
        quotient - (inexact && ((a < T(0)) != (b < T(0))) ? 1 : 0));
  } else {
    // Python's: exact for quotients near an integer, where floor(a / b) may
    // be off by one.
    if (b == T(0)) {
      return a / b;
    }
    const T mod = std::fmod(a, b);
    T quotient = (a - mod) / b;
    if (mod != T(0) && (b < T(0)) != (mod < T(0))) {
      quotient -= T(1);
    }
    if (quotient == T(0)) {
      return std::copysign(T(0), a / b);
    }
    T floored = std::floor(quotient);
    if (quotient - floored > T(0.5)) {
      floored += T(1);
    }
    return floored;
  }
}

// V is no T: a formula's vector form beside its form for numbers.
template <typename V, typename T>
using IfVector = std::enable_if_t<!std::is_same<V, T>::value, V>;

template <typename T>
struct FloorDivide {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    return divide_floor(self, other);
  }
  // The steps of divide_floor.
  template <typename V>
  IfVector<V, T> operator()(V self, V other) const {
    const V zero = V(T(0));
    const V one = V(T(1));
    const V mod = fmod(self, other);
    const auto crosses =
        (mod != zero) & ((other < zero) ^ (mod < zero));
    const V exact = self / other;
    const V quotient =
        (self - mod) / other - select(crosses, one, zero);
    V floored = floor(quotient);
    floored = floored +
        select(quotient - floored > V(T(0.5)), one, zero);
    floored = select(quotient == zero, copysign(zero, exact), floored);
    return select(other == zero, exact, floored);
  }
};

template <typename T>
struct TruncDivide {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if constexpr (std::is_integral<T>::value) {
      check_divisor(other);
      if constexpr (std::is_signed<T>::value) {
        if (other == T(-1)) {
          return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(self));
        }
      }
      return static_cast<T>(self / other);
    } else {
      return std::trunc(self / other);
    }
  }
  template <typename V>
  IfVector<V, T> operator()(V self, V other) const {
    return trunc(self / other);
  }
};

// The sign of the divisor, as in Python.
template <typename T>
struct Remainder {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if constexpr (std::is_integral<T>::value) {
      check_divisor(other);
      if constexpr (std::is_signed<T>::value) {
        if (other == T(-1)) {
          return T(0);
        }
      }
      const T r = static_cast<T>(self % other);
      return static_cast<T>(
          r != T(0) && (r < T(0)) != (other < T(0)) ? r + other : r);
    } else {
      const T r = std::fmod(self, other);
      return r != T(0) && (other < T(0)) != (r < T(0)) ? r + other : r;
    }
  }
  template <typename V>
  IfVector<V, T> operator()(V self, V other) const {
    const V zero = V(T(0));
    const V r = fmod(self, other);
    return select(
        (r != zero) & ((other < zero) ^ (r < zero)), r + other, r);
  }
};

// The sign of the dividend, as in C.
template <typename T>
struct Fmod {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if constexpr (std::is_integral<T>::value) {
      check_divisor(other);
      if constexpr (std::is_signed<T>::value) {
        if (other == T(-1)) {
          return T(0);
        }
      }
      return static_cast<T>(self % other);
    } else {
      return std::fmod(self, other);
    }
  }
  template <typename V>
  IfVector<V, T> operator()(V self, V other) const {
    return fmod(self, other);
  }
};

// maximum and minimum return NaN where either is NaN.
template <typename T>
struct Maximum {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return select((self > other) | (self != self), self, other);
  }
};
template <typename T>
struct Minimum {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V other) const {
    return select((self < other) | (self != self), self, other);
  }
};

// fmax and fmin return the number where one is NaN.
template <typename T>
struct Fmax {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if constexpr (std::is_integral<T>::value) {
      return self > other ? self : other;
    } else {
      return std::fmax(self, other);
    }
  }
};
template <typename T>
struct Fmin {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    if constexpr (std::is_integral<T>::value) {
      return self < other ? self : other;
    } else {
      return std::fmin(self, other);
    }
  }
};

} // namespace
} // namespace at::native

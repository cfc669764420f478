// Formulas of signs, rounding, tests and algebraic functions of one number.
// T: the compute type; V: T or Vectorized<T>.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "aten/native/functors/Select.h"
#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

template <typename T>
struct Abs {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    if constexpr (std::is_unsigned<T>::value) {
      return self;
    } else {
      using std::abs;
      if constexpr (std::is_integral<V>::value) {
        return static_cast<V>(self < 0 ? -self : self);
      } else {
        return abs(self);
      }
    }
  }
};

template <typename T>
struct Neg {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return -self;
  }
};

template <typename T>
struct Reciprocal {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return V(T(1)) / self;
  }
};

template <typename T>
struct Sqrt {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    using std::sqrt;
    return sqrt(self);
  }
};

template <typename T>
struct Rsqrt {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    using std::sqrt;
    return V(T(1)) / sqrt(self);
  }
};

// -1, 0 or 1; zero for NaN.
template <typename T>
struct Sign {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    const V zero = V(T(0));
    return select(
        self > zero,
        V(T(1)),
        select(self < zero, V(static_cast<T>(-1)), zero));
  }
};
template <typename R>
struct Sign<c10::complex<R>> {
  using T = c10::complex<R>;
  C10_HOST_DEVICE T operator()(T self) const {
    using std::abs;
    const R size = abs(self);
    return size == R(0) ? T(0) : T(self.real() / size, self.imag() / size);
  }
};

template <typename T>
struct Signbit {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    if constexpr (std::is_integral<V>::value) {
      return self < V(0);
    } else if constexpr (std::is_floating_point<V>::value) {
      return std::signbit(self);
    } else {
      const auto bits = self.bits();
      return bits < decltype(bits)(0);
    }
  }
};

#define AT_ROUNDING_FUNCTOR_(Name, function)        \
  template <typename T>                             \
  struct Name {                                     \
    template <typename V>                           \
    C10_HOST_DEVICE V operator()(V self) const {    \
      if constexpr (std::is_integral<T>::value) {   \
        return self;                                \
      } else {                                      \
        using std::function;                        \
        return function(self);                      \
      }                                             \
    }                                               \
  };
AT_ROUNDING_FUNCTOR_(Floor, floor)
AT_ROUNDING_FUNCTOR_(Ceil, ceil)
AT_ROUNDING_FUNCTOR_(Trunc, trunc)
// Halves go to the even neighbour.
AT_ROUNDING_FUNCTOR_(Round, nearbyint)
#undef AT_ROUNDING_FUNCTOR_

template <typename T>
struct Frac {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    using std::trunc;
    return self - trunc(self);
  }
};

// round(self * 10^decimals) / 10^decimals
template <typename T>
struct RoundDecimals {
  T scale;
  bool up; // decimals < 0: scale is 10^-decimals
  C10_HOST_DEVICE T operator()(T self) const {
    return up ? std::nearbyint(self / scale) * scale
              : std::nearbyint(self * scale) / scale;
  }
};

template <typename T>
struct LogicalNot {
  C10_HOST_DEVICE bool operator()(T self) const { return self == T(0); }
};
template <typename T>
struct BitwiseNot {
  C10_HOST_DEVICE T operator()(T self) const {
    if constexpr (std::is_same<T, bool>::value) {
      return !self;
    } else {
      return static_cast<T>(~self);
    }
  }
};

template <typename T>
struct IsNan {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    return self != self;
  }
};
template <typename T>
struct IsInf {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    using std::abs;
    return abs(self) == V(std::numeric_limits<T>::infinity());
  }
};
template <typename R>
struct IsInf<c10::complex<R>> {
  C10_HOST_DEVICE bool operator()(c10::complex<R> self) const {
    return std::isinf(self.real()) || std::isinf(self.imag());
  }
};
template <typename T>
struct IsFinite {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    const V none = self - self; // NaN for infinities and NaN
    return none == none;
  }
};
template <typename R>
struct IsFinite<c10::complex<R>> {
  C10_HOST_DEVICE bool operator()(c10::complex<R> self) const {
    return std::isfinite(self.real()) && std::isfinite(self.imag());
  }
};
template <typename T>
struct IsPosInf {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    return self == V(std::numeric_limits<T>::infinity());
  }
};
template <typename T>
struct IsNegInf {
  template <typename V>
  C10_HOST_DEVICE auto operator()(V self) const {
    return self == V(-std::numeric_limits<T>::infinity());
  }
};

template <typename T>
struct NanToNum {
  T nan;
  T posinf;
  T neginf;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    const V inf = V(std::numeric_limits<T>::infinity());
    const V finite = select(
        self == inf, V(posinf), select(self == -inf, V(neginf), self));
    return select(self != self, V(nan), finite);
  }
};
template <typename R>
struct NanToNum<c10::complex<R>> {
  NanToNum<R> part;
  C10_HOST_DEVICE c10::complex<R> operator()(c10::complex<R> self) const {
    return {part(self.real()), part(self.imag())};
  }
};

// The angle in the complex plane: 0 or pi for a real number.
template <typename T>
struct Angle {
  C10_HOST_DEVICE T operator()(T self) const {
    return self != self ? self : self < T(0) ? T(3.14159265358979323846) : T(0);
  }
};
template <typename R>
struct Angle<c10::complex<R>> {
  C10_HOST_DEVICE R operator()(c10::complex<R> self) const {
    return std::atan2(self.imag(), self.real());
  }
};

} // namespace
} // namespace at::native

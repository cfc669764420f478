// Formulas of powers.
#pragma once

#include <cmath>
#include <type_traits>

#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

// By squaring, modulo the range of T. A negative exponent gives the integer
// part of the reciprocal power.
template <typename T>
C10_HOST_DEVICE T integer_power(T base, T exponent) {
  if constexpr (std::is_signed<T>::value) {
    if (exponent < 0) {
      if (base == T(1)) {
        return T(1);
      }
      return base == T(-1) ? T(exponent % 2 == 0 ? 1 : -1) : T(0);
    }
  }
  // unsigned: overflow wraps
  using U = std::conditional_t<(sizeof(T) < 4), uint32_t, uint64_t>;
  U result = 1;
  U factor = static_cast<U>(base);
  for (auto e = static_cast<std::make_unsigned_t<T>>(exponent); e != 0;
       e = static_cast<decltype(e)>(e >> 1)) {
    if (e & 1) {
      result *= factor;
    }
    factor *= factor;
  }
  return static_cast<T>(result);
}

template <typename T>
struct Power {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V exponent) const {
    if constexpr (std::is_integral<T>::value) {
      return integer_power(self, exponent);
    } else {
      using std::pow;
      return pow(self, exponent);
    }
  }
};

// Power with the second argument bound.
template <typename T>
struct PowerOf {
  T exponent;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return Power<T>()(self, V(exponent));
  }
};

template <typename T>
struct Squared {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return self * self;
  }
};
template <typename T>
struct Cubed {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return self * self * self;
  }
};
template <typename T>
struct InverseSquared {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return V(T(1)) / (self * self);
  }
};

} // namespace
} // namespace at::native

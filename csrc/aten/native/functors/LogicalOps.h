// Formulas of logic, bits and shifts. All are of single numbers: compilers
// vectorise the loop over them.
#pragma once

#include <type_traits>

#include "c10/macros/Macros.h"
#include "c10/util/complex.h"

namespace at::native {
namespace {

template <typename T>
struct LogicalAnd {
  C10_HOST_DEVICE bool operator()(T self, T other) const {
    return self != T(0) && other != T(0);
  }
};
template <typename T>
struct LogicalOr {
  C10_HOST_DEVICE bool operator()(T self, T other) const {
    return self != T(0) || other != T(0);
  }
};
template <typename T>
struct LogicalXor {
  C10_HOST_DEVICE bool operator()(T self, T other) const {
    return (self != T(0)) != (other != T(0));
  }
};

template <typename T>
struct BitwiseAnd {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    return static_cast<T>(self & other);
  }
};
template <typename T>
struct BitwiseOr {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    return static_cast<T>(self | other);
  }
};
template <typename T>
struct BitwiseXor {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    return static_cast<T>(self ^ other);
  }
};

// Shifts by a negative count, or by the width and more, push every bit out.
template <typename T>
struct LeftShift {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    constexpr int width = sizeof(T) * 8;
    if (other < T(0) || other >= T(width)) {
      return T(0);
    }
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(self) << other);
  }
};
template <typename T>
struct RightShift {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    // The sign bit fills up.
    constexpr int most = sizeof(T) * 8 - (std::is_signed<T>::value ? 1 : 0);
    if (other < T(0) || other >= T(most)) {
      return static_cast<T>(
          std::is_signed<T>::value ? self >> most : T(0));
    }
    return static_cast<T>(self >> other);
  }
};

} // namespace
} // namespace at::native

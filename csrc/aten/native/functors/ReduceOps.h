// Reductions as formulas: where an accumulator starts, what an element does
// to it, how two accumulators join. Shared by CPU and CUDA.
//
// V is the compute type T or a vector of it. `shift` is one value per output;
// only SumSquares looks at it.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "aten/native/functors/Select.h"
#include "c10/core/ScalarType.h"
#include "c10/macros/Macros.h"

namespace at::native {
namespace {

// In what runs of elements are joined: see Note [Accuracy of sums].
template <typename Op, typename T>
using TotalOf = std::conditional_t<
    Op::kAdds && std::is_same<T, float>::value,
    double,
    T>;

// Running totals, like sums, are kept in double for float.
template <typename S>
using Running = std::
    conditional_t<std::is_floating_point<opmath_type<S>>::value, double, S>;

template <typename T>
struct Sum {
  static constexpr bool kAdds = true;
  static C10_HOST_DEVICE T identity() { return T(0); }
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return acc + x;
  }
  template <typename V>
  C10_HOST_DEVICE V join(V a, V b) const {
    return a + b;
  }
};

template <typename T>
struct Prod {
  static constexpr bool kAdds = false;
  static C10_HOST_DEVICE T identity() { return T(1); }
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return acc * x;
  }
  template <typename V>
  C10_HOST_DEVICE V join(V a, V b) const {
    return a * b;
  }
};

template <typename T>
C10_HOST_DEVICE T lowest_value() {
  return std::numeric_limits<T>::has_infinity
      ? -std::numeric_limits<T>::infinity()
      : std::numeric_limits<T>::lowest();
}
template <typename T>
C10_HOST_DEVICE T highest_value() {
  return std::numeric_limits<T>::has_infinity
      ? std::numeric_limits<T>::infinity()
      : std::numeric_limits<T>::max();
}

// A NaN is taken and kept: x != x holds for it, and no later x compares.
template <typename T>
struct Max {
  static constexpr bool kAdds = false;
  static C10_HOST_DEVICE T identity() { return lowest_value<T>(); }
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return join(acc, x);
  }
  template <typename V>
  C10_HOST_DEVICE V join(V a, V b) const {
    return select((b > a) | (b != b), b, a);
  }
};

template <typename T>
struct Min {
  static constexpr bool kAdds = false;
  static C10_HOST_DEVICE T identity() { return highest_value<T>(); }
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return join(acc, x);
  }
  template <typename V>
  C10_HOST_DEVICE V join(V a, V b) const {
    return select((b < a) | (b != b), b, a);
  }
};

template <typename T>
struct SumSquares : Sum<T> {
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V shift) const {
    const V d = x - shift;
    return acc + d * d;
  }
};

template <typename V>
C10_HOST_DEVICE V absolute(V x) {
  return select(x < V(0), -x, x);
}

template <typename T>
struct SumAbs : Sum<T> {
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return acc + absolute(x);
  }
};

template <typename T>
struct MaxAbs : Max<T> {
  static C10_HOST_DEVICE T identity() { return T(0); }
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return this->join(acc, absolute(x));
  }
};

template <typename T>
struct MinAbs : Min<T> {
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return this->join(acc, absolute(x));
  }
};

template <typename T>
struct CountNonzero : Sum<T> {
  template <typename V>
  C10_HOST_DEVICE V step(V acc, V x, V) const {
    return acc + select(x != V(0), V(1), V(0));
  }
};

// No vector form: pow is a library call.
template <typename T>
struct SumPowAbs : Sum<T> {
  T p;
  explicit SumPowAbs(T p) : p(p) {}
  C10_HOST_DEVICE T step(T acc, T x, T) const {
    return acc + std::pow(absolute(x), p);
  }
};

// Whether x takes the place of best, found earlier; a NaN beats any number.
template <bool kLargest, typename T>
C10_HOST_DEVICE bool beats(T x, T best) {
  return (kLargest ? x > best : x < best) || (x != x && best == best);
}

} // namespace
} // namespace at::native

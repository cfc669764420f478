// Formulas of clamp, addcmul, addcdiv and lerp. T: the compute type; V: T or
// Vectorized<T>.
#pragma once

#include <type_traits>

#include "aten/native/functors/MultiplyAdd.h"
#include "aten/native/functors/Select.h"
#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

// NaN in any argument is the result.
template <typename V>
C10_HOST_DEVICE V max_with_nan(V a, V b) {
  return select((a > b) | (a != a), a, b);
}
template <typename V>
C10_HOST_DEVICE V min_with_nan(V a, V b) {
  return select((a < b) | (a != a), a, b);
}

template <typename T>
struct Clamp {
  T min;
  T max;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return min_with_nan(max_with_nan(self, V(min)), V(max));
  }
};
template <typename T>
struct ClampTensors {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V lower, V upper) const {
    return min_with_nan(max_with_nan(self, lower), upper);
  }
};
template <typename T>
struct ClampMin {
  T min;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return max_with_nan(self, V(min));
  }
};
template <typename T>
struct ClampMax {
  T max;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    return min_with_nan(self, V(max));
  }
};

template <typename T>
struct Addcmul {
  T value;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V tensor1, V tensor2) const {
    return multiply_add(V(V(value) * tensor1), tensor2, self);
  }
};
template <typename T>
struct Addcdiv {
  T value;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V tensor1, V tensor2) const {
    return self + V(value) * tensor1 / tensor2;
  }
};

// self + weight (end - self), from the nearer end: exact at weight 0 and 1.
template <typename T>
struct Lerp {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V end, V weight) const {
    const V span = end - self;
    if constexpr (c10::is_complex<T>::value) {
      using std::abs;
      return abs(weight) < typename T::value_type(0.5)
          ? self + weight * span
          : end - span * (V(1) - weight);
    } else {
      const V half = V(T(0.5));
      return select(
          (weight < half) & (weight > -half),
          multiply_add(weight, span, self),
          multiply_add(V(-span), V(V(T(1)) - weight), end));
    }
  }
};
template <typename T>
struct LerpScalar {
  T weight;
  template <typename V>
  C10_HOST_DEVICE V operator()(V self, V end) const {
    return Lerp<T>()(self, end, V(weight));
  }
};

} // namespace
} // namespace at::native

// The largest of some numbers and the sum of exp(x - largest), in one pass:
// when a larger number comes, what was summed is scaled down. Host and device.
#pragma once

#include <cmath>
#include <limits>

#include "c10/macros/Macros.h"

namespace at::native {
namespace {

// A = float or double. An infinite or missing number gives what two passes
// give: exp(inf - inf) is NaN and spoils the sum; exp(-inf - -inf), of a row
// of -inf alone, is left to the reader of `top`.
template <typename A>
struct SoftMaxSum {
  A top;
  A sum;

  static C10_HOST_DEVICE SoftMaxSum none() {
    return {-std::numeric_limits<A>::infinity(), A(0)};
  }
  C10_HOST_DEVICE void add(A x) {
    if (x > top) {
      sum = sum * std::exp(top - x) + std::exp(x - x);
      top = x;
    } else if (x != -std::numeric_limits<A>::infinity()) {
      sum += std::exp(x - top);
    }
  }
  C10_HOST_DEVICE SoftMaxSum join(const SoftMaxSum& b) const {
    const A both = b.top > top ? b.top : top;
    return {both, scaled(both) + b.scaled(both)};
  }

 private:
  // Nothing but -inf so far: the sum is zero, or NaN, which stays.
  C10_HOST_DEVICE A scaled(A both) const {
    return top == -std::numeric_limits<A>::infinity()
        ? sum
        : sum * std::exp(top - both);
  }
};

} // namespace
} // namespace at::native

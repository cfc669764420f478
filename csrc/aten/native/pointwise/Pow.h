// Kernels of pow; formulas: functors/Pow.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/Pow.h"
#include "aten/native/functors/Pow.h"
#include "aten/native/functors/UnaryOps.h"

namespace at::native {
namespace {

void pow_tensor_tensor_kernel(TensorIterator& iter) {
  dispatch_all_types_and_complex(iter.common_dtype(), "pow", [&](auto type) {
    using S = decltype(type);
    pointwise_kernel<S, Work::Much>(iter, Power<opmath_type<S>>{});
  });
}

void pow_tensor_scalar_kernel(TensorIterator& iter, const Scalar& exponent) {
  dispatch_all_types_and_complex(iter.common_dtype(), "pow", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    if (exponent.equal(2.0)) {
      return pointwise_kernel<S>(iter, Squared<T>{});
    }
    if (exponent.equal(3.0)) {
      return pointwise_kernel<S>(iter, Cubed<T>{});
    }
    if constexpr (!std::is_integral<T>::value) {
      if (exponent.equal(0.5)) {
        return pointwise_kernel<S>(iter, Sqrt<T>{});
      }
      if (exponent.equal(-0.5)) {
        return pointwise_kernel<S>(iter, Rsqrt<T>{});
      }
      if (exponent.equal(-1.0)) {
        return pointwise_kernel<S>(iter, Reciprocal<T>{});
      }
      if (exponent.equal(-2.0)) {
        return pointwise_kernel<S>(iter, InverseSquared<T>{});
      }
    }
    pointwise_kernel<S, Work::Much>(iter, PowerOf<T>{exponent.to<T>()});
  });
}

REGISTER_DISPATCH(pow_tensor_tensor_stub, pow_tensor_tensor_kernel);
REGISTER_DISPATCH(pow_tensor_scalar_stub, pow_tensor_scalar_kernel);

} // namespace
} // namespace at::native

// CPU kernels of pow.
#include "aten/native/Pow.h"

#include "aten/cpu/vec/VecMath.h"
#include "aten/native/cpu/Loops.h"
#include "aten/native/functors/Pow.h"
#include "aten/native/functors/UnaryOps.h"

namespace at::native {
namespace {

constexpr int64_t kPowGrain = 4096;

void pow_tensor_tensor_kernel(TensorIterator& iter) {
  dispatch_all_types_and_complex(
      iter.common_dtype(), "pow", [&](auto type) {
        using S = decltype(type);
        cpu_kernel<S>(iter, Power<opmath_type<S>>{}, kPowGrain);
      });
}

void pow_tensor_scalar_kernel(TensorIterator& iter, const Scalar& exponent) {
  dispatch_all_types_and_complex(
      iter.common_dtype(), "pow", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        if (exponent.equal(2.0)) {
          return cpu_kernel<S>(iter, Squared<T>{});
        }
        if (exponent.equal(3.0)) {
          return cpu_kernel<S>(iter, Cubed<T>{});
        }
        if constexpr (!std::is_integral<T>::value) {
          if (exponent.equal(0.5)) {
            return cpu_kernel<S>(iter, Sqrt<T>{});
          }
          if (exponent.equal(-0.5)) {
            return cpu_kernel<S>(iter, Rsqrt<T>{});
          }
          if (exponent.equal(-1.0)) {
            return cpu_kernel<S>(iter, Reciprocal<T>{});
          }
          if (exponent.equal(-2.0)) {
            return cpu_kernel<S>(iter, InverseSquared<T>{});
          }
        }
        cpu_kernel<S>(iter, PowerOf<T>{exponent.to<T>()}, kPowGrain);
      });
}

REGISTER_DISPATCH(pow_tensor_tensor_stub, pow_tensor_tensor_kernel);
REGISTER_DISPATCH(pow_tensor_scalar_stub, pow_tensor_scalar_kernel);

} // namespace
} // namespace at::native

// CUDA kernels of pow.
#include "aten/native/Pow.h"

#include "aten/native/cuda/ComplexMath.cuh"
#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/Pow.h"
#include "aten/native/functors/UnaryOps.h"

namespace at::native {
namespace {

void pow_tensor_tensor_kernel(TensorIterator& iter) {
  dispatch_all_types_and_complex(iter.common_dtype(), "pow", [&](auto type) {
    using S = decltype(type);
    gpu_kernel_costly<S>(iter, Power<opmath_type<S>>{});
  });
}

void pow_tensor_scalar_kernel(TensorIterator& iter, const Scalar& exponent) {
  dispatch_all_types_and_complex(iter.common_dtype(), "pow", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    if (exponent.equal(2.0)) {
      return gpu_kernel<S>(iter, Squared<T>{});
    }
    if (exponent.equal(3.0)) {
      return gpu_kernel<S>(iter, Cubed<T>{});
    }
    if constexpr (!std::is_integral<T>::value) {
      if (exponent.equal(0.5)) {
        return gpu_kernel<S>(iter, Sqrt<T>{});
      }
      if (exponent.equal(-0.5)) {
        return gpu_kernel<S>(iter, Rsqrt<T>{});
      }
      if (exponent.equal(-1.0)) {
        return gpu_kernel<S>(iter, Reciprocal<T>{});
      }
      if (exponent.equal(-2.0)) {
        return gpu_kernel<S>(iter, InverseSquared<T>{});
      }
    }
    gpu_kernel_costly<S>(iter, PowerOf<T>{exponent.to<T>()});
  });
}

REGISTER_DISPATCH(pow_tensor_tensor_stub, pow_tensor_tensor_kernel);
REGISTER_DISPATCH(pow_tensor_scalar_stub, pow_tensor_scalar_kernel);

} // namespace
} // namespace at::native

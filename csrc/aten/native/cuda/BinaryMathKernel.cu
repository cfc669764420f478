// CUDA kernels of functions of two tensors beyond arithmetic.
#include "aten/native/BinaryMath.h"

#include "aten/native/cuda/ComplexMath.cuh"
#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/BinaryMath.h"

namespace at::native {
namespace {

constexpr TypeSet kPlainFloating = type_set(kFloat) | type_set(kDouble);

#define BINARY_MATH_KERNEL(name, types, text, Functor)          \
  void name##_kernel(TensorIterator& iter) {                    \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) { \
      using S = decltype(type);                                 \
      gpu_kernel_costly<S>(iter, Functor<opmath_type<S>>{});    \
    });                                                         \
  }                                                             \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

BINARY_MATH_KERNEL(atan2, kFloatingTypes, "atan2_cuda", Atan2)
BINARY_MATH_KERNEL(hypot, kFloatingTypes, "hypot_cuda", Hypot)
BINARY_MATH_KERNEL(nextafter, kPlainFloating, "nextafter_cuda", Nextafter)
BINARY_MATH_KERNEL(copysign, kFloatingTypes, "copysign_cuda", Copysign)
BINARY_MATH_KERNEL(
    heaviside,
    kAllTypes | kBoolType,
    "heaviside_cuda",
    Heaviside)
BINARY_MATH_KERNEL(
    logaddexp,
    kFloatingTypes | kComplexTypes,
    "logaddexp_cuda",
    Logaddexp)
BINARY_MATH_KERNEL(logaddexp2, kFloatingTypes, "logaddexp2_cuda", Logaddexp2)
BINARY_MATH_KERNEL(xlogy, kFloatingTypes, "xlogy_cuda", Xlogy)
BINARY_MATH_KERNEL(special_xlog1py, kFloatingTypes, "xlog1py_cuda", Xlog1py)
BINARY_MATH_KERNEL(gcd, kIntegralTypes, "gcd_cuda", Gcd)
BINARY_MATH_KERNEL(lcm, kIntegralTypes, "lcm_cuda", Lcm)

} // namespace
} // namespace at::native

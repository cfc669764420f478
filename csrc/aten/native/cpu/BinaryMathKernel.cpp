// CPU kernels of functions of two tensors beyond arithmetic.
#include "aten/native/BinaryMath.h"

#include "aten/native/cpu/Loops.h"
#include "aten/native/functors/BinaryMath.h"

namespace at::native {
namespace {

constexpr int64_t kBinaryMathGrain = 4096;
constexpr TypeSet kPlainFloating = type_set(kFloat) | type_set(kDouble);

#define BINARY_MATH_KERNEL(name, types, text, Functor)                     \
  void name##_kernel(TensorIterator& iter) {                               \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {            \
      using S = decltype(type);                                            \
      cpu_kernel<S>(iter, Functor<opmath_type<S>>{}, kBinaryMathGrain);    \
    });                                                                    \
  }                                                                        \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

BINARY_MATH_KERNEL(atan2, kFloatingTypes, "atan2_cpu", Atan2)
BINARY_MATH_KERNEL(hypot, kFloatingTypes, "hypot_cpu", Hypot)
BINARY_MATH_KERNEL(nextafter, kPlainFloating, "nextafter_cpu", Nextafter)
BINARY_MATH_KERNEL(copysign, kFloatingTypes, "copysign_cpu", Copysign)
BINARY_MATH_KERNEL(heaviside, kAllTypes | kBoolType, "heaviside_cpu", Heaviside)
BINARY_MATH_KERNEL(logaddexp, kFloatingTypes | kComplexTypes, "logaddexp_cpu", Logaddexp)
BINARY_MATH_KERNEL(logaddexp2, kFloatingTypes, "logaddexp2_cpu", Logaddexp2)
BINARY_MATH_KERNEL(xlogy, kFloatingTypes, "xlogy_cpu", Xlogy)
BINARY_MATH_KERNEL(special_xlog1py, kFloatingTypes, "xlog1py_cpu", Xlog1py)
BINARY_MATH_KERNEL(gcd, kIntegralTypes, "gcd_cpu", Gcd)
BINARY_MATH_KERNEL(lcm, kIntegralTypes, "lcm_cpu", Lcm)

} // namespace
} // namespace at::native

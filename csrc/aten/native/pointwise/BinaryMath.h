// Kernels of functions of two tensors beyond arithmetic; formulas:
// functors/BinaryMath.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/BinaryMath.h"
#include "aten/native/functors/BinaryMath.h"

namespace at::native {
namespace {

POINTWISE_KERNEL(Work::Much, atan2, kFloatingTypes, Atan2)
POINTWISE_KERNEL(Work::Much, hypot, kFloatingTypes, Hypot)
POINTWISE_KERNEL(Work::Much, copysign, kFloatingTypes, Copysign)
POINTWISE_KERNEL(Work::Much, heaviside, kAllTypes | kBoolType, Heaviside)
POINTWISE_KERNEL(
    Work::Much,
    logaddexp,
    kFloatingTypes | kComplexTypes,
    Logaddexp)
POINTWISE_KERNEL(Work::Much, logaddexp2, kFloatingTypes, Logaddexp2)
POINTWISE_KERNEL(Work::Much, xlogy, kFloatingTypes, Xlogy)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("xlog1py"),
    Work::Much,
    special_xlog1py,
    kFloatingTypes,
    Xlog1py)
POINTWISE_KERNEL(Work::Much, gcd, kIntegralTypes, Gcd)
POINTWISE_KERNEL(Work::Much, lcm, kIntegralTypes, Lcm)

// Its neighbour is that of the element's type, not of the compute type.
void nextafter_kernel(TensorIterator& iter) {
  dispatch_floating_types(
      iter.common_dtype(), KERNEL_NAME("nextafter"), [&](auto type) {
        using S = decltype(type);
        pointwise_kernel<S, Work::Much>(iter, Nextafter<S>{});
      });
}
REGISTER_DISPATCH(nextafter_stub, nextafter_kernel);

} // namespace
} // namespace at::native

// Kernels of functions of two tensors beyond arithmetic; formulas:
// functors/BinaryMath.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/BinaryMath.h"
#include "aten/native/functors/BinaryMath.h"

namespace at::native {
namespace {

constexpr TypeSet kPlainFloating = type_set(kFloat) | type_set(kDouble);

POINTWISE_KERNEL(Work::Much, atan2, kFloatingTypes, KERNEL_NAME("atan2"), Atan2)
POINTWISE_KERNEL(Work::Much, hypot, kFloatingTypes, KERNEL_NAME("hypot"), Hypot)
POINTWISE_KERNEL(
    Work::Much,
    nextafter,
    kPlainFloating,
    KERNEL_NAME("nextafter"),
    Nextafter)
POINTWISE_KERNEL(
    Work::Much,
    copysign,
    kFloatingTypes,
    KERNEL_NAME("copysign"),
    Copysign)
POINTWISE_KERNEL(
    Work::Much,
    heaviside,
    kAllTypes | kBoolType,
    KERNEL_NAME("heaviside"),
    Heaviside)
POINTWISE_KERNEL(
    Work::Much,
    logaddexp,
    kFloatingTypes | kComplexTypes,
    KERNEL_NAME("logaddexp"),
    Logaddexp)
POINTWISE_KERNEL(
    Work::Much,
    logaddexp2,
    kFloatingTypes,
    KERNEL_NAME("logaddexp2"),
    Logaddexp2)
POINTWISE_KERNEL(Work::Much, xlogy, kFloatingTypes, KERNEL_NAME("xlogy"), Xlogy)
POINTWISE_KERNEL(
    Work::Much,
    special_xlog1py,
    kFloatingTypes,
    KERNEL_NAME("xlog1py"),
    Xlog1py)
POINTWISE_KERNEL(Work::Much, gcd, kIntegralTypes, KERNEL_NAME("gcd"), Gcd)
POINTWISE_KERNEL(Work::Much, lcm, kIntegralTypes, KERNEL_NAME("lcm"), Lcm)

} // namespace
} // namespace at::native

// Kernels of the arithmetic binary operators; formulas: functors/BinaryOps.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/BinaryOps.h"
#include "aten/native/functors/BinaryOps.h"

namespace at::native {
namespace {

void add_kernel(TensorIterator& iter, const Scalar& alpha) {
  dispatch_every_type(iter.common_dtype(), KERNEL_NAME("add"), [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const T a = alpha.to<T>();
    if (a == T(1)) {
      pointwise_kernel<S>(iter, AddPlain<T>{});
    } else {
      pointwise_kernel<S>(iter, Add<T>{a});
    }
  });
}

void sub_kernel(TensorIterator& iter, const Scalar& alpha) {
  dispatch_all_types_and_complex(
      iter.common_dtype(), KERNEL_NAME("sub"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T a = alpha.to<T>();
        if (a == T(1)) {
          pointwise_kernel<S>(iter, SubPlain<T>{});
        } else {
          pointwise_kernel<S>(iter, Sub<T>{a});
        }
      });
}

POINTWISE_KERNEL(Work::Little, mul, kEveryType, Mul)
POINTWISE_KERNEL(
    Work::Little,
    div_true,
    kFloatingTypes | kComplexTypes,
    TrueDivide)
POINTWISE_KERNEL(Work::Little, div_floor, kAllTypes, FloorDivide)
POINTWISE_KERNEL(Work::Little, div_trunc, kAllTypes, TruncDivide)
POINTWISE_KERNEL(Work::Little, remainder, kAllTypes, Remainder)
POINTWISE_KERNEL(Work::Little, fmod, kAllTypes, Fmod)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("maximum_cpu", "max_elementwise_cuda"),
    Work::Little,
    maximum,
    kAllTypes | kBoolType,
    Maximum)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("minimum_cpu", "min_elementwise_cuda"),
    Work::Little,
    minimum,
    kAllTypes | kBoolType,
    Minimum)
POINTWISE_KERNEL(Work::Little, fmax, kAllTypes | kBoolType, Fmax)
POINTWISE_KERNEL(Work::Little, fmin, kAllTypes | kBoolType, Fmin)

REGISTER_DISPATCH(add_stub, add_kernel);
REGISTER_DISPATCH(sub_stub, sub_kernel);

} // namespace
} // namespace at::native

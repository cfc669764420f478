// Kernels of signs, rounding, tests and algebraic functions; formulas:
// functors/UnaryOps.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/UnaryOps.h"
#include "aten/native/functors/UnaryOps.h"

namespace at::native {
namespace {

constexpr TypeSet kRealTypes = kAllTypes | kBoolType;
constexpr TypeSet kInexactTypes = kFloatingTypes | kComplexTypes;

POINTWISE_KERNEL(Work::Little, abs, kAllTypes | kComplexTypes, Abs)
POINTWISE_KERNEL(Work::Little, angle, kInexactTypes, Angle)
POINTWISE_KERNEL(Work::Little, neg, kAllTypes | kComplexTypes, Neg)
POINTWISE_KERNEL(Work::Little, reciprocal, kInexactTypes, Reciprocal)
POINTWISE_KERNEL(Work::Little, sqrt, kInexactTypes, Sqrt)
POINTWISE_KERNEL(Work::Little, rsqrt, kInexactTypes, Rsqrt)
POINTWISE_KERNEL(Work::Little, sign, kEveryType, Sign)
POINTWISE_KERNEL(Work::Little, signbit, kRealTypes, Signbit)
POINTWISE_KERNEL(Work::Little, floor, kAllTypes, Floor)
POINTWISE_KERNEL(Work::Little, ceil, kAllTypes, Ceil)
POINTWISE_KERNEL(Work::Little, trunc, kAllTypes, Trunc)
POINTWISE_KERNEL(Work::Little, round, kAllTypes, Round)
POINTWISE_KERNEL(Work::Little, frac, kFloatingTypes, Frac)
POINTWISE_KERNEL(Work::Little, logical_not, kEveryType, LogicalNot)
POINTWISE_KERNEL(
    Work::Little,
    bitwise_not,
    kIntegralTypes | kBoolType,
    BitwiseNot)
POINTWISE_KERNEL(Work::Little, isnan, kInexactTypes, IsNan)
POINTWISE_KERNEL(Work::Little, isinf, kInexactTypes, IsInf)
POINTWISE_KERNEL(Work::Little, isfinite, kInexactTypes, IsFinite)
POINTWISE_KERNEL(Work::Little, isposinf, kFloatingTypes, IsPosInf)
POINTWISE_KERNEL(Work::Little, isneginf, kFloatingTypes, IsNegInf)

void round_decimals_kernel(TensorIterator& iter, int64_t decimals) {
  dispatch_floating_types(
      iter.common_dtype(), KERNEL_NAME("round_vml"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T scale = static_cast<T>(
            std::pow(10.0, static_cast<double>(std::abs(decimals))));
        pointwise_kernel<S>(iter, RoundDecimals<T>{scale, decimals < 0});
      });
}

void nan_to_num_kernel(
    TensorIterator& iter,
    double nan,
    double posinf,
    double neginf) {
  dispatch_floating_types(iter.common_dtype(), "nan_to_num", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const auto top = static_cast<T>(std::numeric_limits<S>::max());
    auto finite = [&](double x) {
      return std::isinf(x) ? (x > 0 ? top : -top) : static_cast<T>(x);
    };
    pointwise_kernel<S>(
        iter, NanToNum<T>{static_cast<T>(nan), finite(posinf), finite(neginf)});
  });
}
REGISTER_DISPATCH(round_decimals_stub, round_decimals_kernel);
REGISTER_DISPATCH(nan_to_num_stub, nan_to_num_kernel);

} // namespace
} // namespace at::native

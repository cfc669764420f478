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

POINTWISE_KERNEL(
    Work::Little,
    abs,
    kAllTypes | kComplexTypes,
    KERNEL_NAME("abs"),
    Abs)
POINTWISE_KERNEL(
    Work::Little,
    angle,
    kInexactTypes,
    KERNEL_NAME("angle"),
    Angle)
POINTWISE_KERNEL(
    Work::Little,
    neg,
    kAllTypes | kComplexTypes,
    KERNEL_NAME("neg"),
    Neg)
POINTWISE_KERNEL(
    Work::Little,
    reciprocal,
    kInexactTypes,
    KERNEL_NAME("reciprocal"),
    Reciprocal)
POINTWISE_KERNEL(Work::Little, sqrt, kInexactTypes, KERNEL_NAME("sqrt"), Sqrt)
POINTWISE_KERNEL(
    Work::Little,
    rsqrt,
    kInexactTypes,
    KERNEL_NAME("rsqrt"),
    Rsqrt)
POINTWISE_KERNEL(Work::Little, sign, kEveryType, KERNEL_NAME("sign"), Sign)
POINTWISE_KERNEL(
    Work::Little,
    signbit,
    kRealTypes,
    KERNEL_NAME("signbit"),
    Signbit)
POINTWISE_KERNEL(Work::Little, floor, kAllTypes, KERNEL_NAME("floor"), Floor)
POINTWISE_KERNEL(Work::Little, ceil, kAllTypes, KERNEL_NAME("ceil"), Ceil)
POINTWISE_KERNEL(Work::Little, trunc, kAllTypes, KERNEL_NAME("trunc"), Trunc)
POINTWISE_KERNEL(Work::Little, round, kAllTypes, KERNEL_NAME("round"), Round)
POINTWISE_KERNEL(Work::Little, frac, kFloatingTypes, KERNEL_NAME("frac"), Frac)
POINTWISE_KERNEL(
    Work::Little,
    logical_not,
    kEveryType,
    KERNEL_NAME("logical_not"),
    LogicalNot)
POINTWISE_KERNEL(
    Work::Little,
    bitwise_not,
    kIntegralTypes | kBoolType,
    KERNEL_NAME("bitwise_not"),
    BitwiseNot)
POINTWISE_KERNEL(
    Work::Little,
    isnan,
    kInexactTypes,
    KERNEL_NAME("isnan"),
    IsNan)
POINTWISE_KERNEL(
    Work::Little,
    isinf,
    kInexactTypes,
    KERNEL_NAME("isinf"),
    IsInf)
POINTWISE_KERNEL(
    Work::Little,
    isfinite,
    kInexactTypes,
    KERNEL_NAME("isfinite"),
    IsFinite)
POINTWISE_KERNEL(
    Work::Little,
    isposinf,
    kFloatingTypes,
    KERNEL_NAME("isposinf"),
    IsPosInf)
POINTWISE_KERNEL(
    Work::Little,
    isneginf,
    kFloatingTypes,
    KERNEL_NAME("isneginf"),
    IsNegInf)

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

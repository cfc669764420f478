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

// The type of a number's real part.
template <typename S>
struct RealPart {
  using type = S;
};
template <typename R>
struct RealPart<c10::complex<R>> {
  using type = R;
};

POINTWISE_KERNEL(Work::Little, abs, kAllTypes | kComplexTypes, Abs)
POINTWISE_KERNEL(Work::Little, angle, kInexactTypes, Angle)
POINTWISE_KERNEL(Work::Little, neg, kAllTypes | kComplexTypes, Neg)
POINTWISE_KERNEL(Work::Little, reciprocal, kInexactTypes, Reciprocal)
POINTWISE_KERNEL(Work::Little, sqrt, kInexactTypes, Sqrt)
POINTWISE_KERNEL(Work::Little, rsqrt, kInexactTypes, Rsqrt)
POINTWISE_KERNEL(Work::Little, sign, kEveryType, Sign)
POINTWISE_KERNEL(Work::Little, signbit, kRealTypes, Signbit)
POINTWISE_KERNEL_CALLED(
    VML_KERNEL_NAME("floor"),
    Work::Little,
    floor,
    kAllTypes,
    Floor)
POINTWISE_KERNEL_CALLED(
    VML_KERNEL_NAME("ceil"),
    Work::Little,
    ceil,
    kAllTypes,
    Ceil)
POINTWISE_KERNEL_CALLED(
    VML_KERNEL_NAME("trunc"),
    Work::Little,
    trunc,
    kAllTypes,
    Trunc)
POINTWISE_KERNEL_CALLED(
    VML_KERNEL_NAME("round"),
    Work::Little,
    round,
    kAllTypes,
    Round)
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
      iter.common_dtype(), KERNEL_NAME("round"), [&](auto type) {
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
  dispatch<kInexactTypes>(iter.common_dtype(), "nan_to_num", [&](auto type) {
    using S = decltype(type);
    using Part = typename RealPart<S>::type;
    using T = opmath_type<Part>;
    const auto top = static_cast<T>(std::numeric_limits<Part>::max());
    auto finite = [&](double x) {
      return std::isinf(x) ? (x > 0 ? top : -top) : static_cast<T>(x);
    };
    const NanToNum<T> part{static_cast<T>(nan), finite(posinf), finite(neginf)};
    if constexpr (c10::is_complex<S>::value) {
      pointwise_kernel<S>(iter, NanToNum<S>{part});
    } else {
      pointwise_kernel<S>(iter, part);
    }
  });
}
REGISTER_DISPATCH(round_decimals_stub, round_decimals_kernel);
REGISTER_DISPATCH(nan_to_num_stub, nan_to_num_kernel);

} // namespace
} // namespace at::native

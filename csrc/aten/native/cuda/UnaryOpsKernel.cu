// CUDA kernels of signs, rounding, tests and algebraic functions; formulas are
// in functors/UnaryOps.h.
#include "aten/native/UnaryOps.h"

#include "aten/native/cuda/ComplexMath.cuh"
#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/UnaryOps.h"

namespace at::native {
namespace {

#define UNARY_KERNEL(name, types, Functor)                               \
  void name##_kernel(TensorIterator& iter) {                             \
    dispatch<types>(iter.common_dtype(), #name "_cuda", [&](auto type) { \
      using S = decltype(type);                                          \
      gpu_kernel<S>(iter, Functor<opmath_type<S>>{});                    \
    });                                                                  \
  }                                                                      \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

constexpr TypeSet kRealTypes = kAllTypes | kBoolType;
constexpr TypeSet kInexactTypes = kFloatingTypes | kComplexTypes;

UNARY_KERNEL(abs, kAllTypes | kComplexTypes, Abs)
UNARY_KERNEL(angle, kInexactTypes, Angle)
UNARY_KERNEL(neg, kAllTypes | kComplexTypes, Neg)
UNARY_KERNEL(reciprocal, kInexactTypes, Reciprocal)
UNARY_KERNEL(sqrt, kInexactTypes, Sqrt)
UNARY_KERNEL(rsqrt, kInexactTypes, Rsqrt)
UNARY_KERNEL(sign, kEveryType, Sign)
UNARY_KERNEL(signbit, kRealTypes, Signbit)
UNARY_KERNEL(floor, kAllTypes, Floor)
UNARY_KERNEL(ceil, kAllTypes, Ceil)
UNARY_KERNEL(trunc, kAllTypes, Trunc)
UNARY_KERNEL(round, kAllTypes, Round)
UNARY_KERNEL(frac, kFloatingTypes, Frac)
UNARY_KERNEL(logical_not, kEveryType, LogicalNot)
UNARY_KERNEL(bitwise_not, kIntegralTypes | kBoolType, BitwiseNot)
UNARY_KERNEL(isnan, kInexactTypes, IsNan)
UNARY_KERNEL(isinf, kInexactTypes, IsInf)
UNARY_KERNEL(isfinite, kInexactTypes, IsFinite)
UNARY_KERNEL(isposinf, kFloatingTypes, IsPosInf)
UNARY_KERNEL(isneginf, kFloatingTypes, IsNegInf)
#undef UNARY_KERNEL

void round_decimals_kernel(TensorIterator& iter, int64_t decimals) {
  dispatch_floating_types(
      iter.common_dtype(), "round_vml_cuda", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T scale = static_cast<T>(
            std::pow(10.0, static_cast<double>(std::abs(decimals))));
        gpu_kernel<S>(iter, RoundDecimals<T>{scale, decimals < 0});
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
    gpu_kernel<S>(
        iter, NanToNum<T>{static_cast<T>(nan), finite(posinf), finite(neginf)});
  });
}
REGISTER_DISPATCH(round_decimals_stub, round_decimals_kernel);
REGISTER_DISPATCH(nan_to_num_stub, nan_to_num_kernel);

} // namespace
} // namespace at::native

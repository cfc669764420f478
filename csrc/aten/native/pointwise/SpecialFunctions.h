// Kernels of the special functions; formulas: functors/SpecialFunctions.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/SpecialFunctions.h"
#include "aten/native/functors/SpecialFunctions.h"

namespace at::native {
namespace {

// Without the 16-bit types.
constexpr TypeSet kPlainFloating = kFloatingTypes & ~kReducedFloatingTypes;

POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("digamma", "digamma_cuda"),
    Work::Much,
    digamma,
    kFloatingTypes,
    Digamma)
POINTWISE_KERNEL_CALLED(
    VML_KERNEL_NAME("erfinv"),
    Work::Much,
    erfinv,
    kFloatingTypes,
    Erfinv)
POINTWISE_KERNEL(Work::Much, sinc, kFloatingTypes | kComplexTypes, Sinc)
POINTWISE_KERNEL_CALLED(
    VML_KERNEL_NAME("i0"),
    Work::Much,
    i0,
    kFloatingTypes,
    BesselI0)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("i0e"),
    Work::Much,
    special_i0e,
    kFloatingTypes,
    BesselI0e)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("i1"),
    Work::Much,
    special_i1,
    kFloatingTypes,
    BesselI1)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("i1e"),
    Work::Much,
    special_i1e,
    kFloatingTypes,
    BesselI1e)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("entr"),
    Work::Much,
    special_entr,
    kFloatingTypes,
    Entropy)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("zeta"),
    Work::Much,
    special_zeta,
    kPlainFloating,
    Zeta)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("ndtri"),
    Work::Much,
    special_ndtri,
    kPlainFloating,
    Ndtri)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("log_ndtr"),
    Work::Much,
    special_log_ndtr,
    kPlainFloating,
    LogNdtr)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("erfcx"),
    Work::Much,
    special_erfcx,
    kPlainFloating,
    Erfcx)

void polygamma_kernel(TensorIterator& iter, int64_t n) {
  if (n == 1) {
    dispatch_floating_types(
        iter.common_dtype(),
        KERNEL_NAMES("trigamma", "trigamma_cuda"),
        [&](auto type) {
          using S = decltype(type);
          pointwise_kernel<S, Work::Much>(iter, Trigamma<opmath_type<S>>{});
        });
    return;
  }
  const double factorial = std::exp(std::lgamma(static_cast<double>(n) + 1));
  dispatch_floating_types(
      iter.common_dtype(),
      KERNEL_NAMES("polygamma", "polygamma_cuda"),
      [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const auto factor = static_cast<T>(n % 2 ? factorial : -factorial);
        pointwise_kernel<S, Work::Much>(
            iter, Polygamma<T>{static_cast<T>(n + 1), factor});
      });
}
REGISTER_DISPATCH(polygamma_stub, polygamma_kernel);

void logit_eps_kernel(TensorIterator& iter, double eps) {
  dispatch_floating_types(
      iter.common_dtype(), KERNEL_NAME("logit"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S, Work::Much>(iter, Logit<T>{static_cast<T>(eps)});
      });
}
REGISTER_DISPATCH(logit_eps_stub, logit_eps_kernel);

void logit_backward_eps_kernel(TensorIterator& iter, double eps) {
  dispatch_floating_types(
      iter.common_dtype(), KERNEL_NAME("logit_backward"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(iter, LogitBackward<T>{static_cast<T>(eps)});
      });
}
REGISTER_DISPATCH(logit_backward_eps_stub, logit_backward_eps_kernel);

} // namespace
} // namespace at::native

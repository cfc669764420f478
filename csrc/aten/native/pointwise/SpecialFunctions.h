// Kernels of the special functions; formulas: functors/SpecialFunctions.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/SpecialFunctions.h"
#include "aten/native/functors/SpecialFunctions.h"

namespace at::native {
namespace {

POINTWISE_KERNEL_CALLED("digamma", Work::Much, digamma, kFloatingTypes, Digamma)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAME("erfinv_vml"),
    Work::Much,
    erfinv,
    kFloatingTypes,
    Erfinv)
POINTWISE_KERNEL(Work::Much, sinc, kFloatingTypes | kComplexTypes, Sinc)
POINTWISE_KERNEL_CALLED("i0", Work::Much, i0, kFloatingTypes, BesselI0)
POINTWISE_KERNEL_CALLED(
    "i0e",
    Work::Much,
    special_i0e,
    kFloatingTypes,
    BesselI0e)
POINTWISE_KERNEL_CALLED("i1", Work::Much, special_i1, kFloatingTypes, BesselI1)
POINTWISE_KERNEL_CALLED(
    "i1e",
    Work::Much,
    special_i1e,
    kFloatingTypes,
    BesselI1e)
POINTWISE_KERNEL_CALLED(
    "entr",
    Work::Much,
    special_entr,
    kFloatingTypes,
    Entropy)
POINTWISE_KERNEL_CALLED("zeta", Work::Much, special_zeta, kFloatingTypes, Zeta)
POINTWISE_KERNEL_CALLED(
    "ndtri",
    Work::Much,
    special_ndtri,
    kFloatingTypes,
    Ndtri)
POINTWISE_KERNEL_CALLED(
    "log_ndtr",
    Work::Much,
    special_log_ndtr,
    kFloatingTypes,
    LogNdtr)
POINTWISE_KERNEL_CALLED(
    "erfcx",
    Work::Much,
    special_erfcx,
    kFloatingTypes,
    Erfcx)

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

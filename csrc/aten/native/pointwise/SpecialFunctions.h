// Kernels of the special functions; formulas: functors/SpecialFunctions.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/SpecialFunctions.h"
#include "aten/native/functors/SpecialFunctions.h"

namespace at::native {
namespace {

POINTWISE_KERNEL(Work::Much, digamma, kFloatingTypes, "digamma", Digamma)
POINTWISE_KERNEL(
    Work::Much,
    erfinv,
    kFloatingTypes,
    KERNEL_NAME("erfinv_vml"),
    Erfinv)
POINTWISE_KERNEL(
    Work::Much,
    sinc,
    kFloatingTypes | kComplexTypes,
    KERNEL_NAME("sinc"),
    Sinc)
POINTWISE_KERNEL(Work::Much, i0, kFloatingTypes, "i0", BesselI0)
POINTWISE_KERNEL(Work::Much, special_i0e, kFloatingTypes, "i0e", BesselI0e)
POINTWISE_KERNEL(Work::Much, special_i1, kFloatingTypes, "i1", BesselI1)
POINTWISE_KERNEL(Work::Much, special_i1e, kFloatingTypes, "i1e", BesselI1e)
POINTWISE_KERNEL(Work::Much, special_entr, kFloatingTypes, "entr", Entropy)
POINTWISE_KERNEL(Work::Much, special_zeta, kFloatingTypes, "zeta", Zeta)
POINTWISE_KERNEL(Work::Much, special_ndtri, kFloatingTypes, "ndtri", Ndtri)
POINTWISE_KERNEL(
    Work::Much,
    special_log_ndtr,
    kFloatingTypes,
    "log_ndtr",
    LogNdtr)
POINTWISE_KERNEL(Work::Much, special_erfcx, kFloatingTypes, "erfcx", Erfcx)

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

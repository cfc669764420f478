// CUDA kernels of the special functions.
#include "aten/native/SpecialFunctions.h"

#include "aten/native/cuda/ComplexMath.cuh"
#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/SpecialFunctions.h"

namespace at::native {
namespace {

#define SPECIAL_KERNEL(name, types, text, Functor)              \
  void name##_kernel(TensorIterator& iter) {                    \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) { \
      using S = decltype(type);                                 \
      gpu_kernel_costly<S>(iter, Functor<opmath_type<S>>{});    \
    });                                                         \
  }                                                             \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

SPECIAL_KERNEL(digamma, kFloatingTypes, "digamma", Digamma)
SPECIAL_KERNEL(erfinv, kFloatingTypes, "erfinv_vml_cuda", Erfinv)
SPECIAL_KERNEL(sinc, kFloatingTypes | kComplexTypes, "sinc_cuda", Sinc)
SPECIAL_KERNEL(i0, kFloatingTypes, "i0", BesselI0)
SPECIAL_KERNEL(special_i0e, kFloatingTypes, "i0e", BesselI0e)
SPECIAL_KERNEL(special_i1, kFloatingTypes, "i1", BesselI1)
SPECIAL_KERNEL(special_i1e, kFloatingTypes, "i1e", BesselI1e)
SPECIAL_KERNEL(special_entr, kFloatingTypes, "entr", Entropy)
SPECIAL_KERNEL(special_zeta, kFloatingTypes, "zeta", Zeta)
SPECIAL_KERNEL(special_ndtri, kFloatingTypes, "ndtri", Ndtri)
SPECIAL_KERNEL(special_log_ndtr, kFloatingTypes, "log_ndtr", LogNdtr)
SPECIAL_KERNEL(special_erfcx, kFloatingTypes, "erfcx", Erfcx)

void logit_eps_kernel(TensorIterator& iter, double eps) {
  dispatch_floating_types(iter.common_dtype(), "logit_cuda", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    gpu_kernel_costly<S>(iter, Logit<T>{static_cast<T>(eps)});
  });
}
REGISTER_DISPATCH(logit_eps_stub, logit_eps_kernel);

void logit_backward_eps_kernel(TensorIterator& iter, double eps) {
  dispatch_floating_types(
      iter.common_dtype(), "logit_backward_cuda", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        gpu_kernel<S>(iter, LogitBackward<T>{static_cast<T>(eps)});
      });
}
REGISTER_DISPATCH(logit_backward_eps_stub, logit_backward_eps_kernel);

} // namespace
} // namespace at::native

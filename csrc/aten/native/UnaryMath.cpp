// The stubs of the elementary functions; kernels are in cpu/UnaryMathKernel.
#include "aten/native/UnaryMath.h"

namespace at::native {

DEFINE_DISPATCH(exp_stub);
DEFINE_DISPATCH(exp2_stub);
DEFINE_DISPATCH(expm1_stub);
DEFINE_DISPATCH(log_stub);
DEFINE_DISPATCH(log2_stub);
DEFINE_DISPATCH(log10_stub);
DEFINE_DISPATCH(log1p_stub);
DEFINE_DISPATCH(sin_stub);
DEFINE_DISPATCH(cos_stub);
DEFINE_DISPATCH(tan_stub);
DEFINE_DISPATCH(asin_stub);
DEFINE_DISPATCH(acos_stub);
DEFINE_DISPATCH(atan_stub);
DEFINE_DISPATCH(sinh_stub);
DEFINE_DISPATCH(cosh_stub);
DEFINE_DISPATCH(tanh_stub);
DEFINE_DISPATCH(asinh_stub);
DEFINE_DISPATCH(acosh_stub);
DEFINE_DISPATCH(atanh_stub);
DEFINE_DISPATCH(erf_stub);
DEFINE_DISPATCH(erfc_stub);
DEFINE_DISPATCH(lgamma_stub);
DEFINE_DISPATCH(sigmoid_stub);

} // namespace at::native

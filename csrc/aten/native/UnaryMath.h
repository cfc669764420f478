// Stubs of the elementary functions.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using UnaryFn = void (*)(TensorIterator&);

DECLARE_DISPATCH(UnaryFn, exp_stub);
DECLARE_DISPATCH(UnaryFn, exp2_stub);
DECLARE_DISPATCH(UnaryFn, expm1_stub);
DECLARE_DISPATCH(UnaryFn, log_stub);
DECLARE_DISPATCH(UnaryFn, log2_stub);
DECLARE_DISPATCH(UnaryFn, log10_stub);
DECLARE_DISPATCH(UnaryFn, log1p_stub);
DECLARE_DISPATCH(UnaryFn, sin_stub);
DECLARE_DISPATCH(UnaryFn, cos_stub);
DECLARE_DISPATCH(UnaryFn, tan_stub);
DECLARE_DISPATCH(UnaryFn, asin_stub);
DECLARE_DISPATCH(UnaryFn, acos_stub);
DECLARE_DISPATCH(UnaryFn, atan_stub);
DECLARE_DISPATCH(UnaryFn, sinh_stub);
DECLARE_DISPATCH(UnaryFn, cosh_stub);
DECLARE_DISPATCH(UnaryFn, tanh_stub);
DECLARE_DISPATCH(UnaryFn, asinh_stub);
DECLARE_DISPATCH(UnaryFn, acosh_stub);
DECLARE_DISPATCH(UnaryFn, atanh_stub);
DECLARE_DISPATCH(UnaryFn, erf_stub);
DECLARE_DISPATCH(UnaryFn, erfc_stub);
DECLARE_DISPATCH(UnaryFn, lgamma_stub);
DECLARE_DISPATCH(UnaryFn, sigmoid_stub);

} // namespace at::native

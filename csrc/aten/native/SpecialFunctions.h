// Stubs of the special functions.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using SpecialFn = void (*)(TensorIterator&);
// eps below zero: none.
using LogitFn = void (*)(TensorIterator&, double eps);

DECLARE_DISPATCH(SpecialFn, digamma_stub);
DECLARE_DISPATCH(SpecialFn, erfinv_stub);
DECLARE_DISPATCH(SpecialFn, sinc_stub);
DECLARE_DISPATCH(SpecialFn, i0_stub);
DECLARE_DISPATCH(SpecialFn, special_i0e_stub);
DECLARE_DISPATCH(SpecialFn, special_i1_stub);
DECLARE_DISPATCH(SpecialFn, special_i1e_stub);
DECLARE_DISPATCH(SpecialFn, special_entr_stub);
DECLARE_DISPATCH(SpecialFn, special_zeta_stub);
DECLARE_DISPATCH(SpecialFn, special_ndtri_stub);
DECLARE_DISPATCH(SpecialFn, special_log_ndtr_stub);
DECLARE_DISPATCH(SpecialFn, special_erfcx_stub);
// n >= 1: the order.
DECLARE_DISPATCH(void (*)(TensorIterator&, int64_t n), polygamma_stub);
DECLARE_DISPATCH(LogitFn, logit_eps_stub);
DECLARE_DISPATCH(LogitFn, logit_backward_eps_stub);

} // namespace at::native

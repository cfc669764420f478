// Stubs and checks of signs, rounding, tests and algebraic functions.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using UnaryFn = void (*)(TensorIterator&);

DECLARE_DISPATCH(UnaryFn, abs_stub);
DECLARE_DISPATCH(UnaryFn, angle_stub);
DECLARE_DISPATCH(UnaryFn, neg_stub);
DECLARE_DISPATCH(UnaryFn, reciprocal_stub);
DECLARE_DISPATCH(UnaryFn, sqrt_stub);
DECLARE_DISPATCH(UnaryFn, rsqrt_stub);
DECLARE_DISPATCH(UnaryFn, sign_stub);
DECLARE_DISPATCH(UnaryFn, signbit_stub);
DECLARE_DISPATCH(UnaryFn, floor_stub);
DECLARE_DISPATCH(UnaryFn, ceil_stub);
DECLARE_DISPATCH(UnaryFn, trunc_stub);
DECLARE_DISPATCH(UnaryFn, round_stub);
DECLARE_DISPATCH(UnaryFn, frac_stub);
DECLARE_DISPATCH(UnaryFn, logical_not_stub);
DECLARE_DISPATCH(UnaryFn, bitwise_not_stub);
DECLARE_DISPATCH(UnaryFn, isnan_stub);
DECLARE_DISPATCH(UnaryFn, isinf_stub);
DECLARE_DISPATCH(UnaryFn, isfinite_stub);
DECLARE_DISPATCH(UnaryFn, isposinf_stub);
DECLARE_DISPATCH(UnaryFn, isneginf_stub);
DECLARE_DISPATCH(void (*)(TensorIterator&, int64_t), round_decimals_stub);
DECLARE_DISPATCH(
    void (*)(TensorIterator&, double nan, double posinf, double neginf),
    nan_to_num_stub);

C10_API void neg_check(const Tensor& self);

} // namespace at::native

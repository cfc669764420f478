// Stubs of where, masked_fill, clamp, addcmul, addcdiv and lerp.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Operands: out, condition (bool), self, other.
DECLARE_DISPATCH(void (*)(TensorIterator&), where_stub);
// An open end is nullopt.
DECLARE_DISPATCH(
    void (*)(
        TensorIterator&,
        const std::optional<Scalar>& min,
        const std::optional<Scalar>& max),
    clamp_scalar_stub);
DECLARE_DISPATCH(void (*)(TensorIterator&), clamp_stub);
// Refuses complex numbers, which have no order.
void check_clamp_type(const Tensor& self);
DECLARE_DISPATCH(
    void (*)(TensorIterator&, const Scalar& value),
    addcmul_stub);
DECLARE_DISPATCH(
    void (*)(TensorIterator&, const Scalar& value),
    addcdiv_stub);
DECLARE_DISPATCH(void (*)(TensorIterator&), lerp_stub);
DECLARE_DISPATCH(
    void (*)(TensorIterator&, const Scalar& weight),
    lerp_scalar_stub);

} // namespace at::native

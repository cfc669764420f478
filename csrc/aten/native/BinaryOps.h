// Stubs and checks of the arithmetic binary operators.
#pragma once

#include <string_view>

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using BinaryFn = void (*)(TensorIterator&);
using BinaryAlphaFn = void (*)(TensorIterator&, const Scalar& alpha);

DECLARE_DISPATCH(BinaryAlphaFn, add_stub);
DECLARE_DISPATCH(BinaryAlphaFn, sub_stub);
DECLARE_DISPATCH(BinaryFn, mul_stub);
DECLARE_DISPATCH(BinaryFn, div_true_stub);
DECLARE_DISPATCH(BinaryFn, div_floor_stub);
DECLARE_DISPATCH(BinaryFn, div_trunc_stub);
DECLARE_DISPATCH(BinaryFn, remainder_stub);
DECLARE_DISPATCH(BinaryFn, fmod_stub);
DECLARE_DISPATCH(BinaryFn, maximum_stub);
DECLARE_DISPATCH(BinaryFn, minimum_stub);
DECLARE_DISPATCH(BinaryFn, fmax_stub);
DECLARE_DISPATCH(BinaryFn, fmin_stub);

// alpha may not be a bool for numbers, nor a fraction for integers.
C10_API void alpha_check(ScalarType dtype, const Scalar& alpha);

// The checks that entries of ops/BinaryOps.yaml name, with their arguments.
C10_API void add_check(
    const Tensor& self,
    const Tensor& other,
    const Scalar& alpha);
C10_API void add_check(
    const Tensor& self,
    const Scalar& other,
    const Scalar& alpha);
C10_API void sub_check(
    const Tensor& self,
    const Tensor& other,
    const Scalar& alpha);
C10_API void sub_check(
    const Tensor& self,
    const Scalar& other,
    const Scalar& alpha);
C10_API void maximum_check(const Tensor& self, const Tensor& other);
C10_API void minimum_check(const Tensor& self, const Tensor& other);
C10_API void fmax_check(const Tensor& self, const Tensor& other);
C10_API void fmin_check(const Tensor& self, const Tensor& other);

} // namespace at::native

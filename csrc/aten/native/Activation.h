// Stubs of the pointwise activation functions.
#pragma once

#include <string_view>

#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using PlainFn = void (*)(TensorIterator&);
using OneNumberFn = void (*)(TensorIterator&, const Scalar&);
using TwoNumbersFn = void (*)(TensorIterator&, const Scalar&, const Scalar&);
using EluFn = void (*)(
    TensorIterator&,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale);
using EluBackwardFn = void (*)(
    TensorIterator&,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale,
    bool is_result);

DECLARE_DISPATCH(PlainFn, gelu_none_stub);
DECLARE_DISPATCH(PlainFn, gelu_tanh_stub);
DECLARE_DISPATCH(PlainFn, silu_stub);
DECLARE_DISPATCH(PlainFn, mish_stub);
DECLARE_DISPATCH(PlainFn, hardswish_stub);
DECLARE_DISPATCH(PlainFn, hardsigmoid_stub);
DECLARE_DISPATCH(PlainFn, log_sigmoid_stub);
DECLARE_DISPATCH(PlainFn, gelu_none_backward_stub);
DECLARE_DISPATCH(PlainFn, gelu_tanh_backward_stub);
DECLARE_DISPATCH(PlainFn, silu_backward_stub);
DECLARE_DISPATCH(PlainFn, mish_backward_stub);
DECLARE_DISPATCH(PlainFn, hardswish_backward_stub);
DECLARE_DISPATCH(PlainFn, hardsigmoid_backward_stub);
DECLARE_DISPATCH(PlainFn, log_sigmoid_backward_stub);
DECLARE_DISPATCH(PlainFn, glu_stub);
DECLARE_DISPATCH(PlainFn, prelu_stub);
DECLARE_DISPATCH(TwoNumbersFn, threshold_stub);
DECLARE_DISPATCH(OneNumberFn, threshold_backward_stub);
DECLARE_DISPATCH(OneNumberFn, leaky_relu_stub);
DECLARE_DISPATCH(OneNumberFn, leaky_relu_backward_stub);
DECLARE_DISPATCH(TwoNumbersFn, hardtanh_backward_stub);
DECLARE_DISPATCH(TwoNumbersFn, softplus_stub);
DECLARE_DISPATCH(TwoNumbersFn, softplus_backward_stub);
DECLARE_DISPATCH(OneNumberFn, softshrink_stub);
DECLARE_DISPATCH(OneNumberFn, hardshrink_stub);
DECLARE_DISPATCH(OneNumberFn, shrink_backward_stub);
DECLARE_DISPATCH(PlainFn, sigmoid_backward_stub);
DECLARE_DISPATCH(PlainFn, tanh_backward_stub);
DECLARE_DISPATCH(EluFn, elu_stub);
DECLARE_DISPATCH(EluBackwardFn, elu_backward_stub);

// What the entry of gelu names: one of two formulas.
void gelu_stub(
    c10::DeviceType device,
    TensorIterator& iter,
    std::string_view approximate);
void gelu_backward_stub(
    c10::DeviceType device,
    TensorIterator& iter,
    std::string_view approximate);

} // namespace at::native

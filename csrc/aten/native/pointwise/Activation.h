// Kernels of the pointwise activation functions; formulas:
// functors/Activation.h. A device's kernel file includes its own driver
// (native/cpu/Pointwise.h or native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/Activation.h"
#include "aten/native/functors/Activation.h"

namespace at::native {
namespace {

// Kernels with one and with two numbers besides the tensors.
#define ACTIVATION_KERNEL_1(name, types, text, Functor)         \
  void name##_kernel(TensorIterator& iter, const Scalar& a) {   \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) { \
      using S = decltype(type);                                 \
      using T = opmath_type<S>;                                 \
      pointwise_kernel<S>(iter, Functor<T>{a.to<T>()});         \
    });                                                         \
  }                                                             \
  REGISTER_DISPATCH(name##_stub, name##_kernel);
#define ACTIVATION_KERNEL_2(name, types, text, Functor)                        \
  void name##_kernel(TensorIterator& iter, const Scalar& a, const Scalar& b) { \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {                \
      using S = decltype(type);                                                \
      using T = opmath_type<S>;                                                \
      pointwise_kernel<S>(iter, Functor<T>{a.to<T>(), b.to<T>()});             \
    });                                                                        \
  }                                                                            \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("GeluKernelImpl", "GeluCUDAKernelImpl"),
    Work::Some,
    gelu_none,
    kFloatingTypes,
    Gelu)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("GeluKernelImpl", "GeluCUDAKernelImpl"),
    Work::Some,
    gelu_tanh,
    kFloatingTypes,
    GeluTanh)
POINTWISE_KERNEL(Work::Some, silu, kFloatingTypes | kComplexTypes, Silu)
POINTWISE_KERNEL(Work::Some, mish, kFloatingTypes, Mish)
POINTWISE_KERNEL(Work::Some, hardswish, kFloatingTypes, Hardswish)
POINTWISE_KERNEL(Work::Some, hardsigmoid, kFloatingTypes, Hardsigmoid)
POINTWISE_KERNEL(Work::Some, log_sigmoid, kFloatingTypes, LogSigmoid)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("GeluBackwardKernelImpl", "GeluBackwardCUDAKernelImpl"),
    Work::Some,
    gelu_none_backward,
    kFloatingTypes,
    GeluBackward)
POINTWISE_KERNEL_CALLED(
    KERNEL_NAMES("GeluBackwardKernelImpl", "GeluBackwardCUDAKernelImpl"),
    Work::Some,
    gelu_tanh_backward,
    kFloatingTypes,
    GeluTanhBackward)
POINTWISE_KERNEL(
    Work::Some,
    silu_backward,
    kFloatingTypes | kComplexTypes,
    SiluBackward)
POINTWISE_KERNEL(Work::Some, mish_backward, kFloatingTypes, MishBackward)
POINTWISE_KERNEL(
    Work::Some,
    hardswish_backward,
    kFloatingTypes,
    HardswishBackward)
POINTWISE_KERNEL(
    Work::Some,
    hardsigmoid_backward,
    kFloatingTypes,
    HardsigmoidBackward)
POINTWISE_KERNEL(
    Work::Some,
    log_sigmoid_backward,
    kFloatingTypes,
    LogSigmoidBackward)
POINTWISE_KERNEL(Work::Some, prelu, kFloatingTypes, Prelu)
POINTWISE_KERNEL(Work::Some, glu, kFloatingTypes, Glu)
ACTIVATION_KERNEL_2(threshold, kAllTypes, KERNEL_NAME("threshold"), Threshold)
ACTIVATION_KERNEL_1(
    threshold_backward,
    kAllTypes,
    KERNEL_NAME("threshold"),
    ThresholdBackward)
ACTIVATION_KERNEL_1(
    leaky_relu,
    kFloatingTypes,
    KERNEL_NAME("leaky_relu"),
    LeakyRelu)
ACTIVATION_KERNEL_1(
    leaky_relu_backward,
    kFloatingTypes,
    KERNEL_NAME("leaky_relu_backward"),
    LeakyReluBackward)
ACTIVATION_KERNEL_2(
    hardtanh_backward,
    kFloatingTypes,
    KERNEL_NAME("hardshrink_backward"),
    HardtanhBackward)
ACTIVATION_KERNEL_2(softplus, kFloatingTypes, KERNEL_NAME("softplus"), Softplus)
ACTIVATION_KERNEL_2(
    softplus_backward,
    kFloatingTypes,
    KERNEL_NAME("softplus_backward"),
    SoftplusBackward)
ACTIVATION_KERNEL_1(
    softshrink,
    kFloatingTypes,
    KERNEL_NAME("softshrink"),
    Softshrink)
ACTIVATION_KERNEL_1(
    hardshrink,
    kFloatingTypes,
    KERNEL_NAME("hardshrink"),
    Hardshrink)
ACTIVATION_KERNEL_1(
    shrink_backward,
    kFloatingTypes,
    KERNEL_NAME("shrink_backward"),
    ShrinkBackward)
POINTWISE_KERNEL(
    Work::Some,
    sigmoid_backward,
    kFloatingTypes | kComplexTypes,
    SigmoidBackward)
POINTWISE_KERNEL(
    Work::Some,
    tanh_backward,
    kFloatingTypes | kComplexTypes,
    TanhBackward)

void elu_kernel(
    TensorIterator& iter,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale) {
  dispatch_floating_types(
      iter.common_dtype(), KERNEL_NAME("elu"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T positive = scale.to<T>();
        const T negative = alpha.to<T>() * positive;
        pointwise_kernel<S, Work::Some>(
            iter, Elu<T>{negative, positive, input_scale.to<T>()});
      });
}
REGISTER_DISPATCH(elu_stub, elu_kernel);

void elu_backward_kernel(
    TensorIterator& iter,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale,
    bool is_result) {
  dispatch_floating_types(
      iter.common_dtype(), KERNEL_NAME("elu_backward"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T positive = scale.to<T>();
        const T negative = alpha.to<T>() * positive;
        pointwise_kernel<S, Work::Some>(
            iter,
            EluBackward<T>{negative, positive, input_scale.to<T>(), is_result});
      });
}
REGISTER_DISPATCH(elu_backward_stub, elu_backward_kernel);

} // namespace
} // namespace at::native

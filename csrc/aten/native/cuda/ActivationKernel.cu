// CUDA kernels of the pointwise activation functions; formulas are in
// functors/Activation.h.
#include "aten/native/Activation.h"

#include "aten/native/cuda/ComplexMath.cuh"
#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/Activation.h"

namespace at::native {
namespace {

// Kernels without, with one and with two numbers besides the tensors.
#define ACTIVATION_KERNEL(name, types, text, Functor)           \
  void name##_kernel(TensorIterator& iter) {                    \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) { \
      using S = decltype(type);                                 \
      gpu_kernel<S>(iter, Functor<opmath_type<S>>{});           \
    });                                                         \
  }                                                             \
  REGISTER_DISPATCH(name##_stub, name##_kernel);
#define ACTIVATION_KERNEL_1(name, types, text, Functor)         \
  void name##_kernel(TensorIterator& iter, const Scalar& a) {   \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) { \
      using S = decltype(type);                                 \
      using T = opmath_type<S>;                                 \
      gpu_kernel<S>(iter, Functor<T>{a.to<T>()});               \
    });                                                         \
  }                                                             \
  REGISTER_DISPATCH(name##_stub, name##_kernel);
#define ACTIVATION_KERNEL_2(name, types, text, Functor)                        \
  void name##_kernel(TensorIterator& iter, const Scalar& a, const Scalar& b) { \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {                \
      using S = decltype(type);                                                \
      using T = opmath_type<S>;                                                \
      gpu_kernel<S>(iter, Functor<T>{a.to<T>(), b.to<T>()});                   \
    });                                                                        \
  }                                                                            \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

ACTIVATION_KERNEL(gelu_none, kFloatingTypes, "GeluCUDAKernelImpl", Gelu)
ACTIVATION_KERNEL(gelu_tanh, kFloatingTypes, "GeluCUDAKernelImpl", GeluTanh)
ACTIVATION_KERNEL(silu, kFloatingTypes | kComplexTypes, "silu_cuda", Silu)
ACTIVATION_KERNEL(mish, kFloatingTypes, "mish_cuda", Mish)
ACTIVATION_KERNEL(hardswish, kFloatingTypes, "hardswish_cuda", Hardswish)
ACTIVATION_KERNEL(hardsigmoid, kFloatingTypes, "hardsigmoid_cuda", Hardsigmoid)
ACTIVATION_KERNEL(log_sigmoid, kFloatingTypes, "log_sigmoid_cuda", LogSigmoid)
ACTIVATION_KERNEL(
    gelu_none_backward,
    kFloatingTypes,
    "GeluBackwardCUDAKernelImpl",
    GeluBackward)
ACTIVATION_KERNEL(
    gelu_tanh_backward,
    kFloatingTypes,
    "GeluBackwardCUDAKernelImpl",
    GeluTanhBackward)
ACTIVATION_KERNEL(
    silu_backward,
    kFloatingTypes | kComplexTypes,
    "silu_backward_cuda",
    SiluBackward)
ACTIVATION_KERNEL(
    mish_backward,
    kFloatingTypes,
    "mish_backward_cuda",
    MishBackward)
ACTIVATION_KERNEL(
    hardswish_backward,
    kFloatingTypes,
    "hardswish_backward_cuda",
    HardswishBackward)
ACTIVATION_KERNEL(
    hardsigmoid_backward,
    kFloatingTypes,
    "hardsigmoid_backward_cuda",
    HardsigmoidBackward)
ACTIVATION_KERNEL(
    log_sigmoid_backward,
    kFloatingTypes,
    "log_sigmoid_backward_cuda",
    LogSigmoidBackward)
ACTIVATION_KERNEL(prelu, kFloatingTypes, "prelu_cuda", Prelu)
ACTIVATION_KERNEL_2(threshold, kAllTypes, "threshold_cuda", Threshold)
ACTIVATION_KERNEL_1(
    threshold_backward,
    kAllTypes,
    "threshold_cuda",
    ThresholdBackward)
ACTIVATION_KERNEL_1(leaky_relu, kFloatingTypes, "leaky_relu_cuda", LeakyRelu)
ACTIVATION_KERNEL_1(
    leaky_relu_backward,
    kFloatingTypes,
    "leaky_relu_backward_cuda",
    LeakyReluBackward)
ACTIVATION_KERNEL_2(
    hardtanh_backward,
    kFloatingTypes,
    "hardshrink_backward_cuda",
    HardtanhBackward)
ACTIVATION_KERNEL_2(softplus, kFloatingTypes, "softplus_cuda", Softplus)
ACTIVATION_KERNEL_2(
    softplus_backward,
    kFloatingTypes,
    "softplus_backward_cuda",
    SoftplusBackward)
ACTIVATION_KERNEL_1(softshrink, kFloatingTypes, "softshrink_cuda", Softshrink)
ACTIVATION_KERNEL_1(hardshrink, kFloatingTypes, "hardshrink_cuda", Hardshrink)
ACTIVATION_KERNEL_1(
    shrink_backward,
    kFloatingTypes,
    "shrink_backward_cuda",
    ShrinkBackward)
ACTIVATION_KERNEL(
    sigmoid_backward,
    kFloatingTypes | kComplexTypes,
    "sigmoid_backward_cuda",
    SigmoidBackward)
ACTIVATION_KERNEL(
    tanh_backward,
    kFloatingTypes | kComplexTypes,
    "tanh_backward_cuda",
    TanhBackward)

void elu_kernel(
    TensorIterator& iter,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale) {
  dispatch_floating_types(iter.common_dtype(), "elu_cuda", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const T positive = scale.to<T>();
    const T negative = alpha.to<T>() * positive;
    gpu_kernel<S>(iter, Elu<T>{negative, positive, input_scale.to<T>()});
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
      iter.common_dtype(), "elu_backward_cuda", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T positive = scale.to<T>();
        const T negative = alpha.to<T>() * positive;
        gpu_kernel<S>(
            iter,
            EluBackward<T>{negative, positive, input_scale.to<T>(), is_result});
      });
}
REGISTER_DISPATCH(elu_backward_stub, elu_backward_kernel);

} // namespace
} // namespace at::native

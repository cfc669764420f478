// CPU kernels of the pointwise activation functions; formulas are in
// functors/Activation.h.
#include "aten/native/Activation.h"

#include "aten/cpu/vec/VecMath.h"
#include "aten/native/cpu/Loops.h"
#include "aten/native/functors/Activation.h"

namespace at::native {
namespace {

constexpr int64_t kActivationGrain = 8192;

// Kernels without, with one and with two numbers besides the tensors.
#define ACTIVATION_KERNEL(name, types, text, Functor)                      \
  void name##_kernel(TensorIterator& iter) {                               \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {            \
      using S = decltype(type);                                            \
      cpu_kernel<S>(iter, Functor<opmath_type<S>>{}, kActivationGrain);    \
    });                                                                    \
  }                                                                        \
  REGISTER_DISPATCH(name##_stub, name##_kernel);
#define ACTIVATION_KERNEL_1(name, types, text, Functor)                    \
  void name##_kernel(TensorIterator& iter, const Scalar& a) {              \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {            \
      using S = decltype(type);                                            \
      using T = opmath_type<S>;                                            \
      cpu_kernel<S>(iter, Functor<T>{a.to<T>()});                          \
    });                                                                    \
  }                                                                        \
  REGISTER_DISPATCH(name##_stub, name##_kernel);
#define ACTIVATION_KERNEL_2(name, types, text, Functor)                    \
  void name##_kernel(                                                      \
      TensorIterator& iter, const Scalar& a, const Scalar& b) {            \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {            \
      using S = decltype(type);                                            \
      using T = opmath_type<S>;                                            \
      cpu_kernel<S>(iter, Functor<T>{a.to<T>(), b.to<T>()});               \
    });                                                                    \
  }                                                                        \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

ACTIVATION_KERNEL(gelu_none, kFloatingTypes, "GeluKernelImpl", Gelu)
ACTIVATION_KERNEL(gelu_tanh, kFloatingTypes, "GeluKernelImpl", GeluTanh)
ACTIVATION_KERNEL(silu, kFloatingTypes | kComplexTypes, "silu_cpu", Silu)
ACTIVATION_KERNEL(mish, kFloatingTypes, "mish_cpu", Mish)
ACTIVATION_KERNEL(hardswish, kFloatingTypes, "hardswish_cpu", Hardswish)
ACTIVATION_KERNEL(hardsigmoid, kFloatingTypes, "hardsigmoid_cpu", Hardsigmoid)
ACTIVATION_KERNEL(log_sigmoid, kFloatingTypes, "log_sigmoid_cpu", LogSigmoid)
ACTIVATION_KERNEL(gelu_none_backward, kFloatingTypes, "GeluBackwardKernelImpl", GeluBackward)
ACTIVATION_KERNEL(gelu_tanh_backward, kFloatingTypes, "GeluBackwardKernelImpl", GeluTanhBackward)
ACTIVATION_KERNEL(silu_backward, kFloatingTypes | kComplexTypes, "silu_backward_cpu", SiluBackward)
ACTIVATION_KERNEL(mish_backward, kFloatingTypes, "mish_backward_cpu", MishBackward)
ACTIVATION_KERNEL(hardswish_backward, kFloatingTypes, "hardswish_backward_cpu", HardswishBackward)
ACTIVATION_KERNEL(hardsigmoid_backward, kFloatingTypes, "hardsigmoid_backward_cpu", HardsigmoidBackward)
ACTIVATION_KERNEL(log_sigmoid_backward, kFloatingTypes, "log_sigmoid_backward_cpu", LogSigmoidBackward)
ACTIVATION_KERNEL(prelu, kFloatingTypes, "prelu_cpu", Prelu)
ACTIVATION_KERNEL_2(threshold, kAllTypes, "threshold_cpu", Threshold)
ACTIVATION_KERNEL_1(threshold_backward, kAllTypes, "threshold_cpu", ThresholdBackward)
ACTIVATION_KERNEL_1(leaky_relu, kFloatingTypes, "leaky_relu_cpu", LeakyRelu)
ACTIVATION_KERNEL_1(leaky_relu_backward, kFloatingTypes, "leaky_relu_backward_cpu", LeakyReluBackward)
ACTIVATION_KERNEL_2(hardtanh_backward, kFloatingTypes, "hardshrink_backward_cpu", HardtanhBackward)
ACTIVATION_KERNEL_2(softplus, kFloatingTypes, "softplus_cpu", Softplus)
ACTIVATION_KERNEL_2(softplus_backward, kFloatingTypes, "softplus_backward_cpu", SoftplusBackward)
ACTIVATION_KERNEL_1(softshrink, kFloatingTypes, "softshrink_cpu", Softshrink)
ACTIVATION_KERNEL_1(hardshrink, kFloatingTypes, "hardshrink_cpu", Hardshrink)
ACTIVATION_KERNEL_1(shrink_backward, kFloatingTypes, "shrink_backward_cpu", ShrinkBackward)
ACTIVATION_KERNEL(
    sigmoid_backward,
    kFloatingTypes | kComplexTypes,
    "sigmoid_backward_cpu",
    SigmoidBackward)
ACTIVATION_KERNEL(
    tanh_backward,
    kFloatingTypes | kComplexTypes,
    "tanh_backward_cpu",
    TanhBackward)

void elu_kernel(
    TensorIterator& iter,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale) {
  dispatch_floating_types(iter.common_dtype(), "elu_cpu", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const T positive = scale.to<T>();
    const T negative = alpha.to<T>() * positive;
    cpu_kernel<S>(
        iter,
        Elu<T>{negative, positive, input_scale.to<T>()},
        kActivationGrain);
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
      iter.common_dtype(), "elu_backward_cpu", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T positive = scale.to<T>();
        const T negative = alpha.to<T>() * positive;
        cpu_kernel<S>(
            iter,
            EluBackward<T>{
                negative, positive, input_scale.to<T>(), is_result},
            kActivationGrain);
      });
}
REGISTER_DISPATCH(elu_backward_stub, elu_backward_kernel);

} // namespace
} // namespace at::native

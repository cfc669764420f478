// Kernels of clamp, addcmul, addcdiv and lerp; formulas:
// functors/PointwiseOps.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/PointwiseOps.h"
#include "aten/native/functors/PointwiseOps.h"

namespace at::native {
namespace {

// ------------------------------------------------------------------- clamp

void clamp_scalar_kernel(
    TensorIterator& iter,
    const std::optional<Scalar>& min,
    const std::optional<Scalar>& max) {
  dispatch_all_types(
      iter.common_dtype(), KERNEL_NAME("clamp_scalar"), [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        // Out of the range of S: an error, not only out of that of T.
        auto bound = [](const Scalar& s) { return static_cast<T>(s.to<S>()); };
        if (min && max) {
          pointwise_kernel<S>(iter, Clamp<T>{bound(*min), bound(*max)});
        } else if (min) {
          pointwise_kernel<S>(iter, ClampMin<T>{bound(*min)});
        } else {
          pointwise_kernel<S>(iter, ClampMax<T>{bound(*max)});
        }
      });
}
REGISTER_DISPATCH(clamp_scalar_stub, clamp_scalar_kernel);

void clamp_kernel(TensorIterator& iter) {
  dispatch_all_types(iter.common_dtype(), KERNEL_NAME("clamp"), [&](auto type) {
    using S = decltype(type);
    pointwise_kernel<S>(iter, ClampTensors<opmath_type<S>>{});
  });
}
REGISTER_DISPATCH(clamp_stub, clamp_kernel);

// ------------------------------------------------- addcmul, addcdiv, lerp

void addcmul_kernel(TensorIterator& iter, const Scalar& value) {
  dispatch_all_types_and_complex(
      iter.common_dtype(),
      KERNEL_NAMES("addcmul_cpu_out", "addcmul_cuda"),
      [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(iter, Addcmul<T>{value.to<T>()});
      });
}
REGISTER_DISPATCH(addcmul_stub, addcmul_kernel);

void addcdiv_kernel(TensorIterator& iter, const Scalar& value) {
  dispatch_floating_and_complex_types(
      iter.common_dtype(),
      KERNEL_NAMES("addcdiv_cpu_out", "addcdiv_cuda"),
      [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(iter, Addcdiv<T>{value.to<T>()});
      });
}
REGISTER_DISPATCH(addcdiv_stub, addcdiv_kernel);

void lerp_kernel(TensorIterator& iter) {
  dispatch_floating_and_complex_types(
      iter.common_dtype(), "lerp_kernel_tensor", [&](auto type) {
        using S = decltype(type);
        pointwise_kernel<S>(iter, Lerp<opmath_type<S>>{});
      });
}
REGISTER_DISPATCH(lerp_stub, lerp_kernel);

void lerp_scalar_kernel(TensorIterator& iter, const Scalar& weight) {
  dispatch_floating_and_complex_types(
      iter.common_dtype(), "lerp_kernel_scalar", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(iter, LerpScalar<T>{weight.to<T>()});
      });
}
REGISTER_DISPATCH(lerp_scalar_stub, lerp_scalar_kernel);

} // namespace
} // namespace at::native

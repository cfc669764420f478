// Kernels of the element-wise losses; formulas: functors/Loss.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/Loss.h"
#include "aten/native/functors/Loss.h"

namespace at::native {
namespace {

// run(value of the element type) inside a dtype switch.
template <typename F>
void for_dtype(TensorIterator& iter, const char* name, const F& run) {
  dispatch_floating_types(iter.common_dtype(), name, run);
}

void mse_loss_kernel(TensorIterator& iter) {
  for_dtype(iter, KERNEL_NAME("mse"), [&](auto type) {
    using S = decltype(type);
    pointwise_kernel<S>(iter, MseLoss<opmath_type<S>>{});
  });
}
void mse_loss_backward_kernel(TensorIterator& iter, double scale) {
  for_dtype(
      iter,
      KERNEL_NAMES("mse_backward_cpu_out", "mse_backward_cuda"),
      [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(iter, MseLossBackward<T>{static_cast<T>(scale)});
      });
}

void smooth_l1_loss_kernel(TensorIterator& iter, double beta) {
  for_dtype(iter, KERNEL_NAME("smooth_l1"), [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    pointwise_kernel<S>(iter, SmoothL1Loss<T>{static_cast<T>(beta)});
  });
}
void smooth_l1_loss_backward_kernel(
    TensorIterator& iter,
    double beta,
    double scale) {
  for_dtype(
      iter,
      KERNEL_NAMES("smooth_l1_backward_cpu_out", "smooth_l1_backward_cuda"),
      [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(
            iter,
            SmoothL1LossBackward<T>{
                static_cast<T>(beta), static_cast<T>(scale)});
      });
}

void huber_loss_kernel(TensorIterator& iter, double delta) {
  for_dtype(iter, KERNEL_NAME("huber"), [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    pointwise_kernel<S>(iter, HuberLoss<T>{static_cast<T>(delta)});
  });
}
void huber_loss_backward_kernel(
    TensorIterator& iter,
    double delta,
    double scale) {
  for_dtype(
      iter,
      KERNEL_NAMES("huber_backward_cpu_out", "huber_backward_cuda"),
      [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        pointwise_kernel<S>(
            iter,
            HuberLossBackward<T>{static_cast<T>(delta), static_cast<T>(scale)});
      });
}

void binary_cross_entropy_kernel(TensorIterator& iter) {
  for_dtype(iter, "binary_cross_entropy", [&](auto type) {
    using S = decltype(type);
    pointwise_kernel<S>(iter, BinaryCrossEntropy<opmath_type<S>>{});
  });
}
void binary_cross_entropy_backward_kernel(TensorIterator& iter, double scale) {
  for_dtype(iter, "binary_cross_entropy_backward", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    pointwise_kernel<S>(
        iter, BinaryCrossEntropyBackward<T>{static_cast<T>(scale)});
  });
}

void bce_with_logits_kernel(TensorIterator& iter) {
  for_dtype(iter, KERNEL_NAME("log_sigmoid"), [&](auto type) {
    using S = decltype(type);
    pointwise_kernel<S>(iter, BceWithLogits<opmath_type<S>>{});
  });
}
void bce_with_logits_weighted_kernel(TensorIterator& iter) {
  for_dtype(iter, KERNEL_NAME("log_sigmoid"), [&](auto type) {
    using S = decltype(type);
    pointwise_kernel<S>(iter, BceWithLogitsWeighted<opmath_type<S>>{});
  });
}

} // namespace

REGISTER_DISPATCH(mse_loss_stub, mse_loss_kernel);
REGISTER_DISPATCH(mse_loss_backward_stub, mse_loss_backward_kernel);
REGISTER_DISPATCH(smooth_l1_loss_stub, smooth_l1_loss_kernel);
REGISTER_DISPATCH(smooth_l1_loss_backward_stub, smooth_l1_loss_backward_kernel);
REGISTER_DISPATCH(huber_loss_stub, huber_loss_kernel);
REGISTER_DISPATCH(huber_loss_backward_stub, huber_loss_backward_kernel);
REGISTER_DISPATCH(binary_cross_entropy_stub, binary_cross_entropy_kernel);
REGISTER_DISPATCH(
    binary_cross_entropy_backward_stub,
    binary_cross_entropy_backward_kernel);
REGISTER_DISPATCH(bce_with_logits_stub, bce_with_logits_kernel);
REGISTER_DISPATCH(
    bce_with_logits_weighted_stub,
    bce_with_logits_weighted_kernel);

} // namespace at::native

// Kernels of the element-wise losses; formulas: functors/Loss.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/Loss.h"
#include "aten/native/functors/Loss.h"

namespace at::native {
namespace {

// Functor<T>{numbers...} on every element.
template <template <typename> class Functor, typename... Numbers>
void loss_kernel(TensorIterator& iter, const char* text, Numbers... numbers) {
  dispatch_floating_types(iter.common_dtype(), text, [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    pointwise_kernel<S>(iter, Functor<T>{static_cast<T>(numbers)...});
  });
}

void mse_loss_kernel(TensorIterator& iter) {
  loss_kernel<MseLoss>(iter, KERNEL_NAME("mse"));
}
void mse_loss_backward_kernel(TensorIterator& iter, double scale) {
  loss_kernel<MseLossBackward>(
      iter, KERNEL_NAMES("mse_backward_cpu_out", "mse_backward_cuda"), scale);
}
void smooth_l1_loss_kernel(TensorIterator& iter, double beta) {
  loss_kernel<SmoothL1Loss>(iter, KERNEL_NAME("smooth_l1"), beta);
}
void smooth_l1_loss_backward_kernel(
    TensorIterator& iter,
    double beta,
    double scale) {
  loss_kernel<SmoothL1LossBackward>(
      iter,
      KERNEL_NAMES("smooth_l1_backward_cpu_out", "smooth_l1_backward_cuda"),
      beta,
      scale);
}
void huber_loss_kernel(TensorIterator& iter, double delta) {
  loss_kernel<HuberLoss>(iter, KERNEL_NAME("huber"), delta);
}
void huber_loss_backward_kernel(
    TensorIterator& iter,
    double delta,
    double scale) {
  loss_kernel<HuberLossBackward>(
      iter,
      KERNEL_NAMES("huber_backward_cpu_out", "huber_backward_cuda"),
      delta,
      scale);
}
void binary_cross_entropy_kernel(TensorIterator& iter) {
  loss_kernel<BinaryCrossEntropy>(iter, "binary_cross_entropy");
}
void binary_cross_entropy_backward_kernel(TensorIterator& iter, double scale) {
  loss_kernel<BinaryCrossEntropyBackward>(
      iter, "binary_cross_entropy_backward", scale);
}
void bce_with_logits_kernel(TensorIterator& iter) {
  loss_kernel<BceWithLogits>(iter, KERNEL_NAME("log_sigmoid"));
}
void bce_with_logits_weighted_kernel(TensorIterator& iter) {
  loss_kernel<BceWithLogitsWeighted>(iter, KERNEL_NAME("log_sigmoid"));
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

// The update of one element, rounded where PyTorch's operators round on
// processors with fused multiply-add (docs/design/optim_and_data.md).
#pragma once

#include <cmath>

#include "aten/native/functors/MultiplyAdd.h"
#include "c10/macros/Macros.h"

namespace at::native {
namespace {

// I. Sutskever et al.: On the importance of initialization and momentum in
// deep learning (2013), in the form of torch.optim.SGD.
template <typename T>
struct SgdUpdate {
  T lr, weight_decay, momentum, one_minus_dampening;

  // grad <- the step direction; buffer <- the new momentum.
  template <bool kMomentum, bool kNesterov, bool kFirst>
  C10_HOST_DEVICE void operator()(T& param, T grad, T& buffer) const {
    grad = multiply_add(param, weight_decay, grad);
    if (kMomentum) {
      buffer = kFirst
          ? grad
          : multiply_add(grad, one_minus_dampening, momentum * buffer);
      grad = kNesterov ? multiply_add(buffer, momentum, grad) : buffer;
    }
    param = multiply_add(grad, -lr, param);
  }
};

// D. Kingma, J. Ba: Adam (2015), algorithm 1; I. Loshchilov, F. Hutter:
// Decoupled weight decay regularization (2019), algorithm 2.
template <typename T>
struct AdamUpdate {
  T one_minus_beta1, beta1, beta2, one_minus_beta2;
  T step_size; // lr / (1 - beta1^t)
  T bias_correction2_sqrt; // sqrt(1 - beta2^t)
  T eps;
  T weight_decay; // added to the gradient
  T shrink; // 1 - lr * weight_decay of AdamW, else 1

  C10_HOST_DEVICE T direction(T& param, T grad, T& exp_avg) const {
    param = param * shrink;
    grad = multiply_add(param, weight_decay, grad);
    // lerp(exp_avg, grad, 1 - beta1)
    const T way = grad - exp_avg;
    exp_avg = one_minus_beta1 < T(0.5)
        ? multiply_add(one_minus_beta1, way, exp_avg)
        : multiply_add(-way, beta1, grad);
    return grad;
  }
  C10_HOST_DEVICE void second_moment(T grad, T& exp_avg_sq) const {
    exp_avg_sq =
        multiply_add(one_minus_beta2 * grad, grad, beta2 * exp_avg_sq);
  }
  C10_HOST_DEVICE void apply(T& param, T exp_avg, T second) const {
    const T denominator = std::sqrt(second) / bias_correction2_sqrt + eps;
    param = param + -step_size * exp_avg / denominator;
  }
};

} // namespace
} // namespace at::native

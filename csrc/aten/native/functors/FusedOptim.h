// The update of one element, rounded where the unfused optimizers of
// torch.optim round: one line here is one tensor operator there.
#pragma once

#include <cmath>

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
    grad = grad + weight_decay * param;
    if (kMomentum) {
      buffer = kFirst ? grad : momentum * buffer + one_minus_dampening * grad;
      grad = kNesterov ? grad + momentum * buffer : buffer;
    }
    param = param + -lr * grad;
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
    grad = grad + weight_decay * param;
    // lerp(exp_avg, grad, 1 - beta1)
    exp_avg = one_minus_beta1 < T(0.5)
        ? exp_avg + one_minus_beta1 * (grad - exp_avg)
        : grad - (grad - exp_avg) * beta1;
    return grad;
  }
  C10_HOST_DEVICE void second_moment(T grad, T& exp_avg_sq) const {
    exp_avg_sq = beta2 * exp_avg_sq + one_minus_beta2 * grad * grad;
  }
  C10_HOST_DEVICE void apply(T& param, T exp_avg, T second) const {
    const T denominator = std::sqrt(second) / bias_correction2_sqrt + eps;
    param = param + -step_size * exp_avg / denominator;
  }
};

} // namespace
} // namespace at::native

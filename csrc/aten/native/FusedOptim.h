// Stubs of the fused optimizer steps: one dense tensor and its states.
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Flat memory of one parameter; all pointers have n elements of `dtype`.
struct SgdStep {
  ScalarType dtype;
  int64_t n;
  void* param;
  const void* grad;
  void* momentum_buffer; // null without momentum
  double lr, weight_decay, momentum, dampening;
  bool nesterov, maximize, is_first_step;
};

struct AdamStep {
  ScalarType dtype;
  int64_t n;
  void* param;
  const void* grad;
  void* exp_avg;
  void* exp_avg_sq;
  void* max_exp_avg_sq; // null without amsgrad
  double lr, beta1, beta2, weight_decay, eps;
  double step; // counts from 1
  bool decoupled_weight_decay; // AdamW
  bool maximize;
};

DECLARE_DISPATCH(void (*)(const SgdStep&), fused_sgd_stub);
DECLARE_DISPATCH(void (*)(const AdamStep&), fused_adam_stub);

} // namespace at::native

// Fused optimizer steps over lists of parameters: checks, dense views, one
// stub call per parameter.
#include "aten/native/FusedOptim.h"

#include "aten/native/FlatTensors.h"
#include "generated/native/FusedOptim.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"

namespace at::native {

DEFINE_DISPATCH(fused_sgd_stub);
DEFINE_DISPATCH(fused_adam_stub);

namespace {

// False where a gradient scaler found an infinity: the step is left out.
// Gradients are divided by the scaler's factor, in place.
bool unscale(
    TensorList grads,
    const Tensor& grad_scale,
    const Tensor& found_inf) {
  if (found_inf.defined() && at::item<double>(found_inf) == 1) {
    return false;
  }
  if (grad_scale.defined()) {
    for (Tensor grad : grads) {
      grad.div_(grad_scale);
    }
  }
  return true;
}

void adam_steps(
    AdamStep step, TensorList self, TensorList grads, TensorList exp_avgs,
    TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps,
    bool amsgrad) {
  for (size_t i = 0; i < self.size(); ++i) {
    FlatTensors flat(
        {self[i],
         grads[i],
         exp_avgs[i],
         exp_avg_sqs[i],
         amsgrad ? at_or_undefined(max_exp_avg_sqs, i) : Tensor()});
    step.dtype = self[i].scalar_type();
    step.n = self[i].numel();
    step.param = flat[0];
    step.grad = flat[1];
    step.exp_avg = flat[2];
    step.exp_avg_sq = flat[3];
    step.max_exp_avg_sq = flat[4];
    step.step = at::item<double>(state_steps[i]);
    fused_adam_stub(c10::kCPU, step);
    flat.finish();
  }
}

void run_adam(
    bool decoupled_weight_decay, TensorList self, TensorList grads,
    TensorList exp_avgs, TensorList exp_avg_sqs, TensorList max_exp_avg_sqs,
    TensorList state_steps, double lr, double beta1, double beta2,
    double weight_decay, double eps, bool amsgrad, bool maximize,
    const Tensor& grad_scale, const Tensor& found_inf) {
  if (!unscale(grads, grad_scale, found_inf)) {
    return;
  }
  AdamStep step{};
  step.lr = lr;
  step.beta1 = beta1;
  step.beta2 = beta2;
  step.weight_decay = weight_decay;
  step.eps = eps;
  step.decoupled_weight_decay = decoupled_weight_decay;
  step.maximize = maximize;
  adam_steps(
      step, self, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps,
      amsgrad);
}

} // namespace

void fused_sgd_cpu_(
    TensorList self, TensorList grads, TensorList momentum_buffer_list,
    double weight_decay, double momentum, double lr, double dampening,
    bool nesterov, bool maximize, bool is_first_step, const Tensor& grad_scale,
    const Tensor& found_inf) {
  if (!unscale(grads, grad_scale, found_inf)) {
    return;
  }
  for (size_t i = 0; i < self.size(); ++i) {
    FlatTensors flat(
        {self[i],
         grads[i],
         momentum != 0 ? at_or_undefined(momentum_buffer_list, i) : Tensor()});
    fused_sgd_stub(
        c10::kCPU,
        SgdStep{
            self[i].scalar_type(), self[i].numel(), flat[0], flat[1], flat[2],
            lr, weight_decay, momentum, dampening, nesterov, maximize,
            is_first_step});
    flat.finish();
  }
}

void fused_adam_cpu_(
    TensorList self, TensorList grads, TensorList exp_avgs,
    TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps,
    double lr, double beta1, double beta2, double weight_decay, double eps,
    bool amsgrad, bool maximize, const Tensor& grad_scale,
    const Tensor& found_inf) {
  run_adam(
      false, self, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps,
      lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, grad_scale,
      found_inf);
}

void fused_adamw_cpu_(
    TensorList self, TensorList grads, TensorList exp_avgs,
    TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps,
    double lr, double beta1, double beta2, double weight_decay, double eps,
    bool amsgrad, bool maximize, const Tensor& grad_scale,
    const Tensor& found_inf) {
  run_adam(
      true, self, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps,
      lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, grad_scale,
      found_inf);
}

} // namespace at::native

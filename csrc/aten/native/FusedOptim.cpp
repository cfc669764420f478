// Fused optimizer steps over lists of parameters: checks, dense views, one
// stub call per parameter.
#include "aten/native/FusedOptim.h"

#include <initializer_list>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/native/FusedOptim.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"

namespace at::native {

DEFINE_DISPATCH(fused_sgd_stub);
DEFINE_DISPATCH(fused_adam_stub);

namespace {

// The tensors of one parameter as flat memory. Where their layouts differ
// they are replaced by row-major copies, and written back at the end.
class FlatTensors {
 public:
  explicit FlatTensors(std::initializer_list<Tensor> tensors)
      : original_(tensors), used_(tensors) {
    const Tensor& param = original_.front();
    bool alike = param.is_non_overlapping_and_dense();
    for (const Tensor& t : original_) {
      if (t.defined()) {
        TORCH_CHECK(
            t.sizes() == param.sizes() &&
                t.scalar_type() == param.scalar_type(),
            "fused optimizers take parameters, gradients and states of one "
            "shape and dtype, but got ",
            t.sizes(),
            " of ",
            t.scalar_type(),
            " beside ",
            param.sizes(),
            " of ",
            param.scalar_type());
        alike = alike && t.strides() == param.strides();
      }
    }
    if (!alike) {
      copied_ = true;
      for (Tensor& t : used_) {
        if (t.defined()) {
          const Tensor from = t;
          t = Tensor(at::detail::empty(from.sizes(), from.scalar_type()));
          at::detail::copy_(t, from);
        }
      }
    }
  }

  void* operator[](size_t i) const {
    return used_[i].defined() ? used_[i].data_ptr() : nullptr;
  }
  // Copies go home; every tensor but the gradient (index 1) was written.
  void finish() {
    for (size_t i = 0; copied_ && i < original_.size(); ++i) {
      if (i != 1 && original_[i].defined()) {
        at::detail::copy_(original_[i], used_[i]);
      }
    }
  }

 private:
  SmallVector<Tensor, 5> original_, used_;
  bool copied_ = false;
};

Tensor at_or_undefined(TensorList list, size_t i) {
  return i < list.size() ? list[i] : Tensor();
}

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

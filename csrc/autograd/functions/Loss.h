// Derivatives of losses, made of differentiable operators. Each names the
// function it belongs to; reduction: 0 none, 1 mean, 2 sum.
#pragma once

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::Tensor;

// The loss's own reduction.
C10_API Tensor reduced(const Tensor& loss, int64_t reduction);
// grad / numel(self) for a mean, else grad.
C10_API Tensor
averaged(const Tensor& grad, int64_t reduction, const Tensor& self);

// The second derivatives of the element-wise losses by self.
C10_API Tensor
smooth_l1_curvature(const Tensor& self, const Tensor& target, double beta);
C10_API Tensor
huber_curvature(const Tensor& self, const Tensor& target, double delta);

// binary_cross_entropy by target, and binary_cross_entropy_backward by
// grad_output, self and target.
C10_API Tensor binary_cross_entropy_target_grad(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction);
C10_API Tensor binary_cross_entropy_grad_output_grad(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction);
C10_API Tensor binary_cross_entropy_second_grad(
    const Tensor& grad, const Tensor& grad_output, const Tensor& self,
    const Tensor& target, const Tensor& weight, int64_t reduction);
C10_API Tensor binary_cross_entropy_mixed_grad(
    const Tensor& grad,
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& weight,
    int64_t reduction);

// binary_cross_entropy_with_logits by self and by target.
C10_API Tensor bce_with_logits_grad(
    const Tensor& grad, const Tensor& self, const Tensor& target,
    const Tensor& weight, const Tensor& pos_weight, int64_t reduction);
C10_API Tensor bce_with_logits_target_grad(
    const Tensor& grad, const Tensor& self, const Tensor& target,
    const Tensor& weight, const Tensor& pos_weight, int64_t reduction);

} // namespace torch::autograd

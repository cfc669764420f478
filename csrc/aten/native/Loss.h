// Stubs of the element-wise losses. Forward iterators: loss, input, target;
// backward ones: grad_input, input, target, grad_output.
#pragma once

#include "aten/TensorIterator.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

using loss_fn = void (*)(TensorIterator&);
using loss_param_fn = void (*)(TensorIterator&, double);
using loss_param2_fn = void (*)(TensorIterator&, double, double);

DECLARE_DISPATCH(loss_fn, mse_loss_stub);
DECLARE_DISPATCH(loss_param_fn, mse_loss_backward_stub); // scale
DECLARE_DISPATCH(loss_param_fn, smooth_l1_loss_stub); // beta
DECLARE_DISPATCH(loss_param2_fn, smooth_l1_loss_backward_stub); // beta, scale
DECLARE_DISPATCH(loss_param_fn, huber_loss_stub); // delta
DECLARE_DISPATCH(loss_param2_fn, huber_loss_backward_stub); // delta, scale
DECLARE_DISPATCH(loss_fn, binary_cross_entropy_stub);
DECLARE_DISPATCH(loss_param_fn, binary_cross_entropy_backward_stub); // scale
DECLARE_DISPATCH(loss_fn, bce_with_logits_stub);
// loss, input, target, pos_weight
DECLARE_DISPATCH(loss_fn, bce_with_logits_weighted_stub);

// 0, 1 and 2 of the `reduction` arguments.
enum Reduction : int64_t { kReductionNone, kReductionMean, kReductionSum };

// nll_loss sees its input as a batch, classes, and positions: one position
// for nll_loss, H * W for nll_loss2d. Both check the arguments.
struct NllShape {
  int64_t batch, classes, positions;
};
C10_API NllShape nll_shape(
    const TensorBase& self,
    const TensorBase& target,
    const TensorBase& weight);
C10_API NllShape nll2d_shape(
    const TensorBase& self,
    const TensorBase& target,
    const TensorBase& weight);

} // namespace at::native

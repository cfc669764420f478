// Element-wise losses: an iterator, a stub, a reduction. nll_loss and
// cross_entropy are in NllLoss.cpp.
#include "aten/native/Loss.h"

#include "aten/Dispatch.h"
#include "aten/ExpandUtils.h"
#include "aten/core/Tensor.h"
#include "generated/native/Loss.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Loss.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {

DEFINE_DISPATCH(mse_loss_stub);
DEFINE_DISPATCH(mse_loss_backward_stub);
DEFINE_DISPATCH(smooth_l1_loss_stub);
DEFINE_DISPATCH(smooth_l1_loss_backward_stub);
DEFINE_DISPATCH(huber_loss_stub);
DEFINE_DISPATCH(huber_loss_backward_stub);
DEFINE_DISPATCH(binary_cross_entropy_stub);
DEFINE_DISPATCH(binary_cross_entropy_backward_stub);
DEFINE_DISPATCH(bce_with_logits_stub);
DEFINE_DISPATCH(bce_with_logits_weighted_stub);

namespace {

Tensor reduce(const Tensor& loss, int64_t reduction) {
  return reduction == kReductionMean ? loss.mean()
      : reduction == kReductionSum   ? loss.sum()
                                     : loss;
}

double scale_of(const Tensor& self, int64_t reduction) {
  return reduction == kReductionMean
      ? 1.0 / static_cast<double>(self.numel())
      : 1.0;
}

// The iterator of a derivative; grad_output broadcasts where it is a number.
TensorIterator backward_iterator(
    const Tensor& self,
    const Tensor& target,
    const Tensor& grad_output) {
  return TensorIterator::ternary_op({}, self, target, grad_output);
}

} // namespace

Tensor mse_loss(const Tensor& self, const Tensor& target, int64_t reduction) {
  auto iter = TensorIterator::binary_op({}, self, target);
  mse_loss_stub(iter.device_type(), iter);
  return reduce(iter.output(), reduction);
}

Tensor mse_loss_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    int64_t reduction) {
  auto iter = backward_iterator(self, target, grad_output);
  mse_loss_backward_stub(iter.device_type(), iter, scale_of(self, reduction));
  return iter.output();
}

Tensor l1_loss(const Tensor& self, const Tensor& target, int64_t reduction) {
  return reduce(at::sub(self, target).abs(), reduction);
}

Tensor smooth_l1_loss(
    const Tensor& self,
    const Tensor& target,
    int64_t reduction,
    double beta) {
  TORCH_CHECK(
      beta >= 0, "smooth_l1_loss does not support negative values for beta.");
  if (beta == 0) {
    return native::l1_loss(self, target, reduction);
  }
  auto iter = TensorIterator::binary_op({}, self, target);
  smooth_l1_loss_stub(iter.device_type(), iter, beta);
  return reduce(iter.output(), reduction);
}

Tensor smooth_l1_loss_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    int64_t reduction,
    double beta) {
  auto iter = backward_iterator(self, target, grad_output);
  smooth_l1_loss_backward_stub(
      iter.device_type(), iter, beta, scale_of(self, reduction));
  return iter.output();
}

Tensor huber_loss(
    const Tensor& self,
    const Tensor& target,
    int64_t reduction,
    double delta) {
  TORCH_CHECK(
      delta > 0, "huber_loss does not support non-positive values for delta.");
  auto iter = TensorIterator::binary_op({}, self, target);
  huber_loss_stub(iter.device_type(), iter, delta);
  return reduce(iter.output(), reduction);
}

Tensor huber_loss_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    int64_t reduction,
    double delta) {
  auto iter = backward_iterator(self, target, grad_output);
  huber_loss_backward_stub(
      iter.device_type(), iter, delta, scale_of(self, reduction));
  return iter.output();
}

// ----------------------------------------------------- binary cross entropy

namespace {

void check_probabilities(const Tensor& self) {
  if (!self.is_cpu()) {
    return;
  }
  const Tensor values = self.contiguous();
  bool valid = true;
  dispatch_floating_types(
      self.scalar_type(), "binary_cross_entropy", [&](auto type) {
        using S = decltype(type);
        const S* const x = static_cast<const S*>(values.data_ptr());
        for (int64_t i = 0; i < values.numel(); ++i) {
          const auto v = static_cast<opmath_type<S>>(x[i]);
          valid &= v >= 0 && v <= 1;
        }
      });
  TORCH_CHECK(valid, "all elements of input should be between 0 and 1");
}

Tensor weighted(const Tensor& loss, const Tensor& weight) {
  return weight.defined() ? at::mul(loss, weight) : loss;
}

} // namespace

Tensor binary_cross_entropy(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction) {
  auto iter = TensorIteratorConfig()
                  .add_output({})
                  .add_input(self)
                  .add_input(target)
                  .build();
  check_probabilities(self);
  binary_cross_entropy_stub(iter.device_type(), iter);
  return reduce(weighted(iter.output(), weight), reduction);
}

Tensor binary_cross_entropy_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction) {
  auto iter = backward_iterator(self, target, grad_output);
  binary_cross_entropy_backward_stub(
      iter.device_type(), iter, scale_of(self, reduction));
  return weighted(iter.output(), weight);
}

Tensor binary_cross_entropy_with_logits(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    const Tensor& pos_weight,
    int64_t reduction) {
  if (pos_weight.defined()) {
    auto iter = TensorIterator::ternary_op({}, self, target, pos_weight);
    bce_with_logits_weighted_stub(iter.device_type(), iter);
    return reduce(weighted(iter.output(), weight), reduction);
  }
  // The target comes first in PyTorch's text about unequal shapes.
  infer_size(target.sizes(), self.sizes());
  auto iter = TensorIterator::binary_op({}, self, target);
  bce_with_logits_stub(iter.device_type(), iter);
  return reduce(weighted(iter.output(), weight), reduction);
}

} // namespace at::native

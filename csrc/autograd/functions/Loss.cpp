#include "autograd/functions/Loss.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Loss.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/UnaryMath.h"
#include "generated/ops/UnaryOps.h"

namespace torch::autograd {
namespace {

constexpr int64_t kMean = 1;
constexpr int64_t kSum = 2;

Tensor weighted(const Tensor& grad, const Tensor& weight) {
  return weight.defined() ? grad * weight : grad;
}

// log sigmoid(x) = min(x, 0) - log(1 + exp(-|x|))
Tensor log_sigmoid_of(const Tensor& x) {
  return x.clamp_max(0) - x.abs().neg().exp().log1p();
}

} // namespace

Tensor reduced(const Tensor& loss, int64_t reduction) {
  return reduction == kMean ? loss.mean()
      : reduction == kSum   ? loss.sum()
                            : loss;
}

Tensor averaged(const Tensor& grad, int64_t reduction, const Tensor& self) {
  return reduction == kMean ? grad / static_cast<double>(self.numel()) : grad;
}

// 1 / beta where |self - target| < beta
Tensor
smooth_l1_curvature(const Tensor& self, const Tensor& target, double beta) {
  return ((self - target).abs() < beta).to(self.scalar_type()) / beta;
}
// 1 where |self - target| < delta
Tensor
huber_curvature(const Tensor& self, const Tensor& target, double delta) {
  return ((self - target).abs() < delta).to(self.scalar_type());
}

// log(1 - x) - log x, the logarithms no lower than -100
Tensor binary_cross_entropy_target_grad(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction) {
  const Tensor slope =
      self.neg().log1p().clamp_min(-100) - self.log().clamp_min(-100);
  return averaged(weighted(grad * slope, weight), reduction, target);
}

Tensor binary_cross_entropy_grad_output_grad(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction) {
  const Tensor slope = (self - target) / (self * (1 - self)).clamp_min(1e-12);
  return reduced(weighted(grad * slope, weight), reduction);
}

// (x^2 - 2 x y + y) / (x (1 - x))^2
Tensor binary_cross_entropy_second_grad(
    const Tensor& grad, const Tensor& grad_output, const Tensor& self,
    const Tensor& target, const Tensor& weight, int64_t reduction) {
  const Tensor variance = (self * (1 - self)).clamp_min(1e-12);
  const Tensor curvature =
      (self * self - self * target * 2 + target) / (variance * variance);
  return averaged(
      weighted(grad * grad_output * curvature, weight), reduction, self);
}

// -1 / (x (1 - x))
Tensor binary_cross_entropy_mixed_grad(
    const Tensor& grad,
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& weight,
    int64_t reduction) {
  const Tensor slope = -(grad * grad_output) / (self * (1 - self)).clamp_min(1e-12);
  return averaged(weighted(slope, weight), reduction, self);
}

// sigmoid(x) - y; with pos_weight p: (1 + (p - 1) y) sigmoid(x) - p y
Tensor bce_with_logits_grad(
    const Tensor& grad, const Tensor& self, const Tensor& target,
    const Tensor& weight, const Tensor& pos_weight, int64_t reduction) {
  const Tensor sigmoid = self.sigmoid();
  Tensor slope;
  if (pos_weight.defined()) {
    const Tensor positive = pos_weight * target;
    slope = (positive + 1 - target) * sigmoid - positive;
  } else {
    slope = sigmoid - target;
  }
  return averaged(weighted(slope * grad, weight), reduction, self);
}

// -x; with pos_weight p: log sigmoid(-x) - p log sigmoid(x)
Tensor bce_with_logits_target_grad(
    const Tensor& grad, const Tensor& self, const Tensor& target,
    const Tensor& weight, const Tensor& pos_weight, int64_t reduction) {
  const Tensor slope = pos_weight.defined()
      ? log_sigmoid_of(-self) - pos_weight * log_sigmoid_of(self)
      : -self;
  return averaged(weighted(slope * grad, weight), reduction, target);
}

} // namespace torch::autograd

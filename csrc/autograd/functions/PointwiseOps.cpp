#include "autograd/functions/PointwiseOps.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/LogicalOps.h"
#include "generated/ops/PointwiseOps.h"

namespace torch::autograd {

Tensor clamp_backward(
    const Tensor& grad,
    const Tensor& self,
    const std::optional<Scalar>& min,
    const std::optional<Scalar>& max) {
  Tensor inside;
  if (min && max) {
    inside = at::logical_and(at::ge(self, *min), at::le(self, *max));
  } else {
    inside = min ? at::ge(self, *min) : at::le(self, *max);
  }
  return at::where(inside, grad, Scalar(0));
}

Tensor clamp_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& min,
    const Tensor& max) {
  Tensor inside;
  if (min.defined() && max.defined()) {
    inside = at::logical_and(at::ge(self, min), at::le(self, max));
  } else {
    inside = min.defined() ? at::ge(self, min) : at::le(self, max);
  }
  return at::where(inside, grad, Scalar(0));
}

std::tuple<Tensor, Tensor> clamp_backward_bounds(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& min,
    const Tensor& max,
    std::array<bool, 2> grad_input_mask) {
  Tensor grad_min;
  Tensor grad_max;
  const Scalar zero(0);
  if (grad_input_mask[0] && min.defined()) {
    Tensor cut = at::lt(self, min);
    if (max.defined()) {
      cut = at::logical_and(cut, at::lt(min, max));
    }
    grad_min = at::where(cut, grad, zero);
  }
  if (grad_input_mask[1] && max.defined()) {
    Tensor cut = at::gt(self, max);
    if (min.defined()) {
      cut = at::logical_or(cut, at::lt(max, min));
    }
    grad_max = at::where(cut, grad, zero);
  }
  return {grad_min, grad_max};
}

Scalar one_minus(const Scalar& s) {
  return s.is_complex()
      ? Scalar(c10::complex<double>(1.0) - s.to_complex_double())
      : Scalar(1.0 - s.to_double());
}

} // namespace torch::autograd

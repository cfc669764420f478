#include "autograd/functions/SpecialFunctions.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/SpecialFunctions.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

Tensor sinc_backward(const Tensor& grad, const Tensor& self) {
  const double pi = 3.14159265358979323846;
  const Tensor angle = self * pi;
  const Tensor slope =
      ((angle.cos() * angle - angle.sin()) / (self * angle)).conj();
  const Tensor product = grad * slope;
  return at::where(at::eq(self, Scalar(0)), Scalar(0), product);
}

Tensor special_i1_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result) {
  const Tensor slope = at::i0(self) - result / self;
  return grad * at::where(at::eq(self, Scalar(0)), Scalar(0.5), slope);
}

} // namespace torch::autograd

#include "autograd/functions/BinaryMath.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Compare.h"

namespace torch::autograd {

Tensor copysign_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result) {
  const Tensor ratio = result / self;
  return grad * ratio.masked_fill(at::eq(self, at::Scalar(0)), 0);
}

} // namespace torch::autograd

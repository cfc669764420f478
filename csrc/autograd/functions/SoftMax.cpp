#include "autograd/functions/SoftMax.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/UnaryOps.h"

namespace torch::autograd {

// y = output, g = grad_output: the derivative of (g - sum(g y)) y by y.
Tensor softmax_double_backward(
    const Tensor& grad,
    const Tensor& grad_output,
    int64_t dim,
    const Tensor& output) {
  return grad_output * grad - (output * grad_output).sum({dim}, true) * grad -
      grad_output * (output * grad).sum({dim}, true);
}

// The derivative of g - exp(y) sum(g) by g, and by y.
Tensor log_softmax_grad_output_grad(
    const Tensor& grad,
    const Tensor& output,
    int64_t dim) {
  return grad - (grad * output.exp()).sum({dim}, true);
}
Tensor log_softmax_output_grad(
    const Tensor& grad,
    const Tensor& grad_output,
    int64_t dim,
    const Tensor& output) {
  return -(grad_output.sum({dim}, true) * output.exp() * grad);
}

} // namespace torch::autograd

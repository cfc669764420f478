#include "autograd/functions/Activation.h"

#include <cmath>

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Activation.h"
#include "generated/ops/UnaryMath.h"
#include "generated/ops/UnaryOps.h"

namespace torch::autograd {

// gelu'(x) = Phi(x) + x phi(x), gelu''(x) = (2 - x^2) phi(x);
// tanh form: with u = k (x + c x^3), t = tanh u, s = 1 - t^2:
//   gelu' = (1 + t) / 2 + x s u' / 2
//   gelu'' = s u' + x s u'' / 2 - x t s u'^2
Tensor gelu_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self,
    std::string_view approximate) {
  if (approximate != "tanh") {
    const double norm = 0.39894228040143267794; // 1 / sqrt(2 pi)
    const Tensor density = at::exp(self * self * -0.5) * norm;
    return grad_grad * grad_output * density * (2 - self * self);
  }
  const double k = 0.79788456080286535588; // sqrt(2 / pi)
  const double c = 0.044715;
  const Tensor squared = self * self;
  const Tensor t = at::tanh(k * (self + c * squared * self));
  const Tensor s = 1 - t * t;
  const Tensor u1 = k * (1 + 3 * c * squared);
  const Tensor u2 = 6 * k * c * self;
  return grad_grad * grad_output *
      (s * u1 + self * s * u2 * 0.5 - self * t * s * u1 * u1);
}

// silu'' = s (1 - s) (2 + x (1 - 2 s))
Tensor silu_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self) {
  const Tensor s = at::sigmoid(self);
  return grad_grad * grad_output * s * (1 - s) * (2 + self * (1 - 2 * s));
}

// mish = x t, t = tanh(softplus(x)), t' = s (1 - t^2), s = sigmoid(x):
// mish'' = 2 t' + x t'', t'' = (1 - t^2) s (1 - s - 2 t s)
Tensor mish_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self) {
  const Tensor s = at::sigmoid(self);
  const Tensor t = at::tanh(at::softplus(self));
  const Tensor slope = s * (1 - t * t);
  return grad_grad * grad_output *
      (2 * slope + self * slope * (1 - s - 2 * t * s));
}

// Below zero, elu'' = alpha scale input_scale^2 exp(x input_scale).
Tensor elu_double_backward(
    const Tensor& grad_grad,
    const Tensor& grad_output,
    const Tensor& self_or_result,
    bool is_result,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale) {
  const double k = input_scale.to_double();
  const double amplitude = alpha.to_double() * scale.to_double();
  const Tensor product = grad_grad * grad_output;
  const Tensor below = is_result
      ? product * k
      : product * (amplitude * k * k) * at::exp(self_or_result * k);
  return at::where(self_or_result <= 0, below, Scalar(0));
}

// softplus'' = beta s (1 - s), s = sigmoid(beta x), below the threshold.
Tensor softplus_double_backward(
    const Tensor& grad,
    const Tensor& self,
    const Scalar& beta,
    const Scalar& threshold) {
  const Tensor scaled = self * beta;
  const Tensor s = at::sigmoid(scaled);
  return at::where(scaled > threshold, Scalar(0), grad * s * (1 - s) * beta);
}

} // namespace torch::autograd

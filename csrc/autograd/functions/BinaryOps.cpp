#include "autograd/functions/BinaryOps.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {
Tensor conj_of(const Tensor& t) {
  return t.is_complex() ? t.conj() : t;
}

Scalar conj_of(const Scalar& s) {
  return s.is_complex() ? s.conj() : s;
}

Tensor real_if(const Tensor& grad, ScalarType input) {
  return !c10::is_complex_type(input) && grad.is_complex() ? at::real(grad)
                                                          : grad;
}

Tensor maybe_multiply(const Tensor& grad, const Scalar& factor) {
  return factor.equal(1.0) ? grad : grad * factor;
}

Tensor mul_tensor_backward(
    const Tensor& grad,
    const Tensor& other,
    ScalarType self) {
  return real_if(
      grad * conj_of(other), self);
}

Tensor mul_tensor_backward(
    const Tensor& grad,
    const Scalar& other,
    ScalarType self) {
  return real_if(grad * conj_of(other), self);
}

Tensor div_tensor_self_backward(
    const Tensor& grad,
    const Tensor& other,
    ScalarType self,
    std::optional<std::string_view> rounding_mode) {
  if (rounding_mode) {
    return at::zeros_like(grad, grad.options().dtype(self));
  }
  return real_if(
      grad / conj_of(other), self);
}

Tensor div_tensor_self_backward(
    const Tensor& grad,
    const Scalar& other,
    ScalarType self,
    std::optional<std::string_view> rounding_mode) {
  if (rounding_mode) {
    return at::zeros_like(grad, grad.options().dtype(self));
  }
  return real_if(grad / conj_of(other), self);
}

// d(self / other) / dother = -conj(self / other / other)
Tensor div_tensor_other_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& other,
    std::optional<std::string_view> rounding_mode) {
  if (rounding_mode) {
    return at::zeros_like(grad, grad.options().dtype(other.scalar_type()));
  }
  const Tensor quotient = (self / other) / other;
  return real_if(
      -grad * conj_of(quotient),
      other.scalar_type());
}

Tensor select_backward_greater(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& other) {
  const Tensor half = (grad / Scalar(2)).masked_fill(at::ne(self, other), 0);
  return grad.masked_fill(at::le(self, other), 0) + half;
}

} // namespace torch::autograd

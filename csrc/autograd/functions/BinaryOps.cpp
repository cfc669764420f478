#include "autograd/functions/BinaryOps.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {
namespace {

// The gradient of a real input of a complex product is real.
Tensor to_input_kind(Tensor grad, ScalarType input) {
  return !c10::is_complex_type(input) && grad.is_complex() ? grad.real()
                                                          : grad;
}

Scalar conj(const Scalar& s) {
  return s.is_complex() ? s.conj() : s;
}

} // namespace

Tensor maybe_multiply(const Tensor& grad, const Scalar& factor) {
  return factor.equal(1.0) ? grad : grad * factor;
}

Tensor mul_tensor_backward(
    const Tensor& grad,
    const Tensor& other,
    ScalarType self) {
  return to_input_kind(
      grad * (other.is_complex() ? other.conj() : other), self);
}

Tensor mul_tensor_backward(
    const Tensor& grad,
    const Scalar& other,
    ScalarType self) {
  return to_input_kind(grad * conj(other), self);
}

Tensor div_tensor_self_backward(
    const Tensor& grad,
    const Tensor& other,
    ScalarType self,
    std::optional<std::string_view> rounding_mode) {
  if (rounding_mode) {
    return at::zeros_like(grad, grad.options().dtype(self));
  }
  return to_input_kind(
      grad / (other.is_complex() ? other.conj() : other), self);
}

Tensor div_tensor_self_backward(
    const Tensor& grad,
    const Scalar& other,
    ScalarType self,
    std::optional<std::string_view> rounding_mode) {
  if (rounding_mode) {
    return at::zeros_like(grad, grad.options().dtype(self));
  }
  return to_input_kind(grad / conj(other), self);
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
  return to_input_kind(
      -grad * (quotient.is_complex() ? quotient.conj() : quotient),
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

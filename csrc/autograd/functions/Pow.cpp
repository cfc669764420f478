#include "autograd/functions/Pow.h"

#include <cmath>
#include <complex>

#include "autograd/functions/BinaryOps.h"
#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/LogicalOps.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/Pow.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/UnaryMath.h"
#include "generated/ops/UnaryOps.h"

namespace torch::autograd {
Tensor pow_backward(
    const Tensor& grad,
    const Tensor& self,
    const Scalar& exponent) {
  if (exponent.equal(0.0)) {
    return at::zeros_like(self);
  }
  const Scalar lower = exponent.is_complex()
      ? Scalar(exponent.to_complex_double() - c10::complex<double>(1.0))
      : exponent.is_floating_point() ? Scalar(exponent.to_double() - 1)
                                     : Scalar(exponent.to_long() - 1);
  return real_if(grad * conj_of(self.pow(lower) * exponent), self.scalar_type());
}

Tensor pow_backward_self(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& exponent) {
  const Tensor slope = exponent * self.pow(exponent - Scalar(1));
  return real_if(
      at::where(
          at::eq(exponent, Scalar(0)),
          at::zeros_like(grad),
          grad * conj_of(slope)),
      self.scalar_type());
}

Tensor pow_backward_exponent(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& exponent,
    const Tensor& result) {
  const Tensor nothing = exponent.is_complex()
      ? at::eq(self, Scalar(0))
      : at::logical_and(
            at::eq(self, Scalar(0)), at::ge(exponent, Scalar(0)));
  // Integers have no logarithm of their own dtype.
  const Tensor base =
      self.is_floating_point() || self.is_complex() || !result.defined()
      ? self
      : self.to(result.scalar_type());
  const Tensor slope = grad * conj_of(result * base.log());
  return real_if(
      at::where(nothing, at::zeros_like(slope), slope), exponent.scalar_type());
}

Tensor pow_backward_exponent(
    const Tensor& grad,
    const Scalar& self,
    const Tensor& exponent,
    const Tensor& result) {
  if (self.equal(0.0)) {
    const Tensor slope =
        grad * conj_of(result * Scalar(-INFINITY));
    return real_if(
        at::where(
            at::ge(exponent, Scalar(0)), at::zeros_like(slope), slope),
        exponent.scalar_type());
  }
  const bool in_complex = self.is_complex() ||
      (exponent.is_complex() && self.to_double() < 0);
  const Scalar log_self = in_complex
      ? Scalar(c10::complex<double>(
            std::log(static_cast<std::complex<double>>(
                self.to_complex_double()))))
      : Scalar(std::log(self.to_double()));
  return real_if(grad * conj_of(result * log_self), exponent.scalar_type());
}

} // namespace torch::autograd

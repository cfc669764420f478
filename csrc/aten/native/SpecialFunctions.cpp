// logit with its optional bound, and the other special functions' stubs.
#include "aten/native/SpecialFunctions.h"

#include <cmath>

#include "generated/native/SpecialFunctions.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/SpecialFunctions.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/UnaryMath.h"

namespace at::native {

DEFINE_DISPATCH(digamma_stub);
DEFINE_DISPATCH(erfinv_stub);
DEFINE_DISPATCH(sinc_stub);
DEFINE_DISPATCH(i0_stub);
DEFINE_DISPATCH(special_i0e_stub);
DEFINE_DISPATCH(special_i1_stub);
DEFINE_DISPATCH(special_i1e_stub);
DEFINE_DISPATCH(special_entr_stub);
DEFINE_DISPATCH(special_zeta_stub);
DEFINE_DISPATCH(special_ndtri_stub);
DEFINE_DISPATCH(special_log_ndtr_stub);
DEFINE_DISPATCH(special_erfcx_stub);
DEFINE_DISPATCH(polygamma_stub);
DEFINE_DISPATCH(logit_eps_stub);
DEFINE_DISPATCH(logit_backward_eps_stub);

Tensor logit(const Tensor& self, std::optional<double> eps) {
  auto iter = TensorIterator::unary_float_op({}, self);
  logit_eps_stub(iter.device_type(), iter, eps.value_or(-1.0));
  return iter.output();
}
Tensor& logit_(Tensor& self, std::optional<double> eps) {
  auto iter = TensorIterator::unary_float_op(self, self);
  logit_eps_stub(iter.device_type(), iter, eps.value_or(-1.0));
  return self;
}
Tensor logit_backward(
    const Tensor& grad_output,
    const Tensor& self,
    std::optional<double> eps) {
  auto iter = TensorIterator::binary_op({}, grad_output, self);
  logit_backward_eps_stub(iter.device_type(), iter, eps.value_or(-1.0));
  return iter.output();
}

// The n-th derivative of digamma: (-1)^(n+1) n! zeta(n + 1, x).
Tensor polygamma(int64_t n, const Tensor& self) {
  TORCH_CHECK(n >= 0, "polygamma(n, x) does not support negative n.");
  if (n == 0) {
    return at::digamma(self);
  }
  auto iter = TensorIterator::unary_float_op({}, self);
  polygamma_stub(iter.device_type(), iter, n);
  return iter.output();
}

// log of the multivariate gamma function of dimension p:
// p (p-1) / 4 log pi + sum over j < p of lgamma(self - j / 2)
Tensor mvlgamma(const Tensor& self, int64_t p) {
  TORCH_CHECK(
      self.scalar_type() != kBool,
      "The input tensor may not be a boolean tensor.");
  TORCH_CHECK(p >= 1, "p has to be greater than or equal to 1");
  const double log_pi = 1.1447298858494001741;
  const ScalarType type = c10::is_integral_type(self.scalar_type(), false)
      ? c10::get_default_dtype()
      : self.scalar_type();
  const Tensor steps = at::arange(
      0.5 * static_cast<double>(1 - p), 0.5, 0.5, self.options().dtype(type));
  return at::add(
      at::lgamma(at::add(self.unsqueeze(-1), steps)).sum(DimVector{-1}),
      Scalar(0.25 * static_cast<double>(p * (p - 1)) * log_pi));
}

// Phi(x) = (1 + erf(x / sqrt(2))) / 2
Tensor special_ndtr(const Tensor& self) {
  const Tensor scaled = at::mul(self, Scalar(0.70710678118654752440));
  return at::mul(at::add(at::erf(scaled), 1), Scalar(0.5));
}

} // namespace at::native

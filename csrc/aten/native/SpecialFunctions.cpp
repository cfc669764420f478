// logit with its optional bound, and the other special functions' stubs.
#include "aten/native/SpecialFunctions.h"

#include <cmath>

#include "generated/native/SpecialFunctions.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/SpecialFunctions.h"
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
  const double factor = std::exp(std::lgamma(static_cast<double>(n) + 1));
  const Tensor zeta =
      at::special_zeta(Scalar(static_cast<double>(n + 1)), self);
  return at::mul(zeta, Scalar(n % 2 ? factor : -factor));
}

// log of the multivariate gamma function of dimension p:
// p (p-1) / 4 log pi + sum over j < p of lgamma(self - j / 2)
Tensor mvlgamma(const Tensor& self, int64_t p) {
  TORCH_CHECK(p >= 1, "p has to be greater than or equal to 1");
  const double log_pi = 1.1447298858494001741;
  Tensor sum = at::lgamma(self);
  for (int64_t j = 1; j < p; ++j) {
    sum = at::add(sum, at::lgamma(at::sub(self, Scalar(0.5 * static_cast<double>(j)))));
  }
  return at::add(sum, Scalar(0.25 * static_cast<double>(p * (p - 1)) * log_pi));
}

// Phi(x) = erfc(-x / sqrt(2)) / 2
Tensor special_ndtr(const Tensor& self) {
  const Tensor scaled = at::mul(self, Scalar(-0.70710678118654752440));
  return at::mul(at::erfc(scaled), Scalar(0.5));
}

} // namespace at::native

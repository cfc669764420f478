// logit with its optional bound, and the other special functions' stubs.
#include "aten/native/SpecialFunctions.h"

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

// Phi(x) = erfc(-x / sqrt(2)) / 2
Tensor special_ndtr(const Tensor& self) {
  const Tensor scaled = at::mul(self, Scalar(-0.70710678118654752440));
  return at::mul(at::erfc(scaled), Scalar(0.5));
}

} // namespace at::native

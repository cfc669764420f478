// pow: checks of integer exponents, and the special exponents.
#include "aten/native/Pow.h"

#include "aten/EmptyTensor.h"
#include "aten/OutputSpec.h"
#include "aten/TypePromotion.h"
#include "generated/native/Pow.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Pow.h"
#include "generated/ops/TensorFactories.h"

namespace at::native {

DEFINE_DISPATCH(pow_tensor_tensor_stub);
DEFINE_DISPATCH(pow_tensor_scalar_stub);

namespace {

void check_exponent(const Tensor& self, const Scalar& exponent) {
  TORCH_CHECK(
      !(c10::is_integral_type(self.scalar_type(), true) &&
        exponent.is_integral(true) && exponent.to_long() < 0),
      "Integers to negative integer powers are not allowed.");
}

void pow_into(
    const TensorBase& out,
    const Tensor& self,
    const Scalar& exponent,
    Tensor* result) {
  check_exponent(self, exponent);
  const ScalarType type = at::result_type(self, exponent);
  const Tensor base = type == self.scalar_type() ? self : self.to(type);
  if (exponent.equal(0.0) || exponent.equal(1.0)) {
    auto iter = TensorIterator::unary_op(out, base);
    Tensor target = iter.output();
    if (exponent.equal(0.0)) {
      target.fill_(Scalar(1));
    } else {
      at::detail::copy_(target, base);
    }
    iter.cast_outputs();
    if (result) {
      *result = iter.output();
    }
    return;
  }
  auto iter = TensorIterator::unary_op(out, base);
  pow_tensor_scalar_stub(iter.device_type(), iter, exponent);
  if (result) {
    *result = iter.output();
  }
}

} // namespace

Tensor pow(const Tensor& self, const Scalar& exponent) {
  Tensor result;
  pow_into({}, self, exponent, &result);
  return result;
}
Tensor& pow_(Tensor& self, const Scalar& exponent) {
  pow_into(self, self, exponent, nullptr);
  return self;
}
Tensor& pow_out(const Tensor& self, const Scalar& exponent, Tensor& out) {
  pow_into(out, self, exponent, nullptr);
  return out;
}

Tensor pow(const Scalar& self, const Tensor& exponent) {
  if (self.equal(1.0)) {
    return at::ones_like(
        exponent, TensorOptions(at::result_type(exponent, self)));
  }
  auto iter = TensorIterator::binary_op({}, self, exponent);
  pow_tensor_tensor_stub(iter.device_type(), iter);
  return iter.output();
}

// ------------------------------------------------------------ float_power

namespace {

ScalarType float_power_type(bool is_complex) {
  return is_complex ? kComplexDouble : kDouble;
}
Scalar float_power_scalar(const Scalar& s, ScalarType type) {
  return type == kComplexDouble ? Scalar(s.to_complex_double())
                                : Scalar(s.to_double());
}

} // namespace

Tensor float_power(const Tensor& self, const Tensor& exponent) {
  const ScalarType type =
      float_power_type(self.is_complex() || exponent.is_complex());
  return at::pow(self.to(type), exponent.to(type));
}
Tensor float_power(const Tensor& self, const Scalar& exponent) {
  const ScalarType type =
      float_power_type(self.is_complex() || exponent.is_complex());
  return at::pow(self.to(type), float_power_scalar(exponent, type));
}
Tensor float_power(const Scalar& self, const Tensor& exponent) {
  const ScalarType type =
      float_power_type(self.is_complex() || exponent.is_complex());
  return at::pow(float_power_scalar(self, type), exponent.to(type));
}

namespace {

void check_float_power_self(const Tensor& self, ScalarType type) {
  TORCH_CHECK(
      self.scalar_type() == type,
      "the base given to float_power_ has dtype ",
      self.scalar_type(),
      " but the operation's result requires dtype ",
      type);
}

} // namespace

Tensor& float_power_(Tensor& self, const Tensor& exponent) {
  const ScalarType type =
      float_power_type(self.is_complex() || exponent.is_complex());
  check_float_power_self(self, type);
  return self.pow_(exponent.to(type));
}
Tensor& float_power_(Tensor& self, const Scalar& exponent) {
  const ScalarType type =
      float_power_type(self.is_complex() || exponent.is_complex());
  check_float_power_self(self, type);
  return self.pow_(float_power_scalar(exponent, type));
}

} // namespace at::native

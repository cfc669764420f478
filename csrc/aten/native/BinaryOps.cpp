// Checks of the arithmetic binary operators, and the forms that are not one
// kernel: rsub, division with a rounding mode.
#include "aten/native/BinaryOps.h"

#include "aten/TypePromotion.h"
#include "generated/native/BinaryOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {

DEFINE_DISPATCH(add_stub);
DEFINE_DISPATCH(sub_stub);
DEFINE_DISPATCH(mul_stub);
DEFINE_DISPATCH(div_true_stub);
DEFINE_DISPATCH(div_floor_stub);
DEFINE_DISPATCH(div_trunc_stub);
DEFINE_DISPATCH(remainder_stub);
DEFINE_DISPATCH(fmod_stub);
DEFINE_DISPATCH(maximum_stub);
DEFINE_DISPATCH(minimum_stub);
DEFINE_DISPATCH(fmax_stub);
DEFINE_DISPATCH(fmin_stub);

// ----------------------------------------------------------------- checks

void alpha_check(ScalarType dtype, const Scalar& alpha) {
  TORCH_CHECK(
      !alpha.is_boolean() || dtype == ScalarType::Bool,
      "Boolean alpha only supported for Boolean results.");
  TORCH_CHECK(
      c10::is_floating_type(dtype) || c10::is_complex_type(dtype) ||
          alpha.is_integral(true),
      "For integral input tensors, argument alpha must not be a floating point "
      "number.");
  TORCH_CHECK(
      c10::is_complex_type(dtype) || !alpha.is_complex(),
      "For non-complex input tensors, argument alpha must not be a complex "
      "number.");
}

namespace {

// alpha == 1, nearly always: nothing to check, and no result type to work out.
bool is_one(const Scalar& alpha) {
  return alpha.is_integral(false) && alpha.equal(1);
}

void check_no_bool_subtraction(ScalarType self, ScalarType other) {
  TORCH_CHECK(
      self != kBool || other != kBool,
      "Subtraction, the `-` operator, with two bool tensors is not supported. "
      "Use the `^` or `logical_xor()` operator instead.");
  TORCH_CHECK(
      self != kBool && other != kBool,
      "Subtraction, the `-` operator, with a bool tensor is not supported. If "
      "you are trying to invert a mask, use the `~` or `logical_not()` operator "
      "instead.");
}

void check_real(const char* name, const Tensor& self, const Tensor& other) {
  TORCH_CHECK(
      !self.is_complex() && !other.is_complex(),
      name,
      " not implemented for complex tensors.");
}

} // namespace

void add_check(const Tensor& self, const Tensor& other, const Scalar& alpha) {
  if (C10_UNLIKELY(!is_one(alpha))) {
    alpha_check(at::result_type(self, other), alpha);
  }
}

void add_check(const Tensor& self, const Scalar& other, const Scalar& alpha) {
  if (C10_UNLIKELY(!is_one(alpha))) {
    alpha_check(at::result_type(self, other), alpha);
  }
}

void sub_check(const Tensor& self, const Tensor& other, const Scalar& alpha) {
  check_no_bool_subtraction(self.scalar_type(), other.scalar_type());
  add_check(self, other, alpha);
}

void sub_check(const Tensor& self, const Scalar& other, const Scalar& alpha) {
  check_no_bool_subtraction(self.scalar_type(), other.type());
  add_check(self, other, alpha);
}

void maximum_check(const Tensor& self, const Tensor& other) {
  check_real("maximum", self, other);
}
void minimum_check(const Tensor& self, const Tensor& other) {
  check_real("minimum", self, other);
}
void fmax_check(const Tensor& self, const Tensor& other) {
  check_real("fmax", self, other);
}
void fmin_check(const Tensor& self, const Tensor& other) {
  check_real("fmin", self, other);
}

// ------------------------------------------------------------------- rsub

Tensor rsub(const Tensor& self, const Tensor& other, const Scalar& alpha) {
  sub_check(self, other, alpha);
  auto iter = TensorIterator::binary_op({}, other, self);
  sub_stub(iter.device_type(), iter, alpha);
  return iter.output();
}

Tensor rsub(const Tensor& self, const Scalar& other, const Scalar& alpha) {
  sub_check(self, other, alpha);
  auto iter = TensorIterator::binary_op({}, other, self);
  sub_stub(iter.device_type(), iter, alpha);
  return iter.output();
}

// ----------------------------------------------- division, rounding modes

namespace {

using RoundingMode = std::optional<std::string_view>;

template <typename Other>
void div_into(
    const Tensor& out,
    const Tensor& self,
    const Other& other,
    const RoundingMode& mode,
    Tensor* result) {
  auto run = [&](TensorIterator& iter, auto& stub) {
    stub(iter.device_type(), iter);
    if (result) {
      *result = iter.output();
    }
  };
  if (!mode) {
    auto iter = TensorIterator::binary_float_op(out, self, other);
    run(iter, div_true_stub);
    return;
  }
  TORCH_CHECK(
      *mode == "trunc" || *mode == "floor",
      "div expected rounding_mode to be one of None, 'trunc', or 'floor' but "
      "found '",
      *mode,
      "'");
  auto iter = TensorIterator::binary_op(out, self, other);
  run(iter, *mode == "trunc" ? div_trunc_stub : div_floor_stub);
}

} // namespace

Tensor div(const Tensor& self, const Tensor& other, RoundingMode mode) {
  Tensor result;
  div_into({}, self, other, mode, &result);
  return result;
}
Tensor& div_(Tensor& self, const Tensor& other, RoundingMode mode) {
  div_into(self, self, other, mode, nullptr);
  return self;
}
Tensor& div_out(
    const Tensor& self,
    const Tensor& other,
    RoundingMode mode,
    Tensor& out) {
  div_into(out, self, other, mode, nullptr);
  return out;
}
Tensor div(const Tensor& self, const Scalar& other, RoundingMode mode) {
  Tensor result;
  div_into({}, self, other, mode, &result);
  return result;
}
Tensor& div_(Tensor& self, const Scalar& other, RoundingMode mode) {
  div_into(self, self, other, mode, nullptr);
  return self;
}

} // namespace at::native

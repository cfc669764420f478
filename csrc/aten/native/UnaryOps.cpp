// Signs, rounding and tests of one tensor: the checks, and the operators whose
// dtype rules or forms are not those of a plain kernel.
#include "aten/native/UnaryOps.h"

#include <limits>

#include "aten/EmptyTensor.h"
#include "generated/native/UnaryOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Pow.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {

DEFINE_DISPATCH(abs_stub);
DEFINE_DISPATCH(angle_stub);
DEFINE_DISPATCH(neg_stub);
DEFINE_DISPATCH(reciprocal_stub);
DEFINE_DISPATCH(sqrt_stub);
DEFINE_DISPATCH(rsqrt_stub);
DEFINE_DISPATCH(sign_stub);
DEFINE_DISPATCH(signbit_stub);
DEFINE_DISPATCH(floor_stub);
DEFINE_DISPATCH(ceil_stub);
DEFINE_DISPATCH(trunc_stub);
DEFINE_DISPATCH(round_stub);
DEFINE_DISPATCH(frac_stub);
DEFINE_DISPATCH(logical_not_stub);
DEFINE_DISPATCH(bitwise_not_stub);
DEFINE_DISPATCH(isnan_stub);
DEFINE_DISPATCH(isinf_stub);
DEFINE_DISPATCH(isfinite_stub);
DEFINE_DISPATCH(isposinf_stub);
DEFINE_DISPATCH(isneginf_stub);
DEFINE_DISPATCH(round_decimals_stub);
DEFINE_DISPATCH(nan_to_num_stub);

void neg_check(const Tensor& self) {
  TORCH_CHECK(
      self.scalar_type() != kBool,
      "Negation, the `-` operator, on a bool tensor is not supported. If you "
      "are trying to invert a mask, use the `~` or `logical_not()` operator "
      "instead.");
}

// ------------------------------------------- complex in, real numbers out

namespace {

// out = stub(self), where the result of a complex tensor is real.
template <typename Stub>
Tensor to_real(const TensorBase& out, const Tensor& self, Stub& stub) {
  auto iter = TensorIteratorConfig()
                  .add_output(out)
                  .add_input(self)
                  .check_all_same_dtype(false)
                  .declare_static_dtype(
                      c10::to_real_value_type(self.scalar_type()))
                  .build();
  stub(iter.device_type(), iter);
  return iter.output();
}

void check_real_output(const char* name, const Tensor& self, const Tensor& out) {
  const ScalarType type = c10::to_real_value_type(self.scalar_type());
  TORCH_CHECK(
      c10::can_cast(type, out.scalar_type()),
      name,
      ": result type ",
      type,
      " can't be cast to the desired output type ",
      out.scalar_type());
}

} // namespace

Tensor abs(const Tensor& self) {
  if (self.is_complex()) {
    return to_real({}, self, abs_stub);
  }
  auto iter = TensorIterator::unary_op({}, self);
  abs_stub(iter.device_type(), iter);
  return iter.output();
}

Tensor& abs_(Tensor& self) {
  TORCH_CHECK(
      !self.is_complex(), "In-place abs is not supported for complex tensors.");
  auto iter = TensorIterator::unary_op(self, self);
  abs_stub(iter.device_type(), iter);
  return self;
}

Tensor& abs_out(const Tensor& self, Tensor& out) {
  if (self.is_complex()) {
    check_real_output("abs", self, out);
    const Tensor real = to_real({}, self, abs_stub);
    at::detail::resize_output_(*out.unsafe_impl(), real.sizes());
    at::detail::copy_(out, real);
    return out;
  }
  auto iter = TensorIterator::unary_op(out, self);
  abs_stub(iter.device_type(), iter);
  return out;
}

Tensor angle(const Tensor& self) {
  if (self.is_complex()) {
    return to_real({}, self, angle_stub);
  }
  auto iter = TensorIterator::unary_float_op({}, self);
  angle_stub(iter.device_type(), iter);
  return iter.output();
}

// sign() of real numbers, z / |z| of complex ones.
Tensor sgn(const Tensor& self) {
  auto iter = TensorIterator::unary_op({}, self);
  sign_stub(iter.device_type(), iter);
  return iter.output();
}

void sign_check(const Tensor& self) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !self.is_complex(),
      "Unlike NumPy, torch.sign is not intended to support complex numbers. "
      "Please use torch.sgn instead.");
}

// ------------------------------------------------------------------ tests

void signbit_check(const Tensor& self) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !self.is_complex(), "signbit is not implemented for complex tensors.");
}

namespace {

// A test that no integer passes, or every one does.
template <typename Stub>
Tensor floating_test(const Tensor& self, Stub& stub, bool of_integers) {
  if (c10::is_integral_type(self.scalar_type(), /*include_bool=*/true)) {
    return at::full_like(self, of_integers, TensorOptions(kBool));
  }
  auto iter = TensorIterator::unary_bool_op({}, self);
  stub(iter.device_type(), iter);
  return iter.output();
}

} // namespace

Tensor isnan(const Tensor& self) {
  return floating_test(self, isnan_stub, false);
}
Tensor isinf(const Tensor& self) {
  return floating_test(self, isinf_stub, false);
}
Tensor isfinite(const Tensor& self) {
  return floating_test(self, isfinite_stub, true);
}
Tensor isposinf(const Tensor& self) {
  TORCH_CHECK(
      !self.is_complex(), "isposinf does not support complex inputs.");
  return floating_test(self, isposinf_stub, false);
}
Tensor isneginf(const Tensor& self) {
  TORCH_CHECK(
      !self.is_complex(), "isneginf does not support complex inputs.");
  return floating_test(self, isneginf_stub, false);
}
Tensor isreal(const Tensor& self) {
  if (self.is_complex()) {
    return at::eq(at::imag(self), Scalar(0));
  }
  return at::ones_like(self, TensorOptions(kBool));
}

// --------------------------------------------------------------- rounding

void floor_check(const Tensor& self) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !self.is_complex(), "floor is not supported for complex inputs");
}
void ceil_check(const Tensor& self) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !self.is_complex(), "ceil is not supported for complex inputs");
}
void trunc_check(const Tensor& self) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !self.is_complex(), "trunc is not supported for complex inputs");
}

Tensor round(const Tensor& self, int64_t decimals) {
  auto iter = TensorIterator::unary_op({}, self);
  if (decimals == 0) {
    round_stub(iter.device_type(), iter);
  } else {
    round_decimals_stub(iter.device_type(), iter, decimals);
  }
  return iter.output();
}

Tensor special_round(const Tensor& self, int64_t decimals) {
  return at::round(self, decimals);
}

Tensor square(const Tensor& self) {
  return at::pow(self, Scalar(2));
}
Tensor& square_(Tensor& self) {
  return self.pow_(Scalar(2));
}

Tensor positive(const Tensor& self) {
  TORCH_CHECK(
      self.scalar_type() != kBool,
      "The `+` operator, on a bool tensor is not supported.");
  return self;
}

Tensor deg2rad(const Tensor& self) {
  TORCH_CHECK(
      !self.is_complex(), "deg2rad is not supported for complex tensors.");
  return at::mul(self, Scalar(0.017453292519943295));
}
Tensor rad2deg(const Tensor& self) {
  TORCH_CHECK(
      !self.is_complex(), "rad2deg is not supported for complex tensors.");
  return at::mul(self, Scalar(57.29577951308232));
}

Tensor nan_to_num(
    const Tensor& self,
    std::optional<double> nan,
    std::optional<double> posinf,
    std::optional<double> neginf) {
  auto iter = TensorIterator::unary_op({}, self);
  if (c10::is_integral_type(self.scalar_type(), /*include_bool=*/true)) {
    return self.clone();
  }
  // The stub knows the largest number of the dtype; infinity stands for it.
  const double inf = std::numeric_limits<double>::infinity();
  nan_to_num_stub(
      iter.device_type(),
      iter,
      nan.value_or(0.0),
      posinf.value_or(inf),
      neginf.value_or(-inf));
  return iter.output();
}

} // namespace at::native

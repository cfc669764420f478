// where, masked_fill, clamp, addcmul, addcdiv, lerp: checks and dtype rules.
#include "aten/native/PointwiseOps.h"

#include "aten/TypePromotion.h"
#include "aten/native/BinaryOps.h"
#include "generated/native/PointwiseOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/PointwiseOps.h"

namespace at::native {

DEFINE_DISPATCH(where_stub);
DEFINE_DISPATCH(clamp_scalar_stub);
DEFINE_DISPATCH(clamp_stub);
DEFINE_DISPATCH(addcmul_stub);
DEFINE_DISPATCH(addcdiv_stub);
DEFINE_DISPATCH(lerp_stub);
DEFINE_DISPATCH(lerp_scalar_stub);

// ------------------------------------------------------------------- where

namespace {

// PyTorch still takes uint8 as a condition.
Tensor to_condition(const Tensor& condition) {
  if (condition.scalar_type() == kByte) {
    TORCH_WARN_ONCE(
        "where received a uint8 condition tensor. This behavior is deprecated "
        "and will be removed in a future version of PyTorch. Use a boolean "
        "condition instead.");
    return condition.to(kBool);
  }
  TORCH_CHECK(
      condition.scalar_type() == kBool,
      "where expected condition to be a boolean tensor, but got a tensor with "
      "dtype ",
      condition.scalar_type());
  return condition;
}

template <typename A, typename B>
Tensor where_into(
    const TensorBase& out,
    const Tensor& condition,
    const A& self,
    const B& other) {
  const Tensor mask = to_condition(condition);
  auto iter = TensorIteratorConfig()
                  .add_output(out)
                  .add_fixed_input(mask)
                  .add_input(self)
                  .add_input(other)
                  .promote_inputs_to_common_dtype(true)
                  .cast_common_dtype_to_outputs(true)
                  .enforce_safe_casting_to_output(true)
                  .allow_cpu_scalars(true)
                  .build();
  where_stub(iter.device_type(), iter);
  return iter.output();
}

} // namespace

Tensor where(
    const Tensor& condition,
    const Tensor& self,
    const Tensor& other) {
  return where_into({}, condition, self, other);
}
Tensor& where_out(
    const Tensor& condition,
    const Tensor& self,
    const Tensor& other,
    Tensor& out) {
  const ScalarType dtype = at::result_type(self, other);
  TORCH_CHECK(
      out.scalar_type() == dtype,
      "Expected out type to be ",
      dtype,
      " but got ",
      out.scalar_type());
  where_into(out, condition, self, other);
  return out;
}
Tensor where(
    const Tensor& condition,
    const Tensor& self,
    const Scalar& other) {
  return where_into({}, condition, self, other);
}
Tensor where(
    const Tensor& condition,
    const Scalar& self,
    const Tensor& other) {
  return where_into({}, condition, self, other);
}
Tensor where(
    const Tensor& condition,
    const Scalar& self,
    const Scalar& other) {
  return where_into({}, condition, self, other);
}

// ------------------------------------------------------------- masked_fill

namespace {

// The value as an element of self's dtype, or the error that it is none.
Scalar fitting(const Scalar& value, ScalarType type) {
  if (c10::is_complex_type(type)) {
    return Scalar(value.to_complex_double());
  }
  if (c10::is_floating_type(type)) {
    (void)value.to<float>();
    return Scalar(value.to_double());
  }
  return type == kBool ? Scalar(value.to_bool()) : Scalar(value.to_long());
}

Tensor masked_fill_into(
    const TensorBase& out,
    const Tensor& self,
    const Tensor& mask,
    const Scalar& value) {
  TORCH_CHECK(
      mask.scalar_type() == kBool,
      "masked_fill_ only supports boolean masks, but got mask with dtype ",
      c10::cpp_type_name(mask.scalar_type()));
  const Scalar element = fitting(value, self.scalar_type());
  auto iter = TensorIteratorConfig()
                  .add_output(out)
                  .add_fixed_input(mask)
                  .add_input(element)
                  .add_input(self)
                  .build();
  where_stub(iter.device_type(), iter);
  return iter.output();
}

Scalar zero_dim_value(const Tensor& value) {
  TORCH_CHECK(
      value.dim() == 0,
      "masked_fill_ only supports a 0-dimensional value tensor, but got tensor "
      "with ",
      value.dim(),
      " dimension(s).");
  return value.item();
}

} // namespace

Tensor masked_fill(
    const Tensor& self,
    const Tensor& mask,
    const Scalar& value) {
  return masked_fill_into({}, self, mask, value);
}
Tensor& masked_fill_(Tensor& self, const Tensor& mask, const Scalar& value) {
  masked_fill_into(self, self, mask, value);
  return self;
}
Tensor masked_fill(
    const Tensor& self,
    const Tensor& mask,
    const Tensor& value) {
  return masked_fill_into({}, self, mask, zero_dim_value(value));
}
Tensor& masked_fill_(Tensor& self, const Tensor& mask, const Tensor& value) {
  masked_fill_into(self, self, mask, zero_dim_value(value));
  return self;
}

// ------------------------------------------------------------------- clamp

static void check_not_complex(bool is_complex) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !is_complex, "clamp is not supported for complex types");
}

void check_clamp_type(const Tensor& self) {
  check_not_complex(self.is_complex());
}

namespace {

using OptionalScalar = std::optional<Scalar>;

// A floating tensor refuses a complex bound where it converts it.
void check_bound(const Tensor& self, const Scalar& bound) {
  if (self.is_floating_point()) {
    bound.to_double();
  } else {
    check_not_complex(bound.is_complex());
  }
}

// clamp promotes: an integer tensor with a fractional bound becomes floating.
Tensor clamp_into(
    const TensorBase& out,
    const Tensor& self,
    const OptionalScalar& min,
    const OptionalScalar& max) {
  TORCH_CHECK(
      min || max, "torch.clamp: At least one of 'min' or 'max' must not be None");
  check_clamp_type(self);
  ResultTypeState state;
  state.add(self);
  if (min) {
    check_bound(self, *min);
    state.add(*min);
  }
  if (max) {
    check_bound(self, *max);
    state.add(*max);
  }
  const ScalarType type = state.result();
  TORCH_CHECK(
      !out.defined() || c10::can_cast(type, out.scalar_type()),
      "result type ",
      type,
      " can't be cast to the desired output type ",
      c10::cpp_type_name(out.scalar_type()));
  const Tensor input = self.scalar_type() == type ? self : self.to(type);
  auto iter = TensorIterator::unary_op(out, input);
  clamp_scalar_stub(iter.device_type(), iter, min, max);
  return iter.output();
}

Tensor clamp_into(
    const TensorBase& out,
    const Tensor& self,
    const Tensor& min,
    const Tensor& max) {
  TORCH_CHECK(
      min.defined() || max.defined(),
      "torch.clamp: At least one of 'min' or 'max' must not be None");
  check_clamp_type(self);
  if (min.defined() && max.defined()) {
    auto iter = TensorIterator::ternary_op(out, self, min, max);
    clamp_stub(iter.device_type(), iter);
    return iter.output();
  }
  auto iter =
      TensorIterator::binary_op(out, self, min.defined() ? min : max);
  if (min.defined()) {
    maximum_stub(iter.device_type(), iter);
  } else {
    minimum_stub(iter.device_type(), iter);
  }
  return iter.output();
}

} // namespace

Tensor clamp(
    const Tensor& self,
    const OptionalScalar& min,
    const OptionalScalar& max) {
  return clamp_into({}, self, min, max);
}
Tensor& clamp_(
    Tensor& self,
    const OptionalScalar& min,
    const OptionalScalar& max) {
  clamp_into(self, self, min, max);
  return self;
}
Tensor& clamp_out(
    const Tensor& self,
    const OptionalScalar& min,
    const OptionalScalar& max,
    Tensor& out) {
  clamp_into(out, self, min, max);
  return out;
}
Tensor clamp(
    const Tensor& self,
    const Tensor& min,
    const Tensor& max) {
  return clamp_into({}, self, min, max);
}
Tensor& clamp_(
    Tensor& self,
    const Tensor& min,
    const Tensor& max) {
  clamp_into(self, self, min, max);
  return self;
}
Tensor& clamp_out(
    const Tensor& self,
    const Tensor& min,
    const Tensor& max,
    Tensor& out) {
  clamp_into(out, self, min, max);
  return out;
}
Tensor clamp_min(
    const Tensor& self,
    const Scalar& min) {
  return clamp_into({}, self, OptionalScalar(min), std::nullopt);
}
Tensor& clamp_min_(
    Tensor& self,
    const Scalar& min) {
  clamp_into(self, self, OptionalScalar(min), std::nullopt);
  return self;
}
Tensor& clamp_min_out(
    const Tensor& self,
    const Scalar& min,
    Tensor& out) {
  clamp_into(out, self, OptionalScalar(min), std::nullopt);
  return out;
}
Tensor clamp_min(
    const Tensor& self,
    const Tensor& min) {
  return clamp_into({}, self, min, Tensor());
}
Tensor& clamp_min_(
    Tensor& self,
    const Tensor& min) {
  clamp_into(self, self, min, Tensor());
  return self;
}
Tensor& clamp_min_out(
    const Tensor& self,
    const Tensor& min,
    Tensor& out) {
  clamp_into(out, self, min, Tensor());
  return out;
}
Tensor clamp_max(
    const Tensor& self,
    const Scalar& max) {
  return clamp_into({}, self, std::nullopt, OptionalScalar(max));
}
Tensor& clamp_max_(
    Tensor& self,
    const Scalar& max) {
  clamp_into(self, self, std::nullopt, OptionalScalar(max));
  return self;
}
Tensor& clamp_max_out(
    const Tensor& self,
    const Scalar& max,
    Tensor& out) {
  clamp_into(out, self, std::nullopt, OptionalScalar(max));
  return out;
}
Tensor clamp_max(
    const Tensor& self,
    const Tensor& max) {
  return clamp_into({}, self, Tensor(), max);
}
Tensor& clamp_max_(
    Tensor& self,
    const Tensor& max) {
  clamp_into(self, self, Tensor(), max);
  return self;
}
Tensor& clamp_max_out(
    const Tensor& self,
    const Tensor& max,
    Tensor& out) {
  clamp_into(out, self, Tensor(), max);
  return out;
}

// ------------------------------------------------- addcmul, addcdiv, lerp

void addcdiv_check(
    const Tensor& self,
    const Tensor& tensor1,
    const Tensor& tensor2,
    const Scalar& value) {
  TORCH_CHECK(
      !(c10::is_integral_type(tensor1.scalar_type(), true) &&
        c10::is_integral_type(tensor2.scalar_type(), true)),
      "Integer division with addcdiv is no longer supported, and in a future  "
      "release addcdiv will perform a true division of tensor1 and tensor2. The "
      "historic addcdiv behavior can be implemented as (input + value * "
      "torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as "
      "(input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
      "behavior is just the latter implementation: (input + value * tensor1 / "
      "tensor2), for all dtypes.");
}

namespace {

// Names of dtypes as this check of PyTorch spells them.
std::string spelled(ScalarType t) {
  std::string name = c10::to_string(t);
  if (t == kFloat || t == kDouble || t == kLong || t == kInt || t == kBool) {
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
  }
  return t == kLong ? "long int" : name;
}

void check_lerp_dtype(const Tensor& self, const Tensor& t, const char* name) {
  TORCH_CHECK(
      self.scalar_type() == t.scalar_type(),
      "expected dtype ",
      spelled(self.scalar_type()),
      " for `",
      name,
      "` but got dtype ",
      spelled(t.scalar_type()));
}

} // namespace

void lerp_check(const Tensor& self, const Tensor& end, const Scalar& weight) {
  check_lerp_dtype(self, end, "end");
}
void lerp_check(const Tensor& self, const Tensor& end, const Tensor& weight) {
  check_lerp_dtype(self, end, "end");
  if (weight.dim() > 0) {
    check_lerp_dtype(self, weight, "weight");
  }
}

} // namespace at::native

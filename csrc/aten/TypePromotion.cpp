#include "aten/TypePromotion.h"

namespace at {
namespace {

ScalarType promote_skip_undefined(ScalarType a, ScalarType b) {
  if (a == ScalarType::Undefined) {
    return b;
  }
  return b == ScalarType::Undefined ? a : c10::promote_types(a, b);
}

// `higher` keeps its type unless `lower` is of a higher category.
ScalarType combine(ScalarType higher, ScalarType lower) {
  if (higher == ScalarType::Undefined || lower == ScalarType::Undefined) {
    return promote_skip_undefined(higher, lower);
  }
  if (type_category(higher) >= type_category(lower)) {
    return higher;
  }
  if (c10::is_floating_type(higher)) {
    return c10::to_complex_type(higher); // lower is complex
  }
  return c10::promote_types(higher, lower);
}

ScalarType number_type(ScalarType t) {
  if (c10::is_complex_type(t)) {
    return c10::to_complex_type(c10::get_default_dtype());
  }
  return c10::is_floating_type(t) ? c10::get_default_dtype() : t;
}

} // namespace

void ResultTypeState::add(const TensorImpl& t) {
  if (t.is_wrapped_number()) {
    numbers = promote_skip_undefined(numbers, number_type(t.dtype()));
  } else if (t.dim() > 0) {
    with_dims = promote_skip_undefined(with_dims, t.dtype());
  } else {
    zero_dim = promote_skip_undefined(zero_dim, t.dtype());
  }
}

void ResultTypeState::add(const Scalar& number) {
  numbers = promote_skip_undefined(numbers, number_type(number.type()));
}

ScalarType ResultTypeState::result() const {
  return combine(with_dims, combine(zero_dim, numbers));
}

ScalarType result_type(const TensorBase& a, const TensorBase& b) {
  ResultTypeState state;
  state.add(a);
  state.add(b);
  return state.result();
}

ScalarType result_type(const TensorBase& a, const Scalar& b) {
  ResultTypeState state;
  state.add(a);
  state.add(b);
  return state.result();
}

ScalarType result_type(const Scalar& a, const Scalar& b) {
  ResultTypeState state;
  state.add(a);
  state.add(b);
  return state.result();
}

} // namespace at

// The static builders of TensorIterator (one set of flags per kind of
// operator) and TensorIteratorConfig. build() is in TensorIterator.cpp.
#include "aten/TensorIterator.h"

namespace at {

namespace {

constexpr IteratorFlags make_pointwise_flags() {
  IteratorFlags f;
  f.promote_inputs_to_common_dtype = true;
  f.cast_common_dtype_to_outputs = true;
  f.enforce_safe_casting_to_output = true;
  f.allow_cpu_scalars = true;
  return f;
}
constexpr IteratorFlags make_float_flags() {
  IteratorFlags f = make_pointwise_flags();
  f.promote_integer_inputs_to_float = true;
  return f;
}
constexpr IteratorFlags make_bool_flags() {
  IteratorFlags f = make_pointwise_flags();
  f.enforce_safe_casting_to_output = false;
  f.exact_numbers = true;
  f.output_dtype = ScalarType::Bool;
  return f;
}
constexpr IteratorFlags make_nullary_flags() {
  IteratorFlags f;
  f.check_all_same_dtype = false;
  f.resize_outputs = false;
  return f;
}
constexpr IteratorFlags make_reduce_flags() {
  IteratorFlags f;
  f.check_all_same_dtype = false;
  f.resize_outputs = false;
  f.is_reduction = true;
  f.check_mem_overlap = false;
  return f;
}
constexpr IteratorFlags kPointwise = make_pointwise_flags();
constexpr IteratorFlags kFloatResult = make_float_flags();
constexpr IteratorFlags kBoolResult = make_bool_flags();
constexpr IteratorFlags kNullary = make_nullary_flags();
constexpr IteratorFlags kReduce = make_reduce_flags();

} // namespace

TensorIterator TensorIterator::unary_op(
    const TensorBase& out,
    const TensorBase& self) {
  return TensorIterator(kPointwise, &out, {self});
}
TensorIterator TensorIterator::unary_float_op(
    const TensorBase& out,
    const TensorBase& self) {
  return TensorIterator(kFloatResult, &out, {self});
}
TensorIterator TensorIterator::unary_bool_op(
    const TensorBase& out,
    const TensorBase& self) {
  return TensorIterator(kBoolResult, &out, {self});
}
TensorIterator TensorIterator::binary_op(
    const TensorBase& out,
    OperandRef self,
    OperandRef other) {
  return TensorIterator(kPointwise, &out, {self, other});
}
TensorIterator TensorIterator::binary_float_op(
    const TensorBase& out,
    OperandRef self,
    OperandRef other) {
  return TensorIterator(kFloatResult, &out, {self, other});
}
TensorIterator TensorIterator::comparison_op(
    const TensorBase& out,
    OperandRef self,
    OperandRef other) {
  return TensorIterator(kBoolResult, &out, {self, other});
}
TensorIterator TensorIterator::ternary_op(
    const TensorBase& out,
    OperandRef a,
    OperandRef b,
    OperandRef c) {
  return TensorIterator(kPointwise, &out, {a, b, c});
}
TensorIterator TensorIterator::nullary_op(const TensorBase& out) {
  return TensorIterator(kNullary, &out, {});
}
TensorIterator TensorIterator::reduce_op(
    const TensorBase& out,
    const TensorBase& in) {
  return TensorIterator(kReduce, &out, {in});
}

TensorIteratorConfig& TensorIteratorConfig::add_output(const TensorBase& t) {
  entries_.push_back({t.unsafe_impl(), nullptr, true, false});
  return *this;
}
TensorIteratorConfig& TensorIteratorConfig::add_input(const TensorBase& t) {
  entries_.push_back({t.unsafe_impl(), nullptr, false, false});
  return *this;
}
TensorIteratorConfig& TensorIteratorConfig::add_input(const Scalar& s) {
  entries_.push_back({nullptr, &s, false, false});
  return *this;
}
TensorIteratorConfig& TensorIteratorConfig::add_fixed_input(
    const TensorBase& t) {
  entries_.push_back({t.unsafe_impl(), nullptr, false, true});
  return *this;
}
TensorIteratorConfig& TensorIteratorConfig::declare_static_shape(
    IntArrayRef shape) {
  shape_ = SmallVector<int64_t, 8>(shape);
  has_shape_ = true;
  return *this;
}
TensorIterator TensorIteratorConfig::build() const {
  return TensorIterator(*this);
}

} // namespace at

// The stages of TensorIterator::build(), in the order they run, and the loops.
// Builders: TensorIteratorConfig.cpp. Read TensorIterator.h and
// docs/design/tensor_iterator.md first.
#include "aten/TensorIterator.h"

#include <algorithm>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "aten/MemoryOverlap.h"
#include "aten/OutputSpec.h"
#include "aten/TypePromotion.h"
#include "aten/core/Tensor.h"

namespace at {

TensorIterator::TensorIterator(
    const IteratorFlags& flags,
    const TensorBase* out,
    std::initializer_list<OperandRef> inputs)
    : flags_(flags) {
  if (out) {
    Operand& op = operands_.emplace_back();
    op.impl = out->unsafe_impl();
    op.is_output = true;
    num_outputs_ = 1;
  }
  for (const OperandRef& input : inputs) {
    Operand& op = operands_.emplace_back();
    op.impl = input.tensor;
    op.scalar = input.number;
    op.is_number = input.number != nullptr;
  }
  build();
}

TensorIterator::TensorIterator(const TensorIteratorConfig& config)
    : shape_(config.shape_),
      flags_(config.flags_),
      static_shape_(config.has_shape_) {
  for (const TensorIteratorConfig::Entry& entry : config.entries_) {
    Operand& op = operands_.emplace_back();
    op.impl = entry.tensor;
    op.scalar = entry.number;
    op.is_number = entry.number != nullptr;
    op.is_output = entry.is_output;
    op.is_fixed = entry.is_fixed;
    num_outputs_ += entry.is_output;
  }
  build();
}

void TensorIterator::build() {
  if (C10_LIKELY(build_fast())) {
    return;
  }
  check_overlap();
  compute_shape();
  compute_device();
  compute_types();
  compute_strides();
  reorder_dimensions();
  allocate_outputs();
  coalesce_dimensions();
  finish();
}

// ------------------------------------------------------------- fast path

// Same dtype, same shape, same dense strides: one flat loop and an output
// like the inputs. False where anything else is needed; nothing but operand
// fields that the other stages overwrite has then been changed.
bool TensorIterator::build_fast() {
  const TensorImpl* model = nullptr;
  int number_category = -1;
  if (flags_.is_reduction || static_shape_ ||
      flags_.enforce_linear_iteration) {
    return false;
  }
  for (const Operand& op : operands_) {
    if (op.is_number) {
      number_category =
          std::max(number_category, type_category(op.scalar->type()));
    } else if (op.impl == nullptr) {
      continue;
    } else if (op.is_fixed || op.impl->is_conj() || op.impl->is_neg()) {
      return false;
    } else if (model == nullptr) {
      if (!op.impl->is_non_overlapping_and_dense()) {
        return false;
      }
      model = op.impl;
    } else if (op.impl != model) {
      const TensorImpl& t = *op.impl;
      if (t.dtype() != model->dtype() || t.device() != model->device() ||
          t.sizes() != model->sizes() ||
          (!(t.is_contiguous() && model->is_contiguous()) &&
           t.strides() != model->strides())) {
        return false;
      }
      if (t.storage() == model->storage() &&
          t.storage_offset() != model->storage_offset()) {
        return false; // let check_overlap() decide
      }
    }
  }
  if (model == nullptr) {
    return false;
  }
  const ScalarType dtype = model->dtype();
  const bool has_output = num_outputs_ && operands_[0].impl;
  const bool other_output_dtype =
      flags_.output_dtype != ScalarType::Undefined &&
      flags_.output_dtype != dtype;
  if (number_category > type_category(dtype) ||
      (flags_.promote_integer_inputs_to_float && type_category(dtype) < 2) ||
      (has_output && other_output_dtype) || num_outputs_ > 1 ||
      (flags_.exact_numbers && !numbers_fit(dtype))) {
    return false;
  }
  common_dtype_ = dtype;
  device_ = model->device();
  numel_ = model->numel();
  flat_ = true;
  shape_.push_back(numel_);
  for (Operand& op : operands_) {
    if (op.is_number) {
      store_number(op, *op.scalar);
      op.strides.push_back(0);
      continue;
    }
    if (op.impl == nullptr) {
      const ScalarType out_dtype =
          other_output_dtype ? flags_.output_dtype : dtype;
      op.owner = (model->is_contiguous()
                      ? detail::empty(model->sizes(), out_dtype, device_)
                      : detail::empty_strided(
                            model->sizes(),
                            model->strides(),
                            out_dtype,
                            device_))
                     .impl();
      op.impl = op.owner.get();
    }
    op.dtype = op.impl->dtype();
    op.data = static_cast<char*>(op.impl->data());
    op.strides.push_back(static_cast<int64_t>(op.impl->itemsize()));
  }
  return true;
}

// ----------------------------------------------------------------- checks

void TensorIterator::check_overlap() const {
  for (int o = 0; o < num_outputs_; ++o) {
    const TensorImpl* out = operands_[o].impl;
    if (out == nullptr) {
      continue;
    }
    if (flags_.check_mem_overlap) {
      assert_no_internal_overlap(*out);
      for (int i = num_outputs_; i < ntensors(); ++i) {
        const TensorImpl* in = operands_[i].impl;
        if (in != nullptr && in != out) {
          assert_no_partial_overlap(*out, *in);
        }
      }
    }
  }
}

// -------------------------------------------------------------- broadcast

void TensorIterator::compute_shape() {
  for (int o = 0; o < num_outputs_; ++o) {
    for (int i = num_outputs_; i < ntensors(); ++i) {
      operands_[o].is_read_write |= operands_[o].impl != nullptr &&
          operands_[o].impl == operands_[i].impl;
    }
  }
  bool first = !static_shape_;
  for (const Operand& op : operands_) {
    if (op.impl == nullptr || static_shape_ ||
        (op.is_output && flags_.resize_outputs && !op.is_read_write)) {
      continue;
    }
    const IntArrayRef sizes = op.impl->sizes();
    if (first) {
      shape_ = Dims(sizes);
      first = false;
    } else if (sizes != IntArrayRef(shape_)) {
      shape_ = Dims(infer_size(shape_, sizes));
    }
  }
  if (first && num_outputs_ && operands_[0].impl) {
    shape_ = Dims(operands_[0].impl->sizes()); // nothing but outputs
  }
  for (int o = 0; o < num_outputs_; ++o) {
    Operand& op = operands_[o];
    if (op.impl == nullptr || op.impl->sizes() == IntArrayRef(shape_)) {
      continue;
    }
    if (flags_.resize_outputs && !op.is_read_write) {
      op.will_resize = true;
      continue;
    }
    TORCH_CHECK(
        flags_.is_reduction,
        "output with shape ",
        op.impl->sizes(),
        " doesn't match the broadcast shape ",
        shape_);
  }
}

// ----------------------------------------------------------------- promote

void TensorIterator::compute_device() {
  const TensorImpl* first = nullptr;
  for (const Operand& op : operands_) {
    const bool counts =
        op.impl != nullptr && (!op.is_output || ninputs() == 0);
    // A 0-d CPU tensor follows the others.
    if (counts &&
        (first == nullptr ||
         (first->device().is_cpu() && first->dim() == 0 &&
          flags_.allow_cpu_scalars))) {
      first = op.impl;
    }
  }
  device_ = first != nullptr ? first->device() : device_;
  if (!flags_.check_all_same_device) {
    return;
  }
  for (const Operand& op : operands_) {
    if (op.impl == nullptr || op.impl->device() == device_) {
      continue;
    }
    const Device other = op.impl->device();
    if (flags_.allow_cpu_scalars && !op.is_output && op.impl->dim() == 0 &&
        other.is_cpu()) {
      continue;
    }
    TORCH_CHECK(
        !device_.is_meta() && !other.is_meta(),
        "Tensor on device ",
        other,
        " is not on the expected device ",
        device_,
        "!");
    TORCH_CHECK(
        false,
        "Expected all tensors to be on the same device, but found at least "
        "two devices, ",
        device_,
        " and ",
        other,
        "!");
  }
}

void TensorIterator::compute_types() {
  ResultTypeState state;
  bool same = true;
  ScalarType first = ScalarType::Undefined;
  ScalarType first_input = ScalarType::Undefined;
  for (const Operand& op : operands_) {
    if (op.is_number) {
      state.add(*op.scalar);
      continue;
    }
    if (op.impl == nullptr || op.is_fixed) {
      continue;
    }
    if (op.is_output && flags_.output_dtype != ScalarType::Undefined) {
      continue;
    }
    // Without promotion an output stands in where there are no inputs.
    if (!op.is_output) {
      state.add(*op.impl);
      if (first_input == ScalarType::Undefined) {
        first_input = op.impl->dtype();
      }
    }
    if (first == ScalarType::Undefined) {
      first = op.impl->dtype();
    }
    same &= op.impl->dtype() == first;
  }
  // Where dtypes may not differ, the first input says which one is meant.
  const bool strict =
      flags_.check_all_same_dtype && !flags_.promote_inputs_to_common_dtype;
  const ScalarType inputs_dtype =
      strict && first_input != ScalarType::Undefined ? first_input
                                                     : state.result();
  common_dtype_ =
      inputs_dtype == ScalarType::Undefined ? first : inputs_dtype;
  if (flags_.exact_numbers && !numbers_fit(common_dtype_)) {
    common_dtype_ = ScalarType::Long;
  }
  if (flags_.promote_integer_inputs_to_float &&
      c10::is_integral_type(common_dtype_, /*include_bool=*/true)) {
    common_dtype_ = c10::get_default_dtype();
  }
  const ScalarType output_dtype =
      flags_.output_dtype == ScalarType::Undefined ? common_dtype_
                                                   : flags_.output_dtype;
  for (Operand& op : operands_) {
    if (op.is_number) {
      store_number(op, *op.scalar);
      continue;
    }
    if (op.impl == nullptr) {
      op.dtype = output_dtype;
      continue;
    }
    op.dtype = op.impl->dtype();
    if (op.is_output && flags_.enforce_safe_casting_to_output) {
      TORCH_CHECK(
          c10::can_cast(common_dtype_, op.dtype),
          "result type ",
          common_dtype_,
          " can't be cast to the desired output type ",
          op.dtype);
    }
    if (flags_.check_all_same_dtype &&
        !flags_.promote_inputs_to_common_dtype && !op.is_fixed &&
        op.dtype != (op.is_output ? output_dtype : common_dtype_)) {
      TORCH_CHECK(
          false,
          "Found dtype ",
          op.dtype,
          " but expected ",
          op.is_output ? output_dtype : common_dtype_);
    }
  }
  for (Operand& op : operands_) {
    if (op.impl == nullptr) {
      continue;
    }
    const bool casts = op.is_output ? flags_.cast_common_dtype_to_outputs
                                    : flags_.promote_inputs_to_common_dtype &&
            !op.is_fixed;
    const ScalarType wanted = !casts ? op.dtype
        : op.is_output               ? output_dtype
                                     : common_dtype_;
    if (device_.is_cpu() || op.impl->is_conj() || op.impl->is_neg() ||
        (op.impl->device() != device_)) {
      cast_operand(op, wanted);
    }
  }
}

// False where a number is an integer that the integral type t cannot hold.
bool TensorIterator::numbers_fit(ScalarType t) const {
  if (!c10::is_integral_type(t, /*include_bool=*/false)) {
    return true;
  }
  const int bits = static_cast<int>(c10::element_size(t)) * 8;
  for (const Operand& op : operands_) {
    if (!op.is_number || !op.scalar->is_integral(false) || bits == 64) {
      continue;
    }
    const int64_t value = op.scalar->to_long();
    const bool is_signed = c10::is_signed_type(t);
    const int64_t top = int64_t(1) << (is_signed ? bits - 1 : bits);
    if (value >= top || value < (is_signed ? -top : 0)) {
      return false;
    }
  }
  return true;
}

namespace {

Scalar read_number(const TensorImpl& t) {
  return dispatch_every_type(t.dtype(), "item", [&](auto type) {
    using T = decltype(type);
    const T value = *static_cast<const T*>(t.data());
    if constexpr (c10::is_complex<T>::value) {
      return Scalar(t.is_conj() ? T(value.real(), -value.imag()) : value);
    } else {
      return Scalar(value);
    }
  });
}

} // namespace

// Gives the loops an operand of the wanted dtype: a number where the tensor
// is 0-d, else a converted copy. Conjugate and negative bits are resolved.
void TensorIterator::cast_operand(Operand& op, ScalarType dtype) {
  const bool lazy = op.impl->is_conj() || op.impl->is_neg();
  const bool elsewhere = op.impl->device() != device_;
  if (op.impl->dtype() == dtype && !lazy && !elsewhere) {
    return;
  }
  if (!op.is_output && !op.is_fixed && op.impl->dim() == 0 &&
      op.impl->device().is_cpu() && !op.impl->is_neg()) {
    const Scalar value = read_number(*op.impl);
    op.impl = nullptr;
    op.is_number = true;
    store_number(op, value);
    return;
  }
  TensorBase original(c10::intrusive_ptr<TensorImpl>::retain_ptr(op.impl));
  TensorBase copy = op.will_resize
      ? detail::empty(shape_, dtype, device_)
      : detail::empty_strided(
            original.sizes(),
            detail::preserved_strides(original),
            dtype,
            device_);
  if (op.is_output) {
    if (op.will_resize) {
      detail::resize_output_(*op.impl, shape_);
      op.will_resize = false;
    }
    op.original = op.impl;
    casts_outputs_ = true;
  } else {
    detail::copy_(copy, original);
  }
  op.owner = std::move(copy).take_impl();
  op.impl = op.owner.get();
  op.dtype = dtype;
}

// The value in the form the loops read: opmath_type of the common dtype, so
// that a number meets Half and BFloat16 unrounded.
void TensorIterator::store_number(Operand& op, const Scalar& value) {
  dispatch_every_type(common_dtype_, "number", [&](auto type) {
    using T = opmath_type<decltype(type)>;
    const T converted = value.to_unchecked<T>();
    __builtin_memcpy(op.value, &converted, sizeof converted);
    op.dtype = c10::CppTypeToScalarType<T>::value;
  });
  op.data = op.value;
}

// ----------------------------------------------------------------- reorder

void TensorIterator::compute_strides() {
  const size_t n = shape_.size();
  for (Operand& op : operands_) {
    op.strides.resize(n, 0);
    if (op.impl == nullptr || op.will_resize) {
      continue;
    }
    const IntArrayRef sizes = op.impl->sizes();
    const IntArrayRef strides = op.impl->strides();
    const auto itemsize = static_cast<int64_t>(op.impl->itemsize());
    const size_t offset = n - sizes.size();
    for (size_t i = 0; i < sizes.size(); ++i) {
      const bool expanded = sizes[i] == 1 && shape_[offset + i] != 1;
      op.strides[offset + i] = expanded ? 0 : strides[i] * itemsize;
    }
  }
}

// Positive: dim0 should come after dim1 (inner dimensions come first).
// Operands are asked in order; zero strides and ties leave it to the next.
int TensorIterator::should_swap(size_t dim0, size_t dim1) const {
  for (const Operand& op : operands_) {
    if (op.impl == nullptr || op.will_resize) {
      continue;
    }
    const int64_t stride0 = op.strides[dim0];
    const int64_t stride1 = op.strides[dim1];
    // Reduced dimensions go innermost.
    if (flags_.is_reduction && op.is_output &&
        (stride0 == 0) != (stride1 == 0)) {
      return stride1 == 0 ? 1 : -1;
    }
    if (stride0 == 0 || stride1 == 0) {
      continue;
    }
    if (stride0 != stride1) {
      return stride0 < stride1 ? -1 : 1;
    }
    if (shape_[dim0] > shape_[dim1]) {
      return 1;
    }
  }
  return 0;
}

void TensorIterator::reorder_dimensions() {
  const size_t n = shape_.size();
  perm_.resize(n);
  for (size_t i = 0; i < n; ++i) {
    perm_[i] = static_cast<int64_t>(n - 1 - i);
  }
  if (!flags_.enforce_linear_iteration) {
    // Insertion sort: the order is not transitive where it is undecided.
    for (size_t i = 1; i < n; ++i) {
      size_t at = i;
      for (size_t j = i; j-- > 0;) {
        const int order = should_swap(perm_[j], perm_[at]);
        if (order > 0) {
          std::swap(perm_[j], perm_[at]);
          at = j;
        } else if (order < 0) {
          break;
        }
      }
    }
  }
  auto permute = [&](Dims& dims) {
    const Dims old = dims;
    for (size_t i = 0; i < n; ++i) {
      dims[i] = old[perm_[i]];
    }
  };
  permute(shape_);
  for (Operand& op : operands_) {
    permute(op.strides);
  }
}

// ---------------------------------------------------------------- allocate

void TensorIterator::allocate_outputs() {
  const size_t n = shape_.size();
  for (int o = 0; o < num_outputs_; ++o) {
    Operand& op = operands_[o];
    if (op.impl != nullptr && !op.will_resize) {
      continue;
    }
    DimVector sizes(n);
    DimVector strides(n);
    const auto itemsize = static_cast<int64_t>(c10::element_size(op.dtype));
    int64_t step = 1;
    for (size_t i = 0; i < n; ++i) {
      sizes[perm_[i]] = shape_[i];
      strides[perm_[i]] = step;
      op.strides[i] = step * itemsize;
      step *= std::max<int64_t>(shape_[i], 1);
    }
    if (op.will_resize) {
      detail::resize_output_(*op.impl, sizes, strides);
    } else {
      op.owner =
          detail::empty_strided(sizes, strides, op.dtype, device_).impl();
      op.impl = op.owner.get();
    }
  }
}

// ---------------------------------------------------------------- coalesce

bool TensorIterator::can_coalesce(size_t dim0, size_t dim1) const {
  if (shape_[dim0] == 1 || shape_[dim1] == 1) {
    return true;
  }
  for (const Operand& op : operands_) {
    if (shape_[dim0] * op.strides[dim0] != op.strides[dim1]) {
      return false;
    }
  }
  return true;
}

void TensorIterator::coalesce_dimensions() {
  numel_ = 1;
  for (int64_t size : shape_) {
    numel_ *= size;
  }
  if (shape_.size() <= 1) {
    return;
  }
  size_t last = 0;
  for (size_t d = 1; d < shape_.size(); ++d) {
    const bool merge = can_coalesce(last, d);
    // A dimension of one element has no stride of its own.
    const bool replace = !merge || shape_[last] == 1;
    if (merge) {
      shape_[last] *= shape_[d];
    } else {
      shape_[++last] = shape_[d];
    }
    if (replace) {
      for (Operand& op : operands_) {
        op.strides[last] = op.strides[d];
      }
    }
  }
  shape_.resize(last + 1);
  for (Operand& op : operands_) {
    op.strides.resize(last + 1);
  }
}

void TensorIterator::finish() {
  flat_ = shape_.size() <= 1;
  if (shape_.empty()) {
    // One element; loops see one dimension.
    shape_.push_back(1);
    for (Operand& op : operands_) {
      op.strides.push_back(
          op.is_number
              ? 0
              : static_cast<int64_t>(c10::element_size(op.dtype)));
    }
  }
  for (Operand& op : operands_) {
    if (op.is_number) {
      continue;
    }
    op.data = static_cast<char*>(op.impl->data());
    flat_ &= numel_ == 1 ||
        op.strides[0] == static_cast<int64_t>(c10::element_size(op.dtype));
  }
}

// ------------------------------------------------------------------- loops

void TensorIterator::for_each(Loop2d loop, int64_t grain) const {
  if (numel_ == 0 || device_.is_meta()) {
    return;
  }
  if (numel_ <= grain || in_parallel_region()) {
    serial_for_each(loop, 0, numel_);
    return;
  }
  detail::run_parallel(0, numel_, grain, [&](int64_t begin, int64_t end) {
    serial_for_each(loop, begin, end);
  });
}

void TensorIterator::serial_for_each(
    Loop2d loop,
    int64_t begin,
    int64_t end) const {
  const size_t args = operands_.size();
  const size_t n = shape_.size();
  SmallVector<char*, kInlineOperands> base;
  SmallVector<int64_t, 2 * kInlineOperands> strides;
  base.resize(args);
  strides.resize(2 * args);
  for (size_t a = 0; a < args; ++a) {
    base[a] = operands_[a].data;
    strides[a] = operands_[a].strides[0];
    strides[args + a] = n > 1 ? operands_[a].strides[1] : 0;
  }
  if (n == 1) {
    for (size_t a = 0; a < args; ++a) {
      base[a] += begin * strides[a];
    }
    loop(base.data(), strides.data(), end - begin, 1);
    return;
  }
  // index: the coordinates of `begin`
  Dims index(n);
  int64_t rest = begin;
  for (size_t d = 0; d < n; ++d) {
    index[d] = rest % shape_[d];
    rest /= shape_[d];
  }
  SmallVector<char*, 4> data(args);
  for (int64_t at = begin; at < end;) {
    for (size_t a = 0; a < args; ++a) {
      data[a] = base[a];
      for (size_t d = 0; d < n; ++d) {
        data[a] += index[d] * operands_[a].strides[d];
      }
    }
    const int64_t size0 = std::min(shape_[0] - index[0], end - at);
    int64_t size1 = 1;
    if (size0 == shape_[0]) {
      size1 = std::min(shape_[1] - index[1], (end - at) / shape_[0]);
    }
    loop(data.data(), strides.data(), size0, size1);
    at += size0 * size1;
    // Carry: a step covers part of a row or whole rows of one plane.
    index[0] += size0;
    if (index[0] >= shape_[0]) {
      index[0] = 0;
      index[1] += size1;
      for (size_t d = 1; d + 1 < n && index[d] >= shape_[d]; ++d) {
        index[d] = 0;
        ++index[d + 1];
      }
    }
  }
}

void TensorIterator::write_back_outputs() {
  for (int o = 0; o < num_outputs_; ++o) {
    Operand& op = operands_[o];
    if (op.original == nullptr) {
      continue;
    }
    const TensorBase original(
        c10::intrusive_ptr<TensorImpl>::retain_ptr(op.original));
    detail::copy_(original, TensorBase(op.owner));
  }
}

Tensor TensorIterator::output(int arg) const {
  const Operand& op = operands_[arg];
  if (C10_LIKELY(op.original == nullptr && op.owner)) {
    return Tensor(op.owner);
  }
  return Tensor(c10::intrusive_ptr<TensorImpl>::retain_ptr(
      op.original ? op.original : op.impl));
}

} // namespace at

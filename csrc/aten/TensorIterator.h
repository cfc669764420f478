// TensorIterator: lines up the operands of an element-wise operator (or of a
// reduction) so that a kernel is one plain loop. build() promotes dtypes,
// broadcasts, allocates outputs, orders dimensions by stride and merges them.
//
// Entry points: the static builders (one per kind of operator), for the rest
// TensorIteratorConfig; kernels use for_each() or native/cpu/Loops.h.
// Design: docs/design/tensor_iterator.md.
#pragma once

#include <initializer_list>

#include "aten/Parallel.h"
#include "aten/core/TensorBase.h"
#include "c10/core/Scalar.h"
#include "c10/util/FunctionRef.h"
#include "c10/util/SmallVector.h"

namespace at {

class Tensor;
class TensorIterator;

// What a builder accepts as an input: a tensor (borrowed for the iterator's
// life) or a number. A number is never made into a tensor: it takes part in
// promotion as a Python number and is read by the loops as a constant.
struct OperandRef {
  OperandRef(const TensorBase& t) : tensor(t.unsafe_impl()) {}
  OperandRef(const Scalar& s) : number(&s) {}
  TensorImpl* tensor = nullptr;
  const Scalar* number = nullptr;
};

struct IteratorFlags {
  // Inputs are converted to their common dtype (CPU: through a copy).
  bool promote_inputs_to_common_dtype = false;
  // An integral common dtype becomes the default dtype.
  bool promote_integer_inputs_to_float = false;
  // A given output of another dtype is written through a copy.
  bool cast_common_dtype_to_outputs = false;
  // "result type Float can't be cast to the desired output type Long"
  bool enforce_safe_casting_to_output = false;
  // Without promotion: "Found dtype Long but expected Float"
  bool check_all_same_dtype = true;
  // False: the operands may lie on any devices (copies).
  bool check_all_same_device = true;
  // A 0-d CPU tensor may join tensors of another device.
  bool allow_cpu_scalars = false;
  bool resize_outputs = true;
  bool check_mem_overlap = true;
  // Outputs have stride 0 in the reduced dimensions.
  bool is_reduction = false;
  // Keeps the order of dimensions: the first is then the outermost.
  bool enforce_linear_iteration = false;
  // An integer that the common dtype cannot hold widens it to Long.
  bool exact_numbers = false;
  // Dtype of the outputs where it is not the common one.
  ScalarType output_dtype = ScalarType::Undefined;
};

// For operators the static builders do not cover. Tensors are borrowed.
class C10_API TensorIteratorConfig {
 public:
  // An undefined output is allocated.
  TensorIteratorConfig& add_output(const TensorBase& t);
  TensorIteratorConfig& add_input(const TensorBase& t);
  TensorIteratorConfig& add_input(const Scalar& s);
  TensorIteratorConfig& add_const_input(const TensorBase& t) {
    return add_input(t);
  }
  // Keeps its dtype and does not take part in promotion: masks, indices.
  TensorIteratorConfig& add_fixed_input(const TensorBase& t);
  // The iteration shape, instead of the broadcast one.
  TensorIteratorConfig& declare_static_shape(IntArrayRef shape);
  // Dtype of allocated outputs.
  TensorIteratorConfig& declare_static_dtype(ScalarType t) {
    flags_.output_dtype = t;
    return *this;
  }

#define AT_ITERATOR_SETTER_(name)             \
  TensorIteratorConfig& name(bool value) {    \
    flags_.name = value;                      \
    return *this;                             \
  }
  AT_ITERATOR_SETTER_(promote_inputs_to_common_dtype)
  AT_ITERATOR_SETTER_(promote_integer_inputs_to_float)
  AT_ITERATOR_SETTER_(cast_common_dtype_to_outputs)
  AT_ITERATOR_SETTER_(enforce_safe_casting_to_output)
  AT_ITERATOR_SETTER_(check_all_same_dtype)
  AT_ITERATOR_SETTER_(check_all_same_device)
  AT_ITERATOR_SETTER_(allow_cpu_scalars)
  AT_ITERATOR_SETTER_(resize_outputs)
  AT_ITERATOR_SETTER_(is_reduction)
  AT_ITERATOR_SETTER_(enforce_linear_iteration)
#undef AT_ITERATOR_SETTER_
  TensorIteratorConfig& set_check_mem_overlap(bool value) {
    flags_.check_mem_overlap = value;
    return *this;
  }

  TensorIterator build() const;

 private:
  friend class TensorIterator;
  struct Entry {
    TensorImpl* tensor;
    const Scalar* number;
    bool is_output;
    bool is_fixed;
  };
  SmallVector<Entry, 8> entries_; // outputs first
  IteratorFlags flags_;
  SmallVector<int64_t, 8> shape_;
  bool has_shape_ = false;
};

class C10_API TensorIterator {
 public:
  static constexpr size_t kInlineOperands = 4;
  static constexpr size_t kInlineDims = 8;
  using Dims = SmallVector<int64_t, kInlineDims>;

  // ---- builders: an undefined `out` is allocated
  static TensorIterator unary_op(const TensorBase& out, const TensorBase& self);
  // Integers are computed in the default dtype.
  static TensorIterator unary_float_op(
      const TensorBase& out,
      const TensorBase& self);
  // The result is bool.
  static TensorIterator unary_bool_op(
      const TensorBase& out,
      const TensorBase& self);
  static TensorIterator binary_op(
      const TensorBase& out,
      OperandRef self,
      OperandRef other);
  static TensorIterator binary_float_op(
      const TensorBase& out,
      OperandRef self,
      OperandRef other);
  static TensorIterator comparison_op(
      const TensorBase& out,
      OperandRef self,
      OperandRef other);
  static TensorIterator ternary_op(
      const TensorBase& out,
      OperandRef a,
      OperandRef b,
      OperandRef c);
  // Writes `out` from nothing.
  static TensorIterator nullary_op(const TensorBase& out);
  // out: (..., 1, ...) with the reduced dimensions of size one or already of
  // stride zero; see native/ReduceOps.cpp.
  static TensorIterator reduce_op(const TensorBase& out, const TensorBase& in);

  TensorIterator(const TensorIterator&) = delete;
  TensorIterator& operator=(const TensorIterator&) = delete;

  // ---- geometry, dimension 0 innermost
  int ndim() const { return static_cast<int>(shape_.size()); }
  IntArrayRef shape() const { return shape_; }
  int64_t numel() const { return numel_; }
  int ntensors() const { return static_cast<int>(operands_.size()); }
  int noutputs() const { return num_outputs_; }
  int ninputs() const { return ntensors() - num_outputs_; }
  // Byte strides of an operand; zero for a number.
  IntArrayRef strides(int arg) const { return operands_[arg].strides; }
  void* data_ptr(int arg) const { return operands_[arg].data; }
  // One flat loop over elements that lie side by side in each tensor.
  bool is_contiguous() const { return flat_; }

  // ---- types
  ScalarType common_dtype() const { return common_dtype_; }
  // What the loops see: for a number, opmath_type of the common dtype.
  ScalarType dtype(int arg = 0) const { return operands_[arg].dtype; }
  ScalarType input_dtype(int arg = 0) const {
    return operands_[num_outputs_ + arg].dtype;
  }
  size_t element_size(int arg) const { return c10::element_size(dtype(arg)); }
  Device device() const { return device_; }
  c10::DeviceType device_type() const { return device_.type(); }
  bool is_number(int arg) const { return operands_[arg].is_number; }
  // The value of a number, of type dtype(arg).
  template <typename T>
  T number(int arg) const {
    T value;
    __builtin_memcpy(&value, operands_[arg].value, sizeof value);
    return value;
  }

  // ---- tensors
  // The user's own output, or the allocated one.
  Tensor output(int arg = 0) const;
  // What the loops read or write for an operand that is not a number.
  TensorImpl& impl(int arg) const { return *operands_[arg].impl; }

  // ---- loops
  // data: one pointer per operand. strides: ntensors() inner byte strides,
  // then as many outer ones. size0 x size1 elements, inner first.
  using Loop2d = c10::FunctionRef<
      void(char** data, const int64_t* strides, int64_t size0, int64_t size1)>;
  void for_each(Loop2d loop, int64_t grain = kGrainSize) const;
  // Elements [begin, end) of the linear order, on this thread.
  void serial_for_each(Loop2d loop, int64_t begin, int64_t end) const;
  // Writes results computed in the common dtype back to outputs of another.
  // Kernels call it once at their end; Loops.h does so.
  void cast_outputs() {
    if (C10_UNLIKELY(casts_outputs_)) {
      write_back_outputs();
    }
  }

 private:
  friend class TensorIteratorConfig;

  struct Operand {
    // User-provided: value-initialisation would zero the inline arrays.
    Operand() {}

    // The tensor that is read or written; null for a number or before an
    // output is allocated. Borrowed unless `owner` holds it.
    TensorImpl* impl = nullptr;
    c10::intrusive_ptr<TensorImpl> owner;
    // The user's tensor where `impl` is a converted copy.
    TensorImpl* original = nullptr;
    char* data = nullptr;
    Dims strides; // bytes
    const Scalar* scalar = nullptr;
    ScalarType dtype = ScalarType::Undefined;
    bool is_output = false;
    bool is_fixed = false;
    bool is_number = false;
    bool is_read_write = false;
    bool will_resize = false;
    alignas(16) char value[16];
  };

  TensorIterator(
      const IteratorFlags& flags,
      const TensorBase* out,
      std::initializer_list<OperandRef> inputs);
  explicit TensorIterator(const TensorIteratorConfig& config);

  void build();
  bool build_fast();
  void check_overlap() const;
  void compute_shape();
  void compute_device();
  void compute_types();
  void cast_operand(Operand& op, ScalarType dtype);
  void compute_strides();
  void reorder_dimensions();
  int should_swap(size_t dim0, size_t dim1) const;
  void allocate_outputs();
  void coalesce_dimensions();
  bool can_coalesce(size_t dim0, size_t dim1) const;
  void finish();
  void store_number(Operand& op, const Scalar& value);
  void write_back_outputs();
  bool numbers_fit(ScalarType t) const;

  SmallVector<Operand, kInlineOperands> operands_;
  Dims shape_;
  // perm_[i]: which dimension of the tensors dimension i of the loop is.
  Dims perm_;
  int64_t numel_ = 0;
  const IteratorFlags flags_;
  int num_outputs_ = 0;
  ScalarType common_dtype_ = ScalarType::Undefined;
  Device device_;
  bool flat_ = false;
  bool casts_outputs_ = false;
  bool static_shape_ = false;
};

} // namespace at

// TensorImpl: what a tensor is. One plain struct: a storage, how to walk it
// (dtype, sizes, strides, offset), and three opaque links upward (view base,
// autograd block, Python object).
//
// Read first: c10/util/intrusive_ptr.h, StorageImpl.h. Users hold it through
// TensorBase or Tensor.
#pragma once

#include "aten/core/Hooks.h"
#include "aten/core/StorageImpl.h"
#include "c10/core/DispatchKeySet.h"
#include "c10/core/Layout.h"
#include "c10/core/ScalarType.h"
#include "c10/core/TensorOptions.h"
#include "c10/core/ThreadLocalState.h"
#include "c10/util/ArrayRef.h"

namespace c10 {

// Sizes and strides, inline up to five dimensions.
class SizesAndStrides {
 public:
  static constexpr size_t kInline = 5;

  SizesAndStrides() = default;
  SizesAndStrides(const SizesAndStrides& o) { set(o.sizes(), o.strides()); }
  SizesAndStrides& operator=(const SizesAndStrides& o) {
    set(o.sizes(), o.strides());
    return *this;
  }
  ~SizesAndStrides() { free_heap(); }

  size_t dim() const { return dim_; }
  IntArrayRef sizes() const { return {sizes_data(), dim_}; }
  IntArrayRef strides() const { return {sizes_data() + capacity(), dim_}; }
  int64_t* sizes_data() { return on_heap() ? heap_ : inline_; }
  const int64_t* sizes_data() const { return on_heap() ? heap_ : inline_; }
  int64_t* strides_data() { return sizes_data() + capacity(); }

  // Makes room for n dimensions; the contents are then unspecified.
  void resize(size_t n) {
    if (C10_UNLIKELY(n > kInline || on_heap())) {
      free_heap();
      if (n > kInline) {
        heap_ = new int64_t[2 * n];
      }
    }
    dim_ = n;
  }
  void set(IntArrayRef sizes, IntArrayRef strides);

 private:
  bool on_heap() const { return dim_ > kInline; }
  size_t capacity() const { return on_heap() ? dim_ : kInline; }
  void free_heap() {
    if (on_heap()) {
      delete[] heap_;
      dim_ = 0;
    }
  }

  size_t dim_ = 0;
  union {
    int64_t inline_[2 * kInline];
    int64_t* heap_;
  };
};

// How a view came about; decides whether it may be written in place.
enum class CreationMeta : uint8_t {
  Default,
  NoGradMode, // made under no_grad()
  InferenceMode,
  MultiOutputNode, // one of several views made by unbind, split, chunk
  CustomFunction, // made inside a custom autograd Function
};

struct AutogradMeta; // csrc/autograd/AutogradMeta.h

struct VersionCounter final : intrusive_ptr_target {
  explicit VersionCounter(uint32_t start) : count(start) {}
  std::atomic<uint32_t> count;
};

class C10_API TensorImpl : public intrusive_ptr_target,
                           public FreeListed<TensorImpl> {
 public:
  // A tensor of no elements, shape (0,), on `storage`.
  TensorImpl(Storage storage, ScalarType dtype, Device device);
  ~TensorImpl() override {
    if (C10_UNLIKELY(autograd_meta_ != nullptr || pyobj_ != nullptr)) {
      release_links();
    }
  }

  // ---- geometry
  int64_t dim() const { return static_cast<int64_t>(geometry_.dim()); }
  int64_t numel() const { return numel_; }
  IntArrayRef sizes() const { return geometry_.sizes(); }
  IntArrayRef strides() const { return geometry_.strides(); }
  int64_t storage_offset() const { return storage_offset_; }
  // Row-major without gaps.
  bool is_contiguous() const { return contiguous_; }
  bool is_contiguous(MemoryFormat format) const;
  // Some permutation of its dimensions is row-major without gaps.
  bool is_non_overlapping_and_dense() const { return dense_; }

  // Row-major strides.
  void set_sizes_contiguous(IntArrayRef sizes);
  void set_sizes_and_strides(IntArrayRef sizes, IntArrayRef strides);
  void set_storage_offset(int64_t offset) { storage_offset_ = offset; }

  // ---- data
  ScalarType dtype() const { return dtype_; }
  size_t itemsize() const { return element_size(dtype_); }
  Device device() const { return Device(device_type_, device_index_); }
  DeviceType device_type() const { return device_type_; }
  const Storage& storage() const { return storage_; }
  bool has_storage() const { return storage_.defined(); }
  void* data() const {
    char* base = static_cast<char*>(storage_->data());
    return base ? base + storage_offset_ * static_cast<int64_t>(itemsize())
                : nullptr;
  }
  void set_storage(Storage storage) { storage_ = std::move(storage); }
  void set_dtype(ScalarType dtype) { dtype_ = dtype; }
  // Keys, device, dtype, storage and geometry of `other`; autograd, view
  // and Python links stay (this is `x.data = y`).
  void shallow_copy_from(const TensorImpl& other);
  // A new impl on the same storage with the same geometry, without links.
  intrusive_ptr<TensorImpl> shallow_copy() const;

  // ---- dispatch
  // A view counts as requiring grad when its base has come to do so.
  DispatchKeySet key_set() const {
    return C10_UNLIKELY(view_base_.defined()) ? key_set_ | base_autograd_bit()
                                               : key_set_;
  }
  void add_key(DispatchKey key) { key_set_ = key_set_ | key; }
  void remove_key(DispatchKey key) { key_set_ = key_set_ - key; }
  DispatchKeySet own_key_set() const { return key_set_; }

  // ---- version, see Note [Version counter in the storage]
  uint32_t version() const {
    return C10_UNLIKELY(private_version_.defined()) ? private_version_->count.load()
        : storage_                                   ? storage_->version()
                                                     : 0;
  }
  void bump_version() {
    if (C10_UNLIKELY(inference_)) {
      check_inference_write();
    } else if (C10_UNLIKELY(private_version_.defined())) {
      ++private_version_->count;
    } else if (storage_) {
      storage_->bump_version();
    }
  }
  void set_private_version(uint32_t version) {
    private_version_ = make_intrusive<VersionCounter>(version);
  }
  // An alias of a tensor with a private version counts with it.
  void share_private_version(const TensorImpl& source) {
    private_version_ = source.private_version_;
  }

  // ---- links upward
  // The root of a differentiable view: never itself a view. Null otherwise.
  const intrusive_ptr<TensorImpl>& view_base() const { return view_base_; }
  void set_view_base(intrusive_ptr<TensorImpl> base, CreationMeta meta) {
    view_base_ = std::move(base);
    creation_meta_ = meta;
    attr_version_ = version();
  }
  // Of a view: the version of its memory for which its grad_fn holds.
  uint32_t attr_version() const { return attr_version_; }
  void set_attr_version(uint32_t version) { attr_version_ = version; }
  CreationMeta creation_meta() const { return creation_meta_; }
  void set_creation_meta(CreationMeta meta) { creation_meta_ = meta; }
  AutogradMeta* autograd_meta() const { return autograd_meta_; }
  // Takes ownership; freed through AutogradMetaHooks.
  void set_autograd_meta(AutogradMeta* meta) { autograd_meta_ = meta; }
  PyObject* pyobj() const { return pyobj_; }
  void set_pyobj(PyObject* object) { pyobj_ = object; }
  // See Note [Python object identity] in api/python/Tensor.cpp.
  bool owns_pyobj() const { return owns_pyobj_; }
  void set_owns_pyobj(bool owns) { owns_pyobj_ = owns; }

  // ---- flags
  // A Python number that had to become a 0-d tensor: yields in promotion.
  bool is_wrapped_number() const { return wrapped_number_; }
  void set_wrapped_number(bool b) { wrapped_number_ = b; }
  // Made in inference mode: has no version, may not be saved for backward,
  // and outside that mode may not be written.
  bool is_inference() const { return inference_; }
  void set_inference(bool b) { inference_ = b; }
  bool is_conj() const { return conj_; }
  void set_conj(bool b) { conj_ = b; }
  bool is_neg() const { return neg_; }
  void set_neg(bool b) { neg_ = b; }

 protected:
  void release_resources() override;

 private:
  DispatchKeySet base_autograd_bit() const {
    return view_base_->key_set_ & DispatchKey::Autograd;
  }
  void refresh_contiguity();
  C10_NOINLINE void check_inference_write() const;
  C10_NOINLINE void release_links();

  DispatchKeySet key_set_;
  ScalarType dtype_;
  DeviceType device_type_;
  DeviceIndex device_index_;
  CreationMeta creation_meta_ = CreationMeta::Default;
  bool contiguous_ : 1;
  bool dense_ : 1;
  bool wrapped_number_ : 1;
  bool inference_ : 1;
  bool owns_pyobj_ : 1;
  bool conj_ : 1;
  bool neg_ : 1;
  uint32_t attr_version_ = 0;
  Storage storage_;
  int64_t numel_ = 0;
  int64_t storage_offset_ = 0;
  SizesAndStrides geometry_;
  intrusive_ptr<TensorImpl> view_base_;
  AutogradMeta* autograd_meta_ = nullptr;
  PyObject* pyobj_ = nullptr;
  intrusive_ptr<VersionCounter> private_version_;
};
static_assert(sizeof(TensorImpl) <= 192, "TensorImpl is made on every call");

} // namespace c10

namespace at {
using c10::CreationMeta;
using c10::TensorImpl;
} // namespace at

// TensorBase: a reference to a TensorImpl with everything that needs no
// operator. Kernels, TensorIterator and autograd's core see only this; code
// that calls operators includes Tensor.h.
//
// A default-made TensorBase is undefined: it stands for None in C++.
#pragma once

#include "aten/core/TensorImpl.h"
#include "c10/util/Exception.h"

namespace at {

class C10_API TensorBase {
 public:
  TensorBase() = default;
  explicit TensorBase(c10::intrusive_ptr<TensorImpl> impl)
      : impl_(std::move(impl)) {}

  bool defined() const { return impl_.defined(); }
  void reset() { impl_.reset(); }
  TensorImpl* unsafe_impl() const { return impl_.get(); }
  const c10::intrusive_ptr<TensorImpl>& impl() const { return impl_; }
  c10::intrusive_ptr<TensorImpl> take_impl() && { return std::move(impl_); }
  bool is_same(const TensorBase& other) const { return impl_ == other.impl_; }
  uint32_t use_count() const { return impl_.use_count(); }

  int64_t dim() const { return impl_->dim(); }
  int64_t ndimension() const { return dim(); }
  IntArrayRef sizes() const { return impl_->sizes(); }
  IntArrayRef strides() const { return impl_->strides(); }
  // Negative dims count from the end; IndexError outside the range.
  int64_t size(int64_t dim) const { return sizes()[wrap(dim)]; }
  int64_t stride(int64_t dim) const { return strides()[wrap(dim)]; }
  int64_t numel() const { return impl_->numel(); }
  int64_t storage_offset() const { return impl_->storage_offset(); }
  bool is_contiguous(
      c10::MemoryFormat format = c10::MemoryFormat::Contiguous) const {
    return format == c10::MemoryFormat::Contiguous
        ? impl_->is_contiguous()
        : impl_->is_contiguous(format);
  }
  bool is_non_overlapping_and_dense() const {
    return impl_->is_non_overlapping_and_dense();
  }
  // ChannelsLast where the strides say so, else Contiguous.
  c10::MemoryFormat suggest_memory_format() const;

  ScalarType scalar_type() const { return impl_->dtype(); }
  ScalarType dtype() const { return impl_->dtype(); }
  size_t itemsize() const { return impl_->itemsize(); }
  size_t nbytes() const { return impl_->itemsize() * impl_->numel(); }
  Device device() const { return impl_->device(); }
  c10::DeviceType device_type() const { return impl_->device_type(); }
  bool is_cpu() const { return device_type() == c10::DeviceType::CPU; }
  bool is_cuda() const { return device_type() == c10::DeviceType::CUDA; }
  bool is_meta() const { return device_type() == c10::DeviceType::Meta; }
  TensorOptions options() const {
    return TensorOptions(scalar_type()).device(device());
  }
  bool is_floating_point() const {
    return c10::is_floating_type(scalar_type());
  }
  bool is_complex() const { return c10::is_complex_type(scalar_type()); }

  const Storage& storage() const { return impl_->storage(); }
  bool has_storage() const { return impl_->has_storage(); }
  // The first element; null where there is none.
  void* data_ptr() const { return impl_->data(); }
  template <typename T>
  T* data_ptr() const {
    TORCH_CHECK(
        scalar_type() == c10::CppTypeToScalarType<T>::value,
        "expected scalar type ",
        c10::CppTypeToScalarType<T>::value,
        " but found ",
        scalar_type());
    return static_cast<T*>(impl_->data());
  }
  bool is_alias_of(const TensorBase& other) const {
    return storage() == other.storage();
  }
  uint32_t _version() const {
    TORCH_CHECK(
        !impl_->is_inference(),
        "Inference tensors do not track version counter.");
    return impl_->version();
  }

  c10::DispatchKeySet key_set() const { return impl_->key_set(); }
  bool requires_grad() const {
    return key_set().has(c10::DispatchKey::Autograd);
  }

 private:
  size_t wrap(int64_t dim) const;

  c10::intrusive_ptr<TensorImpl> impl_;
};

// dim in [-ndim, ndim) -> [0, ndim). A 0-d tensor accepts -1 and 0. Throws
// PyTorch's IndexError.
C10_API int64_t maybe_wrap_dim(int64_t dim, int64_t ndim);

} // namespace at

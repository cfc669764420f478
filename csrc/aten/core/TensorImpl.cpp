#include "aten/core/TensorImpl.h"

#include <algorithm>

#include "aten/core/CUDAHooks.h"
#include "c10/util/Exception.h"

namespace c10 {

AutogradMetaHooks autograd_meta_hooks{nullptr};
PyObjectHooks pyobject_hooks{nullptr};

void StorageImpl::resize(size_t nbytes) {
  TORCH_CHECK(resizable(), "Trying to resize storage that is not resizable");
  const at::DeviceGuard guard(device());
  DataPtr fresh = allocator_->allocate(nbytes);
  const size_t kept = std::min(nbytes, nbytes_);
  if (kept && device().is_cpu()) {
    std::memcpy(fresh.get(), data(), kept);
  } else if (kept && device().is_cuda()) {
    at::cuda::cuda_hooks()->copy_bytes(fresh.get(), data(), kept);
  }
  exchange_data(std::move(fresh), nbytes);
}

void SizesAndStrides::set(IntArrayRef sizes, IntArrayRef strides) {
  // The arguments may look into this object.
  const DimVector new_sizes(sizes);
  const DimVector new_strides(strides);
  resize(new_sizes.size());
  std::copy(new_sizes.begin(), new_sizes.end(), sizes_data());
  std::copy(new_strides.begin(), new_strides.end(), strides_data());
}

TensorImpl::TensorImpl(Storage storage, ScalarType dtype, Device device)
    : key_set_(backend_key(device.type())),
      dtype_(dtype),
      device_type_(device.type()),
      device_index_(device.index()),
      contiguous_(true),
      dense_(true),
      wrapped_number_(false),
      inference_(tls_state.inference_mode),
      owns_pyobj_(false),
      conj_(false),
      neg_(false),
      storage_(std::move(storage)) {
  geometry_.resize(1);
  geometry_.sizes_data()[0] = 0;
  geometry_.strides_data()[0] = 1;
}

void TensorImpl::set_sizes_contiguous(IntArrayRef sizes) {
  const size_t n = sizes.size();
  if (sizes.data() != geometry_.sizes_data()) {
    if (C10_UNLIKELY(n > SizesAndStrides::kInline)) {
      const DimVector copy(sizes);
      geometry_.resize(n);
      std::copy(copy.begin(), copy.end(), geometry_.sizes_data());
    } else {
      int64_t copy[SizesAndStrides::kInline];
      std::copy(sizes.begin(), sizes.end(), copy);
      geometry_.resize(n);
      std::copy(copy, copy + n, geometry_.sizes_data());
    }
  }
  int64_t* size = geometry_.sizes_data();
  int64_t* stride = geometry_.strides_data();
  int64_t step = 1;
  int64_t count = 1;
  for (size_t i = n; i-- > 0;) {
    stride[i] = step;
    step *= std::max<int64_t>(size[i], 1);
    count *= size[i];
  }
  numel_ = count;
  contiguous_ = true;
  dense_ = true;
}

void TensorImpl::set_sizes_and_strides(IntArrayRef sizes, IntArrayRef strides) {
  geometry_.set(sizes, strides);
  numel_ = 1;
  for (int64_t size : geometry_.sizes()) {
    numel_ *= size;
  }
  refresh_contiguity();
}

namespace {

// Whether, walked in the order `perm` (innermost first), each stride is the
// product of the sizes before it. Dimensions of one element do not count.
bool packed(IntArrayRef sizes, IntArrayRef strides, const size_t* perm) {
  int64_t expected = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const size_t d = perm[i];
    if (sizes[d] == 1) {
      continue;
    }
    if (strides[d] != expected) {
      return false;
    }
    expected *= sizes[d];
  }
  return true;
}

} // namespace

void TensorImpl::refresh_contiguity() {
  const IntArrayRef size = sizes();
  const IntArrayRef stride = strides();
  SmallVector<size_t, 8> perm(size.size());
  for (size_t i = 0; i < perm.size(); ++i) {
    perm[i] = perm.size() - 1 - i;
  }
  contiguous_ = numel_ == 0 || packed(size, stride, perm.data());
  if (contiguous_) {
    dense_ = true;
    return;
  }
  std::sort(perm.begin(), perm.end(), [&](size_t a, size_t b) {
    // Dimensions of one element go last, where their stride is ignored.
    if ((size[a] == 1) != (size[b] == 1)) {
      return size[b] == 1;
    }
    return stride[a] < stride[b];
  });
  dense_ = packed(size, stride, perm.data());
}

bool TensorImpl::is_contiguous(MemoryFormat format) const {
  if (format == MemoryFormat::Contiguous || format == MemoryFormat::Preserve) {
    return contiguous_;
  }
  static constexpr size_t kOrder2d[] = {1, 3, 2, 0};
  static constexpr size_t kOrder3d[] = {1, 4, 3, 2, 0};
  const bool is_2d = format == MemoryFormat::ChannelsLast;
  return dim() == (is_2d ? 4 : 5) &&
      packed(sizes(), strides(), is_2d ? kOrder2d : kOrder3d);
}

void TensorImpl::shallow_copy_from(const TensorImpl& other) {
  const DispatchKeySet autograd = key_set_ & DispatchKey::Autograd;
  key_set_ = (other.key_set_ - DispatchKey::Autograd) | autograd;
  dtype_ = other.dtype_;
  device_type_ = other.device_type_;
  device_index_ = other.device_index_;
  contiguous_ = other.contiguous_;
  dense_ = other.dense_;
  wrapped_number_ = other.wrapped_number_;
  conj_ = other.conj_;
  neg_ = other.neg_;
  storage_ = other.storage_;
  numel_ = other.numel_;
  storage_offset_ = other.storage_offset_;
  geometry_ = other.geometry_;
}

intrusive_ptr<TensorImpl> TensorImpl::shallow_copy() const {
  auto copy = make_intrusive<TensorImpl>(storage_, dtype_, device());
  copy->shallow_copy_from(*this);
  copy->share_private_version(*this);
  return copy;
}

void TensorImpl::check_inference_write() const {
  TORCH_CHECK(
      tls_state.inference_mode,
      "Inplace update to inference tensor outside InferenceMode is not allowed."
      "You can make a clone to get a normal tensor before doing inplace update."
      "See https://github.com/pytorch/rfcs/pull/17 for more details.");
}

void TensorImpl::release_links() {
  if (autograd_meta_) {
    autograd_meta_hooks.destroy(autograd_meta_);
    autograd_meta_ = nullptr;
  }
  if (pyobj_ && owns_pyobj_) {
    PyObject* object = pyobj_;
    pyobj_ = nullptr;
    owns_pyobj_ = false;
    pyobject_hooks.decref(object);
  }
}

void TensorImpl::release_resources() {
  release_links();
  view_base_.reset();
  storage_.reset();
}

} // namespace c10

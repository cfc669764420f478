// copy_ and what is built on it: to, clone, contiguous, resize_; and the
// views between complex and real.
#include "aten/native/Copy.h"

#include "aten/EmptyTensor.h"
#include "aten/MemoryOverlap.h"
#include "aten/Parallel.h"
#include "aten/core/Tensor.h"
#include "aten/native/View.h"
#include "generated/native/Copy.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryOps.h"

namespace at::detail {

void copy_(const TensorBase& dst, const TensorBase& src) {
  c10::AutoDispatchBelowAutograd below;
  Tensor(dst).copy_(Tensor(src));
}

} // namespace at::detail

namespace at::native {

DEFINE_DISPATCH(copy_stub);
DEFINE_DISPATCH(transpose_copy_stub);
DEFINE_DISPATCH(copy_bytes_stub);

using OptionalFormat = std::optional<c10::MemoryFormat>;

// ------------------------------------------------------------------- copy_

namespace {

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.unsafe_impl()->is_conj() == b.unsafe_impl()->is_conj() &&
      a.unsafe_impl()->is_neg() == b.unsafe_impl()->is_neg();
}

// One run of bytes on both sides.
bool is_plain_memory_copy(const Tensor& self, const Tensor& src) {
  return self.scalar_type() == src.scalar_type() &&
      self.sizes() == src.sizes() && same_bits(self, src) &&
      ((self.is_contiguous() && src.is_contiguous()) ||
       (self.strides() == src.strides() &&
        self.is_non_overlapping_and_dense()));
}

void copy_bytes(char* to, const char* from, size_t nbytes) {
  constexpr int64_t kGrain = 1 << 18;
  at::parallel_for(
      0, static_cast<int64_t>(nbytes), kGrain, [&](int64_t b, int64_t e) {
        std::memcpy(to + b, from + b, static_cast<size_t>(e - b));
      });
}

bool is_transpose_copy(const Tensor& self, const Tensor& src) {
  constexpr int64_t kMinNumel = 60 * 60;
  return self.dim() == 2 && self.is_contiguous() &&
      src.sizes() == self.sizes() && self.numel() >= kMinNumel &&
      src.strides()[0] == 1 && src.strides()[1] >= src.sizes()[0] &&
      self.scalar_type() == src.scalar_type() && same_bits(self, src);
}

// A copy that CUDA has a part in. Bytes cross as they lie; what has another
// dtype or layout is brought into the destination's on its own side first.
bool copy_with_cuda(const Tensor& self, const Tensor& src, bool non_blocking) {
  if (is_plain_memory_copy(self, src)) {
    if (self.nbytes() > 0 && self.data_ptr() != src.data_ptr()) {
      copy_bytes_stub(c10::kCUDA, self, src, non_blocking);
    }
    return true;
  }
  if (self.device() == src.device()) {
    return false;
  }
  const Tensor from =
      at::expand(src.to(self.scalar_type()), self.sizes()).contiguous();
  if (self.is_contiguous()) {
    copy_with_cuda(self, from, non_blocking);
    return true;
  }
  Tensor dense(at::detail::empty(
      self.sizes(), self.scalar_type(), self.device()));
  copy_with_cuda(dense, from, non_blocking);
  Tensor(self).copy_(dense);
  return true;
}

} // namespace

Tensor& copy_(Tensor& self, const Tensor& src, bool non_blocking) {
  TORCH_CHECK(self.defined(), "self is undefined");
  TORCH_CHECK(src.defined(), "src is undefined");
  if (self.is_same(src) || self.is_meta()) {
    return self;
  }
  TORCH_CHECK_NOT_IMPLEMENTED(
      !src.is_meta(), "Cannot copy out of meta tensor; no data!");
  if (self.is_cpu() && src.is_cpu()) {
    if (C10_UNLIKELY(self.is_alias_of(src))) {
      assert_no_partial_overlap(self, src);
    }
    if (is_plain_memory_copy(self, src)) {
      if (self.data_ptr() != src.data_ptr()) {
        copy_bytes(
            static_cast<char*>(self.data_ptr()),
            static_cast<const char*>(src.data_ptr()),
            self.nbytes());
      }
      return self;
    }
    if (is_transpose_copy(self, src)) {
      transpose_copy_stub(c10::kCPU, self, src);
      return self;
    }
  }
  if (self.is_complex() < src.is_complex()) {
    TORCH_WARN(
        "Casting complex values to real discards the imaginary part");
  }
  if ((self.is_cuda() || src.is_cuda()) &&
      copy_with_cuda(self, src, non_blocking)) {
    return self;
  }
  auto iter = TensorIteratorConfig()
                  .add_output(self)
                  .add_input(src)
                  .resize_outputs(false)
                  .check_all_same_dtype(false)
                  .build();
  if (iter.numel() == 0) {
    return self;
  }
  copy_stub(
      src.is_cuda() ? c10::kCUDA : self.device_type(), iter, non_blocking);
  return self;
}

// ---------------------------------------------------------------------- to

Tensor _to_copy(
    const Tensor& self,
    const TensorOptions& options,
    bool non_blocking,
    OptionalFormat memory_format) {
  Tensor result = at::empty_like(
      self,
      self.options().merge(options),
      memory_format.value_or(c10::MemoryFormat::Preserve));
  result.copy_(self, non_blocking);
  return result;
}

static Tensor to_options(
    const Tensor& self,
    ScalarType dtype,
    Device device,
    bool non_blocking,
    bool copy,
    OptionalFormat memory_format) {
  const bool same_device = self.device() == device ||
      (device.type() == self.device_type() && !device.has_index());
  const auto format = memory_format.value_or(c10::MemoryFormat::Preserve);
  if (!copy && same_device && self.scalar_type() == dtype &&
      (format == c10::MemoryFormat::Preserve || self.is_contiguous(format))) {
    return self;
  }
  return at::_to_copy(
      self,
      TensorOptions(dtype).device(same_device ? self.device() : device),
      non_blocking,
      memory_format);
}

Tensor to(
    const Tensor& self,
    std::optional<Device> device,
    std::optional<ScalarType> dtype,
    bool non_blocking,
    bool copy,
    OptionalFormat memory_format) {
  return to_options(
      self,
      dtype.value_or(self.scalar_type()),
      device.value_or(self.device()),
      non_blocking,
      copy,
      memory_format);
}

Tensor to(
    const Tensor& self,
    ScalarType dtype,
    bool non_blocking,
    bool copy,
    OptionalFormat memory_format) {
  return to_options(
      self, dtype, self.device(), non_blocking, copy, memory_format);
}

Tensor to(
    const Tensor& self,
    const Tensor& other,
    bool non_blocking,
    bool copy,
    OptionalFormat memory_format) {
  return to_options(
      self,
      other.scalar_type(),
      other.device(),
      non_blocking,
      copy,
      memory_format);
}

Tensor type_as(const Tensor& self, const Tensor& other) {
  return self.to(other);
}

Tensor clone(const Tensor& self, OptionalFormat memory_format) {
  Tensor result = at::empty_like(self, {}, memory_format);
  result.copy_(self);
  return result;
}

Tensor contiguous(const Tensor& self, c10::MemoryFormat memory_format) {
  TORCH_CHECK(
      memory_format != c10::MemoryFormat::Preserve,
      "preserve memory format is unsupported by the contiguous operator");
  return self.is_contiguous(memory_format) ? self : self.clone(memory_format);
}

// ------------------------------------------------------------------ resize_

Tensor& resize_(
    Tensor& self,
    IntArrayRef size,
    OptionalFormat memory_format) {
  TORCH_CHECK(
      !self.requires_grad(), "cannot resize variables that require grad");
  const auto format = memory_format.value_or(c10::MemoryFormat::Contiguous);
  const auto strides = format == c10::MemoryFormat::Contiguous
      ? at::detail::contiguous_strides(size)
      : at::detail::contiguous_strides(size, format);
  const size_t needed = at::detail::computed_nbytes(
      size, strides, self.itemsize(), self.storage_offset());
  if (needed > self.storage()->nbytes()) {
    self.storage()->resize(needed);
  }
  self.unsafe_impl()->set_sizes_and_strides(size, strides);
  self.unsafe_impl()->bump_version();
  return self;
}

Tensor& resize_as_(
    Tensor& self,
    const Tensor& the_template,
    OptionalFormat memory_format) {
  return self.resize_(the_template.sizes(), memory_format);
}

// ------------------------------------------------------------------ complex

Tensor _conj_physical(const Tensor& self) {
  Tensor result = self.clone();
  if (self.is_complex()) {
    const Tensor imaginary = at::view_as_real(result).select(-1, 1);
    imaginary.copy_(imaginary.neg());
  }
  return result;
}

Tensor conj(const Tensor& self) {
  return self.is_complex() ? at::_conj_physical(self) : self;
}

Tensor resolve_conj(const Tensor& self) { return self; }
Tensor resolve_neg(const Tensor& self) { return self; }

Tensor view_as_real(const Tensor& self) {
  TORCH_CHECK(
      self.is_complex(), "view_as_real is only supported for complex tensors");
  c10::DimVector sizes(self.sizes());
  c10::DimVector strides(self.strides());
  for (int64_t& stride : strides) {
    stride *= 2;
  }
  sizes.push_back(2);
  strides.push_back(1);
  Tensor result =
      make_view(self, sizes, strides, 2 * self.storage_offset());
  result.unsafe_impl()->set_dtype(
      c10::to_real_value_type(self.scalar_type()));
  return result;
}

Tensor view_as_complex(const Tensor& self) {
  TORCH_CHECK(
      self.scalar_type() == kFloat || self.scalar_type() == kDouble ||
          self.scalar_type() == kHalf,
      "view_as_complex is only supported for half, float and double tensors, "
      "but got a tensor of scalar type: ",
      self.scalar_type());
  TORCH_CHECK(
      self.dim() > 0,
      "Input tensor must have one or more dimensions");
  TORCH_CHECK(
      self.size(-1) == 2, "Tensor must have a last dimension of size 2");
  TORCH_CHECK(
      self.stride(-1) == 1, "Tensor must have a last dimension with stride 1");
  TORCH_CHECK(
      self.storage_offset() % 2 == 0,
      "Tensor must have a storage_offset divisible by 2");
  c10::DimVector sizes(self.sizes());
  c10::DimVector strides(self.strides());
  sizes.pop_back();
  strides.pop_back();
  for (int64_t& stride : strides) {
    TORCH_CHECK(
        stride % 2 == 0,
        "Tensor must have a stride divisible by 2 for all but last dimension");
    stride /= 2;
  }
  Tensor result = make_view(self, sizes, strides, self.storage_offset() / 2);
  result.unsafe_impl()->set_dtype(
      c10::to_complex_type(self.scalar_type()));
  return result;
}

Tensor real(const Tensor& self) {
  return self.is_complex() ? at::view_as_real(self).select(-1, 0) : self;
}

Tensor imag(const Tensor& self) {
  TORCH_CHECK(
      self.is_complex(), "imag is not implemented for tensors with non-complex dtypes.");
  return at::view_as_real(self).select(-1, 1);
}

} // namespace at::native

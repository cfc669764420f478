#include "aten/native/View.h"

namespace at::native {

namespace {

// A view of a view inherits what forbids writing it.
CreationMeta creation_meta_of_view(const TensorImpl& source) {
  if (source.creation_meta() != CreationMeta::Default) {
    return source.creation_meta();
  }
  if (c10::tls_state.inference_mode) {
    return CreationMeta::InferenceMode;
  }
  return GradMode::is_enabled() ? CreationMeta::Default
                                : CreationMeta::NoGradMode;
}

} // namespace

Tensor make_view(
    const Tensor& self,
    IntArrayRef sizes,
    IntArrayRef strides,
    int64_t storage_offset) {
  const TensorImpl& source = *self.unsafe_impl();
  auto impl = c10::make_intrusive<TensorImpl>(
      source.storage(), source.dtype(), source.device());
  impl->set_sizes_and_strides(sizes, strides);
  impl->set_storage_offset(storage_offset);
  impl->set_conj(source.is_conj());
  impl->set_neg(source.is_neg());
  impl->set_inference(source.is_inference());
  impl->share_private_version(source);
  if (C10_LIKELY(!source.is_inference())) {
    impl->set_view_base(
        source.view_base() ? source.view_base() : self.impl(),
        creation_meta_of_view(source));
  }
  return Tensor(std::move(impl));
}

Tensor make_detached(const Tensor& self) {
  return Tensor(self.unsafe_impl()->shallow_copy());
}

// Walks the old dimensions from the innermost, cutting them into runs that
// are contiguous in memory; each run must be filled by whole new dimensions.
std::optional<c10::DimVector> compute_view_strides(
    IntArrayRef old_sizes,
    IntArrayRef old_strides,
    IntArrayRef sizes) {
  if (old_sizes.empty()) {
    return c10::DimVector(sizes.size(), 1);
  }
  int64_t numel = 1;
  for (int64_t size : old_sizes) {
    numel *= size;
  }
  if (numel == 0 && old_sizes == sizes) {
    return c10::DimVector(old_strides);
  }
  c10::DimVector strides(sizes.size());
  if (numel == 0) {
    int64_t step = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
      strides[i] = step;
      step *= std::max<int64_t>(sizes[i], 1);
    }
    return strides;
  }
  size_t next = sizes.size(); // new dimensions from here on are placed
  int64_t run = 1; // elements of the current run of old dimensions
  int64_t base = old_strides.back();
  for (size_t d = old_sizes.size(); d-- > 0;) {
    run *= old_sizes[d];
    const bool ends = d == 0 ||
        (old_sizes[d - 1] != 1 && old_strides[d - 1] != run * base);
    if (!ends) {
      continue;
    }
    int64_t filled = 1;
    while (next > 0 && (filled < run || sizes[next - 1] == 1)) {
      --next;
      strides[next] = filled * base;
      filled *= sizes[next];
    }
    if (filled != run) {
      return std::nullopt;
    }
    if (d > 0) {
      base = old_strides[d - 1];
      run = 1;
    }
  }
  if (next != 0) {
    return std::nullopt;
  }
  return strides;
}

c10::DimVector infer_size(IntArrayRef sizes, int64_t numel) {
  c10::DimVector result(sizes);
  int64_t known = 1;
  int64_t open = -1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      TORCH_CHECK(open < 0, "only one dimension can be inferred");
      open = static_cast<int64_t>(i);
    } else {
      TORCH_CHECK(sizes[i] >= 0, "invalid shape dimension ", sizes[i]);
      known *= sizes[i];
    }
  }
  const bool fits = numel == known ||
      (open >= 0 && known > 0 && numel % known == 0);
  TORCH_CHECK(
      fits, "shape '", sizes, "' is invalid for input of size ", numel);
  if (open >= 0) {
    TORCH_CHECK(
        known != 0,
        "cannot reshape tensor of 0 elements into shape ",
        sizes,
        " because the unspecified dimension size -1 can be any value and is "
        "ambiguous");
    result[static_cast<size_t>(open)] = numel / known;
  }
  return result;
}

} // namespace at::native

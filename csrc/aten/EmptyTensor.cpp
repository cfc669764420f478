#include "aten/EmptyTensor.h"

#include <algorithm>
#include <numeric>

#include "aten/core/CUDAHooks.h"
#include "c10/util/Exception.h"

namespace at::detail {
namespace {

void check_sizes(IntArrayRef sizes) {
  for (int64_t size : sizes) {
    TORCH_CHECK(
        size >= 0,
        "Trying to create tensor with negative dimension ",
        size,
        ": ",
        sizes);
  }
}

c10::intrusive_ptr<TensorImpl> make_impl(
    size_t nbytes,
    ScalarType dtype,
    c10::Device device) {
  if (C10_LIKELY(device.is_cpu())) {
    static c10::Allocator* const cpu = c10::get_allocator(c10::kCPU);
    auto storage = c10::make_intrusive<StorageImpl>(nbytes, cpu);
    return c10::make_intrusive<TensorImpl>(std::move(storage), dtype, device);
  }
  const DeviceGuard guard(device);
  auto storage = device.is_meta()
      ? c10::make_intrusive<StorageImpl>(
            c10::DataPtr(nullptr, device), nbytes, nullptr)
      : c10::make_intrusive<StorageImpl>(
            nbytes, c10::get_allocator(device.type()));
  // The allocator knows the index behind "the current one".
  const c10::Device actual = storage->device();
  return c10::make_intrusive<TensorImpl>(std::move(storage), dtype, actual);
}

size_t dense_nbytes(IntArrayRef sizes, size_t itemsize) {
  uint64_t count = itemsize;
  bool overflow = false;
  for (int64_t size : sizes) {
    overflow |=
        __builtin_mul_overflow(count, static_cast<uint64_t>(size), &count);
  }
  TORCH_CHECK(
      !overflow && count <= static_cast<uint64_t>(INT64_MAX),
      "Storage size calculation overflowed with sizes=",
      sizes);
  return count;
}

} // namespace

TensorBase empty(IntArrayRef sizes, ScalarType dtype, c10::Device device) {
  check_sizes(sizes);
  auto impl =
      make_impl(dense_nbytes(sizes, c10::element_size(dtype)), dtype, device);
  impl->set_sizes_contiguous(sizes);
  return TensorBase(std::move(impl));
}

TensorBase empty_strided(
    IntArrayRef sizes,
    IntArrayRef strides,
    ScalarType dtype,
    c10::Device device) {
  check_sizes(sizes);
  TORCH_CHECK(
      sizes.size() == strides.size(),
      "dimensionality of sizes (",
      sizes.size(),
      ") must match dimensionality of strides (",
      strides.size(),
      ")");
  for (int64_t stride : strides) {
    TORCH_CHECK(
        stride >= 0,
        "Storage size calculation overflowed with sizes=",
        sizes,
        " and strides=",
        strides);
  }
  const size_t nbytes =
      computed_nbytes(sizes, strides, c10::element_size(dtype));
  auto impl = make_impl(nbytes, dtype, device);
  impl->set_sizes_and_strides(sizes, strides);
  return TensorBase(std::move(impl));
}

TensorBase empty_pinned(
    IntArrayRef sizes,
    IntArrayRef strides,
    ScalarType dtype) {
  TORCH_CHECK(
      cuda::cuda_hooks() != nullptr,
      "pin_memory=True requires a CUDA or other accelerator backend; no "
      "pinned memory allocator is available on this system.");
  check_sizes(sizes);
  auto storage = c10::make_intrusive<StorageImpl>(
      computed_nbytes(sizes, strides, c10::element_size(dtype)),
      cuda::cuda_hooks()->pinned_allocator());
  auto impl = c10::make_intrusive<TensorImpl>(
      std::move(storage), dtype, c10::Device());
  impl->set_sizes_and_strides(sizes, strides);
  return TensorBase(std::move(impl));
}

size_t computed_nbytes(
    IntArrayRef sizes,
    IntArrayRef strides,
    size_t itemsize,
    int64_t storage_offset) {
  uint64_t last = 1 + static_cast<uint64_t>(storage_offset);
  bool overflow = false;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) {
      return 0;
    }
    uint64_t reach = 0;
    overflow |= __builtin_mul_overflow(
        static_cast<uint64_t>(sizes[i] - 1),
        static_cast<uint64_t>(strides[i]),
        &reach);
    overflow |= __builtin_add_overflow(last, reach, &last);
  }
  overflow |= __builtin_mul_overflow(last, itemsize, &last);
  TORCH_CHECK(
      !overflow && last <= static_cast<uint64_t>(INT64_MAX),
      "Storage size calculation overflowed with sizes=",
      sizes,
      " and strides=",
      strides);
  return last;
}

c10::DimVector contiguous_strides(
    IntArrayRef sizes,
    c10::MemoryFormat format) {
  using c10::MemoryFormat;
  const size_t n = sizes.size();
  c10::DimVector strides(n);
  c10::DimVector order(n); // innermost first
  for (size_t i = 0; i < n; ++i) {
    order[i] = static_cast<int64_t>(n - 1 - i);
  }
  if (format == MemoryFormat::ChannelsLast ||
      format == MemoryFormat::ChannelsLast3d) {
    const size_t wanted = format == MemoryFormat::ChannelsLast ? 4 : 5;
    TORCH_CHECK(
        n == wanted,
        "required rank ",
        wanted,
        " tensor to use channels_last",
        wanted == 5 ? "_3d" : "",
        " format");
    // Channels first, then the spatial dimensions, then the batch.
    std::rotate(order.begin(), order.begin() + (n - 2), order.begin() + (n - 1));
  }
  int64_t step = 1;
  for (int64_t d : order) {
    strides[d] = step;
    step *= std::max<int64_t>(sizes[d], 1);
  }
  return strides;
}

c10::DimVector preserved_strides(const TensorBase& self) {
  if (self.is_non_overlapping_and_dense()) {
    return c10::DimVector(self.strides());
  }
  // Row-major in the order of the strides, largest outermost; equal ones keep
  // their order. Expanded dimensions (stride 0) compare by neighbour only.
  const IntArrayRef sizes = self.sizes();
  const IntArrayRef stride = self.strides();
  const int64_t n = self.dim();
  c10::DimVector perm(static_cast<size_t>(n));
  std::iota(perm.begin(), perm.end(), 0);
  std::reverse(perm.begin(), perm.end()); // innermost first
  auto should_swap = [&](int64_t a, int64_t b) {
    if (stride[a] == 0 || stride[b] == 0) {
      return 0;
    }
    if (stride[a] != stride[b]) {
      return stride[a] < stride[b] ? -1 : 1;
    }
    return sizes[a] > sizes[b] ? 1 : 0;
  };
  for (int64_t i = 1; i < n; ++i) {
    int64_t at = i;
    for (int64_t j = i - 1; j >= 0; --j) {
      const int order = should_swap(perm[j], perm[at]);
      if (order > 0) {
        std::swap(perm[j], perm[at]);
        at = j;
      } else if (order < 0) {
        break;
      }
    }
  }
  c10::DimVector strides(static_cast<size_t>(n));
  int64_t step = 1;
  for (int64_t d : perm) {
    strides[d] = step;
    step *= std::max<int64_t>(sizes[d], 1);
  }
  return strides;
}

} // namespace at::detail

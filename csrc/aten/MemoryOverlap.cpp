#include "aten/MemoryOverlap.h"

namespace at {

MemOverlap has_internal_overlap(const TensorImpl& t) {
  if (t.is_non_overlapping_and_dense()) {
    return MemOverlap::No;
  }
  for (size_t i = 0; i < t.sizes().size(); ++i) {
    if (t.strides()[i] == 0 && t.sizes()[i] > 1) {
      return MemOverlap::Yes;
    }
  }
  return MemOverlap::TooHard;
}

MemOverlapStatus get_overlap_status(const TensorImpl& a, const TensorImpl& b) {
  if (&a == &b) {
    return MemOverlapStatus::Full;
  }
  if (a.numel() == 0 || b.numel() == 0) {
    return MemOverlapStatus::No;
  }
  if (!a.is_non_overlapping_and_dense() || !b.is_non_overlapping_and_dense()) {
    return MemOverlapStatus::TooHard;
  }
  if (a.storage() != b.storage()) {
    return MemOverlapStatus::No;
  }
  // Byte ranges within the storage, so that meta tensors compare too.
  const auto a_size = static_cast<int64_t>(a.itemsize());
  const auto b_size = static_cast<int64_t>(b.itemsize());
  const int64_t a_begin = a.storage_offset() * a_size;
  const int64_t b_begin = b.storage_offset() * b_size;
  const int64_t a_end = a_begin + a.numel() * a_size;
  const int64_t b_end = b_begin + b.numel() * b_size;
  if (a_begin == b_begin && a_end == b_end) {
    return a.strides() == b.strides() ? MemOverlapStatus::Full
                                      : MemOverlapStatus::Partial;
  }
  return a_begin < b_end && b_begin < a_end ? MemOverlapStatus::Partial
                                            : MemOverlapStatus::No;
}

void assert_no_internal_overlap(const TensorImpl& t) {
  TORCH_CHECK(
      has_internal_overlap(t) != MemOverlap::Yes,
      "unsupported operation: more than one element of the written-to tensor "
      "refers to a single memory location. Please clone() the tensor before "
      "performing the operation.");
}

namespace {
[[noreturn]] C10_NOINLINE void fail_shared_memory() {
  TORCH_CHECK(
      false,
      "unsupported operation: some elements of the input tensor and the "
      "written-to tensor refer to a single memory location. Please clone() the "
      "tensor before performing the operation.");
}
} // namespace

void assert_no_partial_overlap(const TensorImpl& a, const TensorImpl& b) {
  if (get_overlap_status(a, b) == MemOverlapStatus::Partial) {
    fail_shared_memory();
  }
}

void assert_no_overlap(const TensorImpl& a, const TensorImpl& b) {
  const MemOverlapStatus status = get_overlap_status(a, b);
  if (status == MemOverlapStatus::Partial || status == MemOverlapStatus::Full) {
    fail_shared_memory();
  }
}

} // namespace at

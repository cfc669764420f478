// Whether tensors share memory, for operators that write. Exact for dense
// tensors; for others the question is left open (TooHard) and allowed.
#pragma once

#include "aten/core/TensorBase.h"

namespace at {

enum class MemOverlap { No, Yes, TooHard };
enum class MemOverlapStatus { Full, Partial, No, TooHard };

C10_API MemOverlap has_internal_overlap(const TensorImpl& t);
C10_API MemOverlapStatus
get_overlap_status(const TensorImpl& a, const TensorImpl& b);

// RuntimeErrors with PyTorch's texts.
C10_API void assert_no_internal_overlap(const TensorImpl& t);
C10_API void assert_no_partial_overlap(
    const TensorImpl& a,
    const TensorImpl& b);
C10_API void assert_no_overlap(const TensorImpl& a, const TensorImpl& b);

inline void assert_no_internal_overlap(const TensorBase& t) {
  assert_no_internal_overlap(*t.unsafe_impl());
}
inline void assert_no_partial_overlap(
    const TensorBase& a,
    const TensorBase& b) {
  assert_no_partial_overlap(*a.unsafe_impl(), *b.unsafe_impl());
}
inline void assert_no_overlap(const TensorBase& a, const TensorBase& b) {
  assert_no_overlap(*a.unsafe_impl(), *b.unsafe_impl());
}

} // namespace at

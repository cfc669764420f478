// The CPU's caching allocator. Blocks are 64-byte aligned.
//
// Note [CPU block cache]
// glibc returns blocks over 32 MB to the system at once, so that every large
// temporary is page-faulted anew (measured: 32 MB fill 16.0 ms with fresh
// pages, 1.3 ms with reused ones). Freed blocks are therefore kept by size
// class: small ones (up to 4 KiB) in a list per thread without a lock, large
// ones in shared lists under a mutex. What is kept is bounded; beyond the
// bound a freed block goes back to the system.
#pragma once

#include <cstddef>
#include <cstdint>

#include "c10/core/Allocator.h"

namespace c10 {

struct CPUAllocatorStats { // of large blocks; small ones are not counted
  int64_t allocated_bytes; // in use by storages now
  int64_t peak_allocated_bytes;
  int64_t cached_bytes; // freed by storages, kept for reuse
  int64_t allocation_count; // requests served so far
  int64_t cache_hit_count; // of these, from a kept block
};

C10_API Allocator* get_cpu_allocator();
C10_API CPUAllocatorStats cpu_allocator_stats();
// Gives every kept block of the shared lists and of the calling thread back.
C10_API void cpu_allocator_empty_cache();
// Upper bound of the shared lists, in bytes.
C10_API void cpu_allocator_set_cache_limit(size_t nbytes);

} // namespace c10

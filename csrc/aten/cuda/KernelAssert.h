// CUDA_KERNEL_ASSERT(condition): what a kernel finds wrong, an index out of
// range say, ends it and its context with "device-side assert triggered".
// Unlike assert() it is there in release builds. On the host (kernels under
// test) it is an error.
#pragma once

#include "c10/macros/Macros.h"
#include "c10/util/Exception.h"

#ifdef __CUDA_ARCH__
#define CUDA_KERNEL_ASSERT(condition)                                        \
  do {                                                                       \
    if (C10_UNLIKELY(!(condition))) {                                        \
      __assert_fail(                                                         \
          #condition, __FILE__, static_cast<unsigned>(__LINE__), __func__);  \
    }                                                                        \
  } while (false)
#else
#define CUDA_KERNEL_ASSERT(condition) \
  TORCH_CHECK(condition, "kernel assert: " #condition)
#endif

// The driver of native/pointwise on CUDA; see native/pointwise/Kernel.h.
#pragma once

#include "aten/native/cuda/Loops.cuh"
#include "aten/native/pointwise/Kernel.h"

namespace at::native {
namespace {

template <typename S, Work kWork = Work::Little, typename F>
void pointwise_kernel(TensorIterator& iter, const F& f) {
  if constexpr (kWork == Work::Much) {
    gpu_kernel_costly<S>(iter, f);
  } else {
    gpu_kernel<S>(iter, f);
  }
}

} // namespace
} // namespace at::native

#define KERNEL_NAME(name) name "_cuda"
#define KERNEL_NAMES(cpu, cuda) cuda

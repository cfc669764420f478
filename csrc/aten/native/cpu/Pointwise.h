// The driver of native/pointwise on the CPU; see native/pointwise/Kernel.h.
#pragma once

#include "aten/cpu/vec/VecMath.h"
#include "aten/native/cpu/Loops.h"
#include "aten/native/pointwise/Kernel.h"

namespace at::native {
namespace {

template <typename S, Work kWork = Work::Little, typename F>
void pointwise_kernel(TensorIterator& iter, const F& f) {
  constexpr int64_t kGrain = kWork == Work::Little ? kGrainSize
      : kWork == Work::Some                        ? 8192
                                                   : 4096;
  cpu_kernel<S>(iter, f, kGrain);
}

} // namespace
} // namespace at::native

#define KERNEL_NAME(name) name "_cpu"
#define KERNEL_NAMES(cpu, cuda) cpu

// The part of cpu_kernel that does not depend on the formula: from a
// TensorIterator to rows that lie dense in memory. A formula's own code is one
// such row (native/cpu/Loops.h); this driver is compiled once.
#pragma once

#include "aten/TensorIterator.h"

namespace at::native {

// Computes n results. `in[i]` points to n dense elements, or, where bit i of
// `constants` is set, to one element; where bit i of `wide` is set as well,
// that is a number of the compute type.
using RowFunction = void (*)(
    const void* functor,
    char* out,
    const char* const* in,
    uint32_t constants,
    uint32_t wide,
    int64_t n);

constexpr int kMaxRowInputs = 4;

struct RowKernel {
  RowFunction row;
  const void* functor;
  int inputs;
  int64_t in_size; // bytes of an input's element
  int64_t out_size;
};

// Runs the kernel over iter, on several threads where it has more than
// `grain` elements, and writes converted outputs back.
C10_API void run_rows(
    TensorIterator& iter,
    const RowKernel& kernel,
    int64_t grain);

} // namespace at::native

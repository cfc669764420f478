// Kernels of the comparisons; formulas: functors/Compare.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/Compare.h"
#include "aten/native/functors/Compare.h"

namespace at::native {
namespace {

POINTWISE_KERNEL(Work::Little, eq, kEveryType, Eq)
POINTWISE_KERNEL(Work::Little, ne, kEveryType, Ne)
POINTWISE_KERNEL(Work::Little, lt, kAllTypes | kBoolType, Lt)
POINTWISE_KERNEL(Work::Little, le, kAllTypes | kBoolType, Le)
POINTWISE_KERNEL(Work::Little, gt, kAllTypes | kBoolType, Gt)
POINTWISE_KERNEL(Work::Little, ge, kAllTypes | kBoolType, Ge)

} // namespace
} // namespace at::native

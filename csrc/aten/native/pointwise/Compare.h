// Kernels of the comparisons; formulas: functors/Compare.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/Compare.h"
#include "aten/native/functors/Compare.h"

namespace at::native {
namespace {

POINTWISE_KERNEL(Work::Little, eq, kEveryType, KERNEL_NAME("eq"), Eq)
POINTWISE_KERNEL(Work::Little, ne, kEveryType, KERNEL_NAME("ne"), Ne)
POINTWISE_KERNEL(Work::Little, lt, kAllTypes | kBoolType, KERNEL_NAME("lt"), Lt)
POINTWISE_KERNEL(Work::Little, le, kAllTypes | kBoolType, KERNEL_NAME("le"), Le)
POINTWISE_KERNEL(Work::Little, gt, kAllTypes | kBoolType, KERNEL_NAME("gt"), Gt)
POINTWISE_KERNEL(Work::Little, ge, kAllTypes | kBoolType, KERNEL_NAME("ge"), Ge)

} // namespace
} // namespace at::native

// Kernels of logic, bits and shifts; formulas: functors/LogicalOps.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/LogicalOps.h"
#include "aten/native/functors/LogicalOps.h"

namespace at::native {
namespace {

constexpr TypeSet kBitTypes = kIntegralTypes | kBoolType;

POINTWISE_KERNEL(Work::Little, logical_and, kEveryType, LogicalAnd)
POINTWISE_KERNEL(Work::Little, logical_or, kEveryType, LogicalOr)
POINTWISE_KERNEL(Work::Little, logical_xor, kEveryType, LogicalXor)
POINTWISE_KERNEL(Work::Little, bitwise_and, kBitTypes, BitwiseAnd)
POINTWISE_KERNEL(Work::Little, bitwise_or, kBitTypes, BitwiseOr)
POINTWISE_KERNEL(Work::Little, bitwise_xor, kBitTypes, BitwiseXor)
POINTWISE_KERNEL(Work::Little, lshift, kIntegralTypes, LeftShift)
POINTWISE_KERNEL(Work::Little, rshift, kIntegralTypes, RightShift)

} // namespace
} // namespace at::native

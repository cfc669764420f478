// Kernels of logic, bits and shifts; formulas: functors/LogicalOps.h.
// A device's kernel file includes its own driver (native/cpu/Pointwise.h or
// native/cuda/Pointwise.cuh) and then this.
#pragma once

#include "aten/native/LogicalOps.h"
#include "aten/native/functors/LogicalOps.h"

namespace at::native {
namespace {

constexpr TypeSet kBitTypes = kIntegralTypes | kBoolType;

POINTWISE_KERNEL(
    Work::Little,
    logical_and,
    kEveryType,
    KERNEL_NAME("logical_and"),
    LogicalAnd)
POINTWISE_KERNEL(
    Work::Little,
    logical_or,
    kEveryType,
    KERNEL_NAME("logical_or"),
    LogicalOr)
POINTWISE_KERNEL(
    Work::Little,
    logical_xor,
    kEveryType,
    KERNEL_NAME("logical_xor"),
    LogicalXor)
POINTWISE_KERNEL(
    Work::Little,
    bitwise_and,
    kBitTypes,
    KERNEL_NAME("bitwise_and"),
    BitwiseAnd)
POINTWISE_KERNEL(
    Work::Little,
    bitwise_or,
    kBitTypes,
    KERNEL_NAME("bitwise_or"),
    BitwiseOr)
POINTWISE_KERNEL(
    Work::Little,
    bitwise_xor,
    kBitTypes,
    KERNEL_NAME("bitwise_xor"),
    BitwiseXor)
POINTWISE_KERNEL(
    Work::Little,
    lshift,
    kIntegralTypes,
    KERNEL_NAME("lshift"),
    LeftShift)
POINTWISE_KERNEL(
    Work::Little,
    rshift,
    kIntegralTypes,
    KERNEL_NAME("rshift"),
    RightShift)

} // namespace
} // namespace at::native

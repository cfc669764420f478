// What every reduction does before its loop: which dims, what shape, what
// plan. See Note [Reduction plan].
#pragma once

#include <bitset>

#include "aten/core/Tensor.h"
#include "aten/native/ReduceOps.h"

namespace at::native {

using DimMask = std::bitset<64>;

// No dims or an empty list: all. Wraps; a repeated dim is an error.
DimMask make_dim_mask(OptionalIntArrayRef dims, int64_t ndim);
c10::DimVector reduced_shape(
    const Tensor& self,
    const DimMask& mask,
    bool keepdim);
int64_t count_reduced(const Tensor& self, const DimMask& mask);
C10_API ReducePlan make_reduce_plan(const Tensor& self, const DimMask& mask);

// The whole way: shape, allocate, run, in self's dtype. shift, where given,
// has the kept shape (keepdim) and self's dtype.
Tensor reduce(
    const Tensor& self,
    const DimMask& mask,
    bool keepdim,
    ReduceKind kind,
    const Tensor& shift = {},
    double p = 0);
// Max and Min, of bool tensors too.
Tensor reduce_ordered(
    const Tensor& self,
    const DimMask& mask,
    bool keepdim,
    ReduceKind kind);

} // namespace at::native

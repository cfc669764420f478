// Derivatives of reductions and running sums. x is the input (self), N the
// number of elements that one result is made of.
#pragma once

#include <optional>

#include "aten/core/Tensor.h"

namespace torch::autograd {

using at::IntArrayRef;
using at::OptionalIntArrayRef;
using at::Scalar;
using at::Tensor;

// ---- shapes. No dims, or an empty list of them, means all.
// A reduced tensor with the dimensions it lost put back as ones.
C10_API Tensor
restore_reduced_dims(const Tensor& x, OptionalIntArrayRef dims, bool keepdim);
// The same, expanded to the sizes before the reduction.
C10_API Tensor expand_reduced(
    const Tensor& x,
    IntArrayRef sizes,
    OptionalIntArrayRef dims,
    bool keepdim);
// How many elements of `sizes` each result is made of.
C10_API int64_t count_reduced(IntArrayRef sizes, OptionalIntArrayRef dims);

// ---- products
C10_API Tensor
prod_backward(const Tensor& grad, const Tensor& self, const Tensor& result);
C10_API Tensor prod_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result,
    int64_t dim,
    bool keepdim);

// ---- extremes
C10_API Tensor evenly_distribute_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& value);
C10_API Tensor value_selecting_reduction_backward(
    const Tensor& grad,
    int64_t dim,
    const Tensor& indices,
    IntArrayRef sizes,
    bool keepdim);
C10_API Tensor
scale_grad_by_count(const Tensor& grad, const Tensor& mask, IntArrayRef dims);

// ---- moments
C10_API Tensor var_backward(
    const Tensor& grad,
    const Tensor& self,
    OptionalIntArrayRef dims,
    const std::optional<Scalar>& correction,
    bool keepdim);
C10_API Tensor std_backward(
    const Tensor& result,
    const Tensor& grad,
    const Tensor& self,
    OptionalIntArrayRef dims,
    const std::optional<Scalar>& correction,
    bool keepdim);

// ---- norms
C10_API Tensor norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const std::optional<Scalar>& p,
    const Tensor& norm);
C10_API Tensor norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const std::optional<Scalar>& p,
    const Tensor& norm,
    OptionalIntArrayRef dims,
    bool keepdim);
C10_API Tensor linalg_vector_norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const Scalar& ord,
    const Tensor& norm,
    OptionalIntArrayRef dims,
    bool keepdim);
C10_API Tensor logsumexp_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result,
    OptionalIntArrayRef dims,
    bool keepdim);

// ---- running sums and products
C10_API Tensor cumsum_backward(const Tensor& grad, int64_t dim);
C10_API Tensor cumprod_backward(
    const Tensor& grad,
    const Tensor& self,
    int64_t dim,
    const Tensor& result);

} // namespace torch::autograd

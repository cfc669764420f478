// Stubs of the random operators. On the CPU a kernel sees a dense tensor and
// fills it in memory order: the k-th draw goes to the k-th element in memory
// (Distributions.cpp makes a dense stand-in for anything else).
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"
#include "c10/core/Generator.h"

namespace at::native {

using random_two_fn =
    void (*)(const TensorBase&, double, double, const Generator&);
using random_one_fn = void (*)(const TensorBase&, double, const Generator&);
using random_none_fn = void (*)(const TensorBase&, const Generator&);
using random_range_fn =
    void (*)(const TensorBase&, uint64_t, int64_t, const Generator&);
using random_tensor_fn =
    void (*)(const TensorBase&, const TensorBase&, const Generator&);
using normal_fn =
    void (*)(const TensorBase&, double, double, bool, const Generator&);

DECLARE_DISPATCH(random_two_fn, uniform_stub); // from, to
// mean, std; `blocks`: the path of contiguous tensors of 16 or more elements
DECLARE_DISPATCH(normal_fn, normal_stub);
DECLARE_DISPATCH(random_two_fn, log_normal_stub); // mean, std
DECLARE_DISPATCH(random_two_fn, cauchy_stub); // median, sigma
DECLARE_DISPATCH(random_one_fn, exponential_stub); // lambda
DECLARE_DISPATCH(random_one_fn, geometric_stub); // p
DECLARE_DISPATCH(random_one_fn, bernoulli_scalar_stub); // p
DECLARE_DISPATCH(random_tensor_fn, bernoulli_tensor_stub); // self, p
// value where a uniform is below p, else 0: self, p, value
DECLARE_DISPATCH(random_two_fn, dropout_mask_stub);
DECLARE_DISPATCH(random_none_fn, random_stub); // random_()
DECLARE_DISPATCH(random_none_fn, random_bits64_stub); // all of int64
DECLARE_DISPATCH(random_range_fn, random_range_stub); // range, base
DECLARE_DISPATCH(random_none_fn, randperm_stub);
// self: (rows, samples) of int64; weights: (rows, categories)
DECLARE_DISPATCH(random_tensor_fn, multinomial_stub);

// One sample per element of the parameters, by rejection: result, parameters.
DECLARE_DISPATCH(random_tensor_fn, poisson_stub);
DECLARE_DISPATCH(random_tensor_fn, standard_gamma_stub);
using binomial_fn = void (*)(
    const TensorBase&,
    const TensorBase&,
    const TensorBase&,
    const Generator&);
DECLARE_DISPATCH(binomial_fn, binomial_stub); // result, count, prob

} // namespace at::native

// Stubs of the factories that compute: arange, linspace, logspace, eye, tril.
#pragma once

#include <type_traits>

#include "aten/TensorIterator.h"
#include "aten/native/DispatchStub.h"
#include "c10/core/Scalar.h"

namespace at::native {

// Ranges are formed in int64 or double and rounded once.
template <typename T>
using range_math =
    std::conditional_t<std::is_integral<T>::value, int64_t, double>;

// out[i] = start + i * step, out one-dimensional and contiguous. `closed`: for
// range, which takes its end along; errors name it.
using range_fn =
    void (*)(const TensorBase& out, Scalar start, Scalar step, bool closed);
DECLARE_DISPATCH(range_fn, range_stub);

// `steps` values from start to end, both included; with a base, base^value.
using linspace_fn = void (*)(
    const TensorBase& out,
    Scalar start,
    Scalar end,
    std::optional<double> base);
DECLARE_DISPATCH(linspace_fn, linspace_stub);

// out = self with what lies above (upper false) or below (upper true) the
// diagonal set to zero. Batches of matrices, any strides of self; out is
// contiguous.
using tril_triu_fn = void (*)(
    const TensorBase& out,
    const TensorBase& self,
    int64_t diagonal,
    bool upper);
DECLARE_DISPATCH(tril_triu_fn, tril_triu_stub);

} // namespace at::native

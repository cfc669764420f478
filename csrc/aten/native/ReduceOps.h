// Reductions: one description of the work (ReducePlan) and the stubs that do
// it. Bodies: ReduceOps.cpp (shapes, dtypes), cpu/ReduceOpsKernel.cpp.
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Note [Reduction plan]
// self's dimensions, merged where strides allow, in two groups: kept ones,
// row-major as in the (contiguous) output, and reduced ones. Dimensions of
// one element are gone. Strides count elements.
struct ReducePlan {
  c10::DimVector kept_sizes, kept_strides;
  c10::DimVector reduced_sizes, reduced_strides;
  int64_t outputs = 1; // product of kept_sizes
  int64_t count = 1; // elements per output
};

enum class ReduceKind : uint8_t {
  Sum,
  Prod,
  Max, // a NaN wins
  Min,
  SumSquares, // of (x - shift), shift one value per output
  SumAbs,
  MaxAbs,
  MinAbs,
  CountNonzero,
  SumPowAbs, // |x|^p
};

// out: contiguous, of the dtype reduced in. shift: null, or contiguous like
// out, for SumSquares. p: for SumPowAbs.
using reduce_fn = void (*)(
    const TensorBase& out,
    const TensorBase& self,
    const ReducePlan& plan,
    ReduceKind kind,
    const TensorBase* shift,
    double p);
DECLARE_DISPATCH(reduce_fn, reduce_stub);

// The extreme along one dimension and the index of its first occurrence; a
// NaN is extreme. values may be undefined. Contiguous outputs. The plan has
// exactly one reduced dimension.
using extreme_fn = void (*)(
    const TensorBase& values,
    const TensorBase& indices,
    const TensorBase& self,
    const ReducePlan& plan,
    bool largest);
DECLARE_DISPATCH(extreme_fn, extreme_stub);

// out[.., i, ..] = self[.., 0, ..] op ... op self[.., i, ..] along dim; out
// contiguous and of self's dtype.
using cumulate_fn = void (*)(
    const TensorBase& out,
    const TensorBase& self,
    int64_t dim,
    bool product);
DECLARE_DISPATCH(cumulate_fn, cumulate_stub);

} // namespace at::native

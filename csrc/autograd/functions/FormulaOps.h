// Arithmetic on tensors as derivative formulas write it: grad * alpha, -grad,
// grad / other. Each operator is the at:: function of that name.
#pragma once

#include "aten/core/Tensor.h"
#include "c10/core/Scalar.h"

namespace at {

#define POCKET_FORMULA_OP(op)                                   \
  C10_API Tensor operator op(const Tensor& a, const Tensor& b); \
  C10_API Tensor operator op(const Tensor& a, const Scalar& b); \
  C10_API Tensor operator op(const Scalar& a, const Tensor& b);
POCKET_FORMULA_OP(+)
POCKET_FORMULA_OP(-)
POCKET_FORMULA_OP(*)
POCKET_FORMULA_OP(/)
POCKET_FORMULA_OP(==)
POCKET_FORMULA_OP(!=)
POCKET_FORMULA_OP(<)
POCKET_FORMULA_OP(<=)
POCKET_FORMULA_OP(>)
POCKET_FORMULA_OP(>=)
#undef POCKET_FORMULA_OP

C10_API Tensor operator-(const Tensor& a);
C10_API Tensor operator~(const Tensor& a);
C10_API Tensor operator!(const Tensor& a);
C10_API Tensor operator&(const Tensor& a, const Tensor& b);
C10_API Tensor operator|(const Tensor& a, const Tensor& b);

} // namespace at

#include "autograd/functions/FormulaOps.h"

namespace at {

#define POCKET_FORMULA_OP(op, method)                    \
  Tensor operator op(const Tensor& a, const Tensor& b) { \
    return a.method(b);                                  \
  }                                                      \
  Tensor operator op(const Tensor& a, const Scalar& b) { \
    return a.method(b);                                  \
  }
POCKET_FORMULA_OP(+, add)
POCKET_FORMULA_OP(-, sub)
POCKET_FORMULA_OP(*, mul)
POCKET_FORMULA_OP(/, div)
POCKET_FORMULA_OP(==, eq)
POCKET_FORMULA_OP(!=, ne)
POCKET_FORMULA_OP(<, lt)
POCKET_FORMULA_OP(<=, le)
POCKET_FORMULA_OP(>, gt)
POCKET_FORMULA_OP(>=, ge)
#undef POCKET_FORMULA_OP

Tensor operator+(const Scalar& a, const Tensor& b) { return b.add(a); }
Tensor operator-(const Scalar& a, const Tensor& b) { return b.neg().add(a); }
Tensor operator*(const Scalar& a, const Tensor& b) { return b.mul(a); }
Tensor operator/(const Scalar& a, const Tensor& b) {
  return b.reciprocal().mul(a);
}
Tensor operator==(const Scalar& a, const Tensor& b) { return b.eq(a); }
Tensor operator!=(const Scalar& a, const Tensor& b) { return b.ne(a); }
Tensor operator<(const Scalar& a, const Tensor& b) { return b.gt(a); }
Tensor operator<=(const Scalar& a, const Tensor& b) { return b.ge(a); }
Tensor operator>(const Scalar& a, const Tensor& b) { return b.lt(a); }
Tensor operator>=(const Scalar& a, const Tensor& b) { return b.le(a); }

Tensor operator-(const Tensor& a) { return a.neg(); }
Tensor operator~(const Tensor& a) { return a.bitwise_not(); }
Tensor operator!(const Tensor& a) { return a.logical_not(); }
Tensor operator&(const Tensor& a, const Tensor& b) {
  return a.bitwise_and(b);
}
Tensor operator|(const Tensor& a, const Tensor& b) { return a.bitwise_or(b); }

} // namespace at

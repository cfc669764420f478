// Elementary functions of one number, real or complex. T: the compute type;
// V: T or Vectorized<T>. The unqualified call finds std's, c10's (complex) or
// at::vec's function by the type of its argument.
#pragma once

#include <cmath>

#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

#define AT_MATH_FUNCTOR_(Name, function)         \
  template <typename T>                          \
  struct Name {                                  \
    template <typename V>                        \
    C10_HOST_DEVICE V operator()(V self) const { \
      using std::function;                       \
      return function(self);                     \
    }                                            \
  };
AT_MATH_FUNCTOR_(Exp, exp)
AT_MATH_FUNCTOR_(Exp2, exp2)
AT_MATH_FUNCTOR_(Expm1, expm1)
AT_MATH_FUNCTOR_(Log, log)
AT_MATH_FUNCTOR_(Log2, log2)
AT_MATH_FUNCTOR_(Log10, log10)
AT_MATH_FUNCTOR_(Log1p, log1p)
AT_MATH_FUNCTOR_(Sin, sin)
AT_MATH_FUNCTOR_(Cos, cos)
AT_MATH_FUNCTOR_(Tan, tan)
AT_MATH_FUNCTOR_(Asin, asin)
AT_MATH_FUNCTOR_(Acos, acos)
AT_MATH_FUNCTOR_(Atan, atan)
AT_MATH_FUNCTOR_(Sinh, sinh)
AT_MATH_FUNCTOR_(Cosh, cosh)
AT_MATH_FUNCTOR_(Tanh, tanh)
AT_MATH_FUNCTOR_(Asinh, asinh)
AT_MATH_FUNCTOR_(Acosh, acosh)
AT_MATH_FUNCTOR_(Atanh, atanh)
AT_MATH_FUNCTOR_(Erf, erf)
AT_MATH_FUNCTOR_(Erfc, erfc)
AT_MATH_FUNCTOR_(Lgamma, lgamma)
#undef AT_MATH_FUNCTOR_

// 1 / (1 + exp(-x))
template <typename T>
struct Sigmoid {
  template <typename V>
  C10_HOST_DEVICE V operator()(V self) const {
    using std::exp;
    return V(T(1)) / (V(T(1)) + exp(-self));
  }
};

} // namespace
} // namespace at::native

// Formulas of the comparisons: bool for a number, a mask for Vectorized.
#pragma once

#include "c10/macros/Macros.h"
#include "c10/util/complex.h"

namespace at::native {
namespace {

#define AT_COMPARE_FUNCTOR_(Name, op)                           \
  template <typename T>                                         \
  struct Name {                                                 \
    template <typename V>                                       \
    C10_HOST_DEVICE auto operator()(V self, V other) const {    \
      return self op other;                                     \
    }                                                           \
  };
AT_COMPARE_FUNCTOR_(Eq, ==)
AT_COMPARE_FUNCTOR_(Ne, !=)
AT_COMPARE_FUNCTOR_(Lt, <)
AT_COMPARE_FUNCTOR_(Le, <=)
AT_COMPARE_FUNCTOR_(Gt, >)
AT_COMPARE_FUNCTOR_(Ge, >=)
#undef AT_COMPARE_FUNCTOR_

} // namespace
} // namespace at::native

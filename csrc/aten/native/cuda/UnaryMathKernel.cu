// CUDA kernels of the elementary functions; formulas are in
// functors/UnaryMath.h. The math library of CUDA computes, libcu++ where the
// numbers are complex.
#include "aten/native/UnaryMath.h"

#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/UnaryMath.h"

namespace at::native {
namespace {

template <template <typename> class F, bool kComplex>
void math_kernel(TensorIterator& iter, const char* name) {
  constexpr TypeSet types = kFloatingTypes | (kComplex ? kComplexTypes : 0);
  dispatch<types>(iter.common_dtype(), name, [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    if constexpr (std::is_same<T, float>::value) {
      gpu_kernel<S>(iter, F<T>{});
    } else {
      gpu_kernel_costly<S>(iter, F<T>{});
    }
  });
}

#define MATH_KERNEL(name, Functor, is_complex)             \
  void name##_kernel(TensorIterator& iter) {               \
    math_kernel<Functor, is_complex>(iter, #name "_cuda"); \
  }                                                        \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

MATH_KERNEL(exp, Exp, true)
MATH_KERNEL(exp2, Exp2, true)
MATH_KERNEL(expm1, Expm1, true)
MATH_KERNEL(log, Log, true)
MATH_KERNEL(log2, Log2, true)
MATH_KERNEL(log10, Log10, true)
MATH_KERNEL(log1p, Log1p, true)
MATH_KERNEL(sin, Sin, true)
MATH_KERNEL(cos, Cos, true)
MATH_KERNEL(tan, Tan, true)
MATH_KERNEL(asin, Asin, true)
MATH_KERNEL(acos, Acos, true)
MATH_KERNEL(atan, Atan, true)
MATH_KERNEL(sinh, Sinh, true)
MATH_KERNEL(cosh, Cosh, true)
MATH_KERNEL(tanh, Tanh, true)
MATH_KERNEL(asinh, Asinh, true)
MATH_KERNEL(acosh, Acosh, true)
MATH_KERNEL(atanh, Atanh, true)
MATH_KERNEL(erf, Erf, false)
MATH_KERNEL(erfc, Erfc, false)
MATH_KERNEL(lgamma, Lgamma, false)
MATH_KERNEL(sigmoid, Sigmoid, true)
#undef MATH_KERNEL

} // namespace
} // namespace at::native

// CUDA kernels of the comparisons.
#include "aten/native/Compare.h"

#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/Compare.h"

namespace at::native {
namespace {

#define COMPARE_KERNEL(name, types, Functor)                             \
  void name##_kernel(TensorIterator& iter) {                             \
    dispatch<types>(iter.common_dtype(), #name "_cuda", [&](auto type) { \
      using S = decltype(type);                                          \
      gpu_kernel<S>(iter, Functor<opmath_type<S>>{});                    \
    });                                                                  \
  }                                                                      \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

COMPARE_KERNEL(eq, kEveryType, Eq)
COMPARE_KERNEL(ne, kEveryType, Ne)
COMPARE_KERNEL(lt, kAllTypes | kBoolType, Lt)
COMPARE_KERNEL(le, kAllTypes | kBoolType, Le)
COMPARE_KERNEL(gt, kAllTypes | kBoolType, Gt)
COMPARE_KERNEL(ge, kAllTypes | kBoolType, Ge)
#undef COMPARE_KERNEL

} // namespace
} // namespace at::native

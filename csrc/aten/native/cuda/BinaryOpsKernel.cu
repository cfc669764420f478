// CUDA kernels of the arithmetic binary operators; formulas are in
// functors/BinaryOps.h.
#include "aten/native/BinaryOps.h"

#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/BinaryOps.h"

namespace at::native {
namespace {

void add_kernel(TensorIterator& iter, const Scalar& alpha) {
  dispatch_every_type(iter.common_dtype(), "add_cuda", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const T a = alpha.to<T>();
    if (a == T(1)) {
      gpu_kernel<S>(iter, AddPlain<T>{});
    } else {
      gpu_kernel<S>(iter, Add<T>{a});
    }
  });
}

void sub_kernel(TensorIterator& iter, const Scalar& alpha) {
  dispatch_all_types_and_complex(
      iter.common_dtype(), "sub_cuda", [&](auto type) {
        using S = decltype(type);
        using T = opmath_type<S>;
        const T a = alpha.to<T>();
        if (a == T(1)) {
          gpu_kernel<S>(iter, SubPlain<T>{});
        } else {
          gpu_kernel<S>(iter, Sub<T>{a});
        }
      });
}

// A kernel that only names its dtypes and its formula.
#define BINARY_KERNEL(kernel, dispatch_types, name, Functor)   \
  void kernel(TensorIterator& iter) {                          \
    dispatch_types(iter.common_dtype(), name, [&](auto type) { \
      using S = decltype(type);                                \
      gpu_kernel<S>(iter, Functor<opmath_type<S>>{});          \
    });                                                        \
  }

BINARY_KERNEL(mul_kernel, dispatch_every_type, "mul_cuda", Mul)
BINARY_KERNEL(
    div_true_kernel,
    dispatch_floating_and_complex_types,
    "div_true_cuda",
    TrueDivide)
BINARY_KERNEL(
    div_floor_kernel,
    dispatch_all_types,
    "div_floor_cuda",
    FloorDivide)
BINARY_KERNEL(
    div_trunc_kernel,
    dispatch_all_types,
    "div_trunc_cuda",
    TruncDivide)
BINARY_KERNEL(remainder_kernel, dispatch_all_types, "remainder_cuda", Remainder)
BINARY_KERNEL(fmod_kernel, dispatch_all_types, "fmod_cuda", Fmod)
BINARY_KERNEL(
    maximum_kernel,
    dispatch_all_types_and_bool,
    "max_elementwise_cuda",
    Maximum)
BINARY_KERNEL(
    minimum_kernel,
    dispatch_all_types_and_bool,
    "min_elementwise_cuda",
    Minimum)
BINARY_KERNEL(fmax_kernel, dispatch_all_types_and_bool, "fmax_cuda", Fmax)
BINARY_KERNEL(fmin_kernel, dispatch_all_types_and_bool, "fmin_cuda", Fmin)
#undef BINARY_KERNEL

REGISTER_DISPATCH(add_stub, add_kernel);
REGISTER_DISPATCH(sub_stub, sub_kernel);
REGISTER_DISPATCH(mul_stub, mul_kernel);
REGISTER_DISPATCH(div_true_stub, div_true_kernel);
REGISTER_DISPATCH(div_floor_stub, div_floor_kernel);
REGISTER_DISPATCH(div_trunc_stub, div_trunc_kernel);
REGISTER_DISPATCH(remainder_stub, remainder_kernel);
REGISTER_DISPATCH(fmod_stub, fmod_kernel);
REGISTER_DISPATCH(maximum_stub, maximum_kernel);
REGISTER_DISPATCH(minimum_stub, minimum_kernel);
REGISTER_DISPATCH(fmax_stub, fmax_kernel);
REGISTER_DISPATCH(fmin_stub, fmin_kernel);

} // namespace
} // namespace at::native

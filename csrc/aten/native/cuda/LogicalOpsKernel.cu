// CUDA kernels of logic, bits and shifts.
#include "aten/native/LogicalOps.h"

#include "aten/native/cuda/Loops.cuh"
#include "aten/native/functors/LogicalOps.h"

namespace at::native {
namespace {

#define LOGICAL_KERNEL(name, types, text, Functor)              \
  void name##_kernel(TensorIterator& iter) {                    \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) { \
      using S = decltype(type);                                 \
      gpu_kernel<S>(iter, Functor<opmath_type<S>>{});           \
    });                                                         \
  }                                                             \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

constexpr TypeSet kBitTypes = kIntegralTypes | kBoolType;

LOGICAL_KERNEL(logical_and, kEveryType, "logical_and_cuda", LogicalAnd)
LOGICAL_KERNEL(logical_or, kEveryType, "logical_or_cuda", LogicalOr)
LOGICAL_KERNEL(logical_xor, kEveryType, "logical_xor_cuda", LogicalXor)
LOGICAL_KERNEL(bitwise_and, kBitTypes, "bitwise_and_cuda", BitwiseAnd)
LOGICAL_KERNEL(bitwise_or, kBitTypes, "bitwise_or_cuda", BitwiseOr)
LOGICAL_KERNEL(bitwise_xor, kBitTypes, "bitwise_xor_cuda", BitwiseXor)
LOGICAL_KERNEL(lshift, kIntegralTypes, "lshift_cuda", LeftShift)
LOGICAL_KERNEL(rshift, kIntegralTypes, "rshift_cuda", RightShift)
#undef LOGICAL_KERNEL

} // namespace
} // namespace at::native

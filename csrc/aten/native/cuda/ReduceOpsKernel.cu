// Reductions on CUDA: one switch over kinds and dtypes, the extremes with
// their indices. The driver is Reduce.cuh; running sums are in ScanKernel.cu.
#include "aten/native/ReduceOps.h"

#include "aten/Dispatch.h"
#include "aten/native/cuda/Reduce.cuh"
#include "aten/native/functors/ReduceOps.h"

namespace at::native {
namespace {

void reduce_kernel_by_kind(
    const TensorBase& out,
    const TensorBase& self,
    const ReducePlan& plan,
    ReduceKind kind,
    const TensorBase* shift,
    double p) {
  const ScalarType dtype = self.scalar_type();
  auto run = [&](auto type, auto words, const auto& op) {
    using S = decltype(type);
    using Op = std::decay_t<decltype(op)>;
    launch_reduce(
        FormulaBody<S, Op, decltype(words)::value>(
            pointer<S>(self),
            op,
            shift ? pointer<S>(*shift) : nullptr,
            pointer<S>(out)),
        plan);
  };
#define CASE(Kind, words, dispatch, ...)                            \
  case ReduceKind::Kind:                                            \
    dispatch(dtype, #Kind "_cuda", [&](auto type) {                 \
      using T = opmath_type<decltype(type)>;                        \
      run(type, std::bool_constant<words>(), Kind<T>{__VA_ARGS__}); \
    });                                                             \
    break;
  switch (kind) {
    CASE(Sum, true, dispatch_all_types_and_complex)
    CASE(Prod, false, dispatch_all_types_and_complex)
    CASE(Max, true, dispatch_all_types)
    CASE(Min, true, dispatch_all_types)
    CASE(SumSquares, true, dispatch_floating_types)
    CASE(SumAbs, false, dispatch_floating_types)
    CASE(MaxAbs, false, dispatch_floating_types)
    CASE(MinAbs, false, dispatch_floating_types)
    CASE(CountNonzero, false, dispatch_floating_types)
    CASE(SumPowAbs, false, dispatch_floating_types, static_cast<T>(p))
  }
#undef CASE
}

void extreme_kernel(
    const TensorBase& values,
    const TensorBase& indices,
    const TensorBase& self,
    const ReducePlan& plan,
    bool largest) {
  dispatch_all_types(self.scalar_type(), "max_cuda", [&](auto type) {
    using S = decltype(type);
    launch_reduce(
        ExtremeBody<S>(
            pointer<S>(self),
            largest,
            pointer<S>(values),
            pointer<int64_t>(indices)),
        plan);
  });
}

} // namespace

REGISTER_DISPATCH(reduce_stub, reduce_kernel_by_kind);
REGISTER_DISPATCH(extreme_stub, extreme_kernel);

} // namespace at::native

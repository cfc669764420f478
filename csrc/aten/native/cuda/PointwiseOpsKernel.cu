// CUDA kernels of where; the others: native/pointwise/PointwiseOps.h.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/PointwiseOps.h"

namespace at::native {
namespace {

// ------------------------------------------------------------------- where

struct Where {
  template <typename T>
  C10_HOST_DEVICE T operator()(bool condition, T self, T other) const {
    return condition ? self : other;
  }
};

void where_kernel(TensorIterator& iter) {
  dispatch_every_type(iter.common_dtype(), "where_cuda", [&](auto type) {
    using S = decltype(type);
    gpu_kernel_typed<S, bool, S, S>(iter, Where{});
  });
}
REGISTER_DISPATCH(where_stub, where_kernel);

} // namespace
} // namespace at::native

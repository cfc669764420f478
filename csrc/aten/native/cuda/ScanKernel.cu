// cumsum and cumprod on CUDA: the driver is Scan.cuh. The CPU's kernel is in
// cpu/ReduceOpsKernel.cpp.
#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/native/ReduceOps.h"
#include "aten/native/cuda/Scan.cuh"

namespace at::native {
namespace {

void cumulate_kernel(
    const TensorBase& out,
    const TensorBase& self,
    int64_t dim,
    bool product) {
  TensorBase input = self;
  if (!self.is_contiguous()) {
    input = at::detail::empty(self.sizes(), self.scalar_type(), self.device());
    at::detail::copy_(input, self);
  }
  const auto n = static_cast<int64_t>(self.sizes()[dim]);
  const int64_t inner = out.strides()[dim];
  const int64_t outer = self.numel() / n / inner;
  const ScanPlan plan = plan_scan(outer, n, inner, device_shape());
  dispatch_all_types_and_complex(
      self.scalar_type(),
      product ? "cumprod_cuda" : "cumsum_cuda",
      [&](auto type) {
        using S = decltype(type);
        scan_lines<S>(pointer<S>(input), pointer<S>(out), plan, product);
      });
}

} // namespace

REGISTER_DISPATCH(cumulate_stub, cumulate_kernel);

} // namespace at::native

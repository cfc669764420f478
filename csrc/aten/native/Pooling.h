// Stubs of pooling over the last two dimensions of contiguous planes.
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// `planes` images of in_h x in_w become out_h x out_w.
struct PoolShape {
  int64_t planes;
  int64_t in_h, in_w, out_h, out_w;
  int64_t kernel_h, kernel_w, stride_h, stride_w;
  int64_t pad_h, pad_w, dilation_h, dilation_w;
  // avg_pool2d
  bool count_include_pad;
  int64_t divisor; // zero: the number of elements
};

// out, indices (undefined: not wanted), input
using max_pool_fn = void (*)(
    const TensorBase&,
    const TensorBase&,
    const TensorBase&,
    const PoolShape&);
DECLARE_DISPATCH(max_pool_fn, max_pool2d_stub);
// grad_input, grad_output, indices
DECLARE_DISPATCH(max_pool_fn, max_pool2d_backward_stub);

// to, from: output and input, or grad_input and grad_output
using pool_fn =
    void (*)(const TensorBase&, const TensorBase&, const PoolShape&);
DECLARE_DISPATCH(pool_fn, avg_pool2d_stub);
DECLARE_DISPATCH(pool_fn, avg_pool2d_backward_stub);
DECLARE_DISPATCH(pool_fn, adaptive_avg_pool2d_stub);
DECLARE_DISPATCH(pool_fn, adaptive_avg_pool2d_backward_stub);

} // namespace at::native

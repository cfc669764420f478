// Stubs of the built-in products; kernels in native/cpu/GemmKernel.cpp.
#pragma once

#include "aten/native/DispatchStub.h"
#include "aten/native/blas/Gemm.h"

namespace at::native {

using gemm_fn = void (*)(const blas::GemmCall&);
using gemv_fn = void (*)(const blas::GemvCall&);
DECLARE_DISPATCH(gemm_fn, gemm_stub);
DECLARE_DISPATCH(gemv_fn, gemv_stub);

// out = sum of x[i] * y[i], with x conjugated where asked for; all of the
// same dtype, strides in elements.
using dot_fn = void (*)(
    ScalarType dtype,
    int64_t n,
    const void* x,
    int64_t incx,
    const void* y,
    int64_t incy,
    bool conjugate_x,
    void* out);
DECLARE_DISPATCH(dot_fn, dot_stub);

} // namespace at::native

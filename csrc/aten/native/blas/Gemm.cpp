// The table of gemm providers, the choice among them, and the built-in
// provider's entry (its arithmetic: native/cpu/GemmKernel.cpp).
#include "aten/native/blas/Gemm.h"

#include "aten/native/blas/BuiltinGemm.h"

namespace at::native {

DEFINE_DISPATCH(gemm_stub);
DEFINE_DISPATCH(gemv_stub);

namespace blas {
namespace {

bool always() {
  return true;
}
bool any_dtype(ScalarType) {
  return true;
}
void builtin_gemm(const GemmCall& call) {
  gemm_stub(c10::kCPU, call);
}
void builtin_gemv(const GemvCall& call) {
  gemv_stub(c10::kCPU, call);
}

const GemmProvider* const kProviders[] = {
    &builtin_gemm_provider,
#ifdef USE_MKL
    &mkl_gemm_provider,
#endif
};

} // namespace

const GemmProvider builtin_gemm_provider =
    {"built-in", always, any_dtype, builtin_gemm, builtin_gemv};

ArrayRef<const GemmProvider*> gemm_providers() {
  return kProviders;
}

const GemmProvider& select_gemm_provider(
    ScalarType dtype,
    int64_t m,
    int64_t n,
    int64_t k) {
  constexpr int64_t kFewest = 64;
  const int64_t work = m * n * k;
  if (work <= kFewest || (work <= kTinyProduct && n <= 8 && k <= 16)) {
    return builtin_gemm_provider;
  }
  const GemmProvider* chosen = &builtin_gemm_provider;
  for (const GemmProvider* provider : kProviders) {
    if (provider->supports(dtype) && provider->available()) {
      chosen = provider;
    }
  }
  return *chosen;
}

void gemm(const GemmCall& call) {
  if (call.m == 0 || call.n == 0 || call.batch == 0) {
    return;
  }
  select_gemm_provider(call.dtype, call.m, call.n, call.k).gemm(call);
}

void gemv(const GemvCall& call) {
  if (call.m == 0) {
    return;
  }
  select_gemm_provider(call.dtype, call.m, 1, call.n).gemv(call);
}

} // namespace blas
} // namespace at::native

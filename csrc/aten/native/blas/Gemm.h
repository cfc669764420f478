// Dense products of raw matrices: one description of a call, a table of
// providers that can serve it, and a pure function that chooses among them.
//
// Read docs/design/backends.md first. Types of a library never appear here:
// each library has its own .cpp in this folder.
#pragma once

#include <cstdint>

#include "c10/core/Scalar.h"
#include "c10/util/ArrayRef.h"

namespace at::native::blas {

using c10::ScalarType;

// A matrix in memory. Element (i, j) is at i * ld + j, or at j * ld + i
// where it is transposed.
struct Matrix {
  const void* data = nullptr;
  int64_t ld = 1;
  bool transposed = false;
};

// c = alpha * a b + beta * c, with a (m, k), b (k, n) and c (m, n) row-major,
// for each of `batch` triples that lie the given strides (in elements) apart.
// Where beta is zero c is not read.
struct GemmCall {
  ScalarType dtype;
  int64_t m, n, k;
  Matrix a, b;
  void* c;
  int64_t ldc;
  Scalar alpha = 1;
  Scalar beta = 0;
  int64_t batch = 1;
  int64_t a_stride = 0, b_stride = 0, c_stride = 0;
};

// y = alpha * a x + beta * y, with a (m, n).
struct GemvCall {
  ScalarType dtype;
  int64_t m, n;
  Matrix a;
  const void* x;
  int64_t incx;
  void* y;
  int64_t incy;
  Scalar alpha = 1;
  Scalar beta = 0;
};

struct GemmProvider {
  const char* name;
  bool (*available)();
  bool (*supports)(ScalarType dtype);
  void (*gemm)(const GemmCall& call);
  void (*gemv)(const GemvCall& call);
};

// The built-in provider first, then the libraries of this build.
C10_API ArrayRef<const GemmProvider*> gemm_providers();

// Products of at most this many multiplications, with rows of B that fit a
// vector register or two, stay in the built-in provider: 4 x 4 takes a third
// of the time that entering MKL does (measured, see backends.md).
constexpr int64_t kTinyProduct = 1024;

// Pure: depends on its arguments and on which providers are available.
C10_API const GemmProvider& select_gemm_provider(
    ScalarType dtype,
    int64_t m,
    int64_t n,
    int64_t k);

void gemm(const GemmCall& call);
void gemv(const GemvCall& call);

// The built-in provider, native/cpu/GemmKernel.cpp.
extern const GemmProvider builtin_gemm_provider;
#ifdef USE_MKL
extern const GemmProvider mkl_gemm_provider;
#endif

} // namespace at::native::blas

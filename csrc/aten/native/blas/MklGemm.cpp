// Products through Intel MKL's CBLAS. MKL shares our OpenMP threads and goes
// serial inside a parallel region by itself.
#include <mkl_cblas.h>

#include "aten/native/blas/Gemm.h"

namespace at::native::blas {
namespace {

// One overload per element type, so that the calls below are written once.
// MKL takes complex scalars by address and complex arrays as void*.
template <typename T>
struct Cblas;

#define AT_REAL_CBLAS_(T, x)                                              \
  template <>                                                             \
  struct Cblas<T> {                                                       \
    static constexpr auto gemm = cblas_##x##gemm;                         \
    static constexpr auto gemm_batch = cblas_##x##gemm_batch_strided;     \
    static constexpr auto gemv = cblas_##x##gemv;                         \
    static T scalar(const Scalar& s) { return s.to<T>(); }                \
    static const T* in(const void* p) { return static_cast<const T*>(p); } \
    static T* out(void* p) { return static_cast<T*>(p); }                 \
    static T pass(const T& s) { return s; }                               \
  };
AT_REAL_CBLAS_(float, s)
AT_REAL_CBLAS_(double, d)
#undef AT_REAL_CBLAS_

#define AT_COMPLEX_CBLAS_(T, x)                                       \
  template <>                                                         \
  struct Cblas<c10::complex<T>> {                                     \
    using C = c10::complex<T>;                                        \
    static constexpr auto gemm = cblas_##x##gemm;                     \
    static constexpr auto gemm_batch = cblas_##x##gemm_batch_strided; \
    static constexpr auto gemv = cblas_##x##gemv;                     \
    static C scalar(const Scalar& s) { return s.to<C>(); }            \
    static const void* in(const void* p) { return p; }                \
    static void* out(void* p) { return p; }                           \
    static const void* pass(const C& s) { return &s; }                \
  };
AT_COMPLEX_CBLAS_(float, c)
AT_COMPLEX_CBLAS_(double, z)
#undef AT_COMPLEX_CBLAS_

CBLAS_TRANSPOSE transpose_of(const Matrix& matrix) {
  return matrix.transposed ? CblasTrans : CblasNoTrans;
}

template <typename T>
void gemm_as(const GemmCall& call) {
  using B = Cblas<T>;
  const T alpha = B::scalar(call.alpha);
  const T beta = B::scalar(call.beta);
  if (call.batch == 1) {
    B::gemm(
        CblasRowMajor,
        transpose_of(call.a),
        transpose_of(call.b),
        static_cast<MKL_INT>(call.m),
        static_cast<MKL_INT>(call.n),
        static_cast<MKL_INT>(call.k),
        B::pass(alpha),
        B::in(call.a.data),
        static_cast<MKL_INT>(call.a.ld),
        B::in(call.b.data),
        static_cast<MKL_INT>(call.b.ld),
        B::pass(beta),
        B::out(call.c),
        static_cast<MKL_INT>(call.ldc));
    return;
  }
  B::gemm_batch(
      CblasRowMajor,
      transpose_of(call.a),
      transpose_of(call.b),
      static_cast<MKL_INT>(call.m),
      static_cast<MKL_INT>(call.n),
      static_cast<MKL_INT>(call.k),
      B::pass(alpha),
      B::in(call.a.data),
      static_cast<MKL_INT>(call.a.ld),
      static_cast<MKL_INT>(call.a_stride),
      B::in(call.b.data),
      static_cast<MKL_INT>(call.b.ld),
      static_cast<MKL_INT>(call.b_stride),
      B::pass(beta),
      B::out(call.c),
      static_cast<MKL_INT>(call.ldc),
      static_cast<MKL_INT>(call.c_stride),
      static_cast<MKL_INT>(call.batch));
}

template <typename T>
void gemv_as(const GemvCall& call) {
  using B = Cblas<T>;
  const T alpha = B::scalar(call.alpha);
  const T beta = B::scalar(call.beta);
  // CBLAS counts the rows and columns of what is stored.
  const bool t = call.a.transposed;
  B::gemv(
      CblasRowMajor,
      transpose_of(call.a),
      static_cast<MKL_INT>(t ? call.n : call.m),
      static_cast<MKL_INT>(t ? call.m : call.n),
      B::pass(alpha),
      B::in(call.a.data),
      static_cast<MKL_INT>(call.a.ld),
      B::in(call.x),
      static_cast<MKL_INT>(call.incx),
      B::pass(beta),
      B::out(call.y),
      static_cast<MKL_INT>(call.incy));
}

template <typename F>
void with_type(ScalarType dtype, const F& f) {
  switch (dtype) {
    case ScalarType::Float:
      return f(float());
    case ScalarType::Double:
      return f(double());
    case ScalarType::ComplexFloat:
      return f(c10::complex<float>());
    default:
      return f(c10::complex<double>());
  }
}

bool mkl_available() {
  return true;
}
bool mkl_supports(ScalarType dtype) {
  return dtype == ScalarType::Float || dtype == ScalarType::Double ||
      c10::is_complex_type(dtype);
}
void mkl_gemm(const GemmCall& call) {
  with_type(call.dtype, [&](auto type) { gemm_as<decltype(type)>(call); });
}
void mkl_gemv(const GemvCall& call) {
  with_type(call.dtype, [&](auto type) { gemv_as<decltype(type)>(call); });
}

} // namespace

const GemmProvider mkl_gemm_provider =
    {"MKL", mkl_available, mkl_supports, mkl_gemm, mkl_gemv};

} // namespace at::native::blas

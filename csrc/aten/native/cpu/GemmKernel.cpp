// The built-in products: C = alpha A B + beta C by cache-sized blocks, a
// direct loop for tiny ones, and plain loops for what is neither. Serves every
// dtype when no library does, integers and tiny products always.
//
// Read aten/native/blas/Gemm.h first.
#include <algorithm>
#include <memory>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/cpu/vec/VecMath.h"
#include "aten/native/blas/BuiltinGemm.h"

namespace at::native {
namespace {

using blas::GemmCall;
using blas::GemvCall;
using blas::Matrix;

// A matrix of T by its two strides.
template <typename T>
struct View {
  const T* data;
  int64_t row, col;
  View(const Matrix& m, const void* data)
      : data(static_cast<const T*>(data)),
        row(m.transposed ? 1 : m.ld),
        col(m.transposed ? m.ld : 1) {}
  const T& at(int64_t i, int64_t j) const { return data[i * row + j * col]; }
};

template <typename T>
struct Product {
  int64_t m, n, k;
  View<T> a, b;
  T* c;
  int64_t ldc;
  opmath_type<T> alpha, beta;
};

template <typename T>
inline T multiply_add(T a, T b, T c) {
#ifdef __FMA__
  if constexpr (std::is_same<T, float>::value) {
    return __builtin_fmaf(a, b, c);
  } else if constexpr (std::is_same<T, double>::value) {
    return __builtin_fma(a, b, c);
  }
#endif
  return static_cast<T>(a * b + c);
}

template <typename T, typename A>
inline void store(T& c, A sum, A alpha, A beta) {
  // A zero beta forgets even a NaN.
  c = beta == A(0) ? T(alpha * sum) : T(alpha * sum + beta * A(c));
}

// ------------------------------------------------------------------- tiny

constexpr int64_t kTinyColumns = 64;

// One row of C at a time in registers or L1.
template <typename T>
void tiny_product(const Product<T>& p) {
  using A = opmath_type<T>;
  A sum[kTinyColumns];
  for (int64_t i = 0; i < p.m; ++i) {
    std::fill_n(sum, p.n, A(0));
    for (int64_t k = 0; k < p.k; ++k) {
      const A x = A(p.a.at(i, k));
      const T* const row = &p.b.at(k, 0);
      if (p.b.col == 1) {
        for (int64_t j = 0; j < p.n; ++j) {
          sum[j] = multiply_add(x, A(row[j]), sum[j]);
        }
      } else {
        for (int64_t j = 0; j < p.n; ++j) {
          sum[j] = multiply_add(x, A(row[j * p.b.col]), sum[j]);
        }
      }
    }
    T* const out = p.c + i * p.ldc;
    for (int64_t j = 0; j < p.n; ++j) {
      store(out[j], sum[j], p.alpha, p.beta);
    }
  }
}

constexpr int64_t kTinyDepth = 16;

// The same where a row of B fits one vector: B is read once, into registers.
template <typename T>
void tiny_vector_product(const Product<T>& p) {
  using V = at::vec::Vectorized<T>;
  V rows[kTinyDepth];
  if (p.b.col == 1) {
    for (int64_t k = 0; k < p.k; ++k) {
      rows[k] = V::loadu(&p.b.at(k, 0), p.n);
    }
  } else {
    T lanes[kTinyDepth][V::kSize] = {};
    for (int64_t j = 0; j < p.n; ++j) {
      for (int64_t k = 0; k < p.k; ++k) {
        lanes[k][j] = p.b.at(k, j);
      }
    }
    for (int64_t k = 0; k < p.k; ++k) {
      rows[k] = V::loadu(lanes[k]);
    }
  }
  for (int64_t i = 0; i < p.m; ++i) {
    V sum(T(0));
    for (int64_t k = 0; k < p.k; ++k) {
      sum = at::vec::fmadd(V(p.a.at(i, k)), rows[k], sum);
    }
    T* const out = p.c + i * p.ldc;
    sum = V(p.alpha) * sum;
    if (p.beta != T(0)) {
      sum = sum + V(p.beta) * V::loadu(out, p.n);
    }
    sum.store(out, p.n);
  }
}

template <typename T>
bool fits_vector(const Product<T>& p) {
  if constexpr (std::is_floating_point<T>::value) {
    return p.n <= at::vec::Vectorized<T>::kSize && p.k <= kTinyDepth;
  } else {
    return false;
  }
}

// --------------------------------------------------------------- blocked

constexpr int64_t kRows = 4; // of C in registers at once
constexpr int64_t kDepth = 256; // a panel of B: kDepth x kColumns, in L2
constexpr int64_t kColumns = 256;

template <typename A>
constexpr int64_t kLanes = 64 / static_cast<int64_t>(sizeof(A));

// The sums of kRows rows of A with a vector of the panel's columns:
// sums (kRows, lanes) += a (kRows, depth) panel (depth, lanes).
template <typename A>
void micro_kernel(
    const A* a,
    const A* panel,
    int64_t width,
    int64_t depth,
    A (&sums)[kRows][kLanes<A>]) {
  for (int64_t k = 0; k < depth; ++k) {
    const A* const b = panel + k * width;
    for (int64_t r = 0; r < kRows; ++r) {
      const A x = a[r * kDepth + k];
      for (int64_t l = 0; l < kLanes<A>; ++l) {
        sums[r][l] = multiply_add(x, b[l], sums[r][l]);
      }
    }
  }
}

// Depth k0..k0+depth of B, columns j0..j0+columns, packed with a width that
// is a multiple of the lanes (zeros at the end).
template <typename A>
struct Panel {
  int64_t j0, columns, width;
  int64_t k0 = 0, depth = 0;
  std::unique_ptr<A[]> values;

  template <typename T>
  void pack(const Product<T>& p) {
    for (int64_t k = 0; k < depth; ++k) {
      A* const to = values.get() + k * width;
      for (int64_t j = 0; j < columns; ++j) {
        to[j] = A(p.b.at(k0 + k, j0 + j));
      }
      std::fill(to + columns, to + width, A(0));
    }
  }
};

// sums (rows, width) += A (rows from i0, the panel's depth) times the panel.
template <typename T, typename A>
void multiply_panel(
    const Product<T>& p,
    int64_t i0,
    int64_t rows,
    const Panel<A>& panel,
    A* sums) {
  A a[kRows * kDepth];
  for (int64_t r = 0; r < kRows; ++r) {
    for (int64_t k = 0; k < panel.depth; ++k) {
      a[r * kDepth + k] = r < rows ? A(p.a.at(i0 + r, panel.k0 + k)) : A(0);
    }
  }
  for (int64_t j = 0; j < panel.width; j += kLanes<A>) {
    A acc[kRows][kLanes<A>];
    for (int64_t r = 0; r < kRows; ++r) {
      std::copy_n(sums + r * panel.width + j, kLanes<A>, acc[r]);
    }
    micro_kernel<A>(a, panel.values.get() + j, panel.width, panel.depth, acc);
    for (int64_t r = 0; r < kRows; ++r) {
      std::copy_n(acc[r], kLanes<A>, sums + r * panel.width + j);
    }
  }
}

// Rows [begin, end) of C, one panel of columns after the other.
template <typename T>
void blocked_rows(const Product<T>& p, int64_t begin, int64_t end) {
  using A = opmath_type<T>;
  const auto padded = [](int64_t n) {
    return (n + kLanes<A> - 1) / kLanes<A> * kLanes<A>;
  };
  const int64_t widest = padded(std::min(kColumns, p.n));
  const int64_t rows = (end - begin + kRows - 1) / kRows * kRows;
  Panel<A> panel{};
  panel.values.reset(new A[std::min(kDepth, p.k) * widest]);
  const std::unique_ptr<A[]> sums(new A[rows * widest]);
  for (int64_t j0 = 0; j0 < p.n; j0 += kColumns) {
    panel.j0 = j0;
    panel.columns = std::min(kColumns, p.n - j0);
    panel.width = padded(panel.columns);
    std::fill_n(sums.get(), rows * panel.width, A(0));
    for (int64_t k0 = 0; k0 < p.k; k0 += kDepth) {
      panel.k0 = k0;
      panel.depth = std::min(kDepth, p.k - k0);
      panel.pack(p);
      for (int64_t i = begin; i < end; i += kRows) {
        multiply_panel<T, A>(
            p,
            i,
            std::min(kRows, end - i),
            panel,
            sums.get() + (i - begin) * panel.width);
      }
    }
    for (int64_t i = begin; i < end; ++i) {
      T* const out = p.c + i * p.ldc + j0;
      const A* const from = sums.get() + (i - begin) * panel.width;
      for (int64_t j = 0; j < panel.columns; ++j) {
        store(out[j], from[j], p.alpha, p.beta);
      }
    }
  }
}

template <typename T>
void one_product(const Product<T>& p) {
  if (fits_vector(p)) {
    if constexpr (std::is_floating_point<T>::value) {
      tiny_vector_product(p);
    }
    return;
  }
  if (p.m * p.n * p.k <= blas::kTinyProduct && p.n <= kTinyColumns) {
    tiny_product(p);
    return;
  }
  constexpr int64_t kWork = 1 << 18; // multiplications per thread
  const int64_t per_row = std::max<int64_t>(1, p.n * p.k);
  parallel_for(
      0, p.m, std::max(kRows, kWork / per_row), [&](int64_t b, int64_t e) {
        constexpr int64_t kChunk = 512; // bounds the sums kept at once
        for (int64_t i = b; i < e; i += kChunk) {
          blocked_rows(p, i, std::min(e, i + kChunk));
        }
      });
}

void gemm_kernel(const GemmCall& call) {
  dispatch_all_types_and_complex(call.dtype, "gemm", [&](auto type) {
    using T = decltype(type);
    using A = opmath_type<T>;
    const A alpha = call.alpha.to_unchecked<A>();
    const A beta = call.beta.to_unchecked<A>();
    const auto run = [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T* a = static_cast<const T*>(call.a.data) + i * call.a_stride;
        const T* b = static_cast<const T*>(call.b.data) + i * call.b_stride;
        T* c = static_cast<T*>(call.c) + i * call.c_stride;
        one_product<T>(
            {call.m,
             call.n,
             call.k,
             View<T>(call.a, a),
             View<T>(call.b, b),
             c,
             call.ldc,
             alpha,
             beta});
      }
    };
    if (call.batch == 1) {
      run(0, 1);
      return;
    }
    const int64_t work = std::max<int64_t>(1, call.m * call.n * call.k);
    parallel_for(0, call.batch, 1 + (1 << 16) / work, run);
  });
}

// ------------------------------------------------------------------- gemv

void gemv_kernel(const GemvCall& call) {
  dispatch_all_types_and_complex(call.dtype, "gemv", [&](auto type) {
    using T = decltype(type);
    using A = opmath_type<T>;
    const View<T> a(call.a, call.a.data);
    const T* const x = static_cast<const T*>(call.x);
    T* const y = static_cast<T*>(call.y);
    const A alpha = call.alpha.to_unchecked<A>();
    const A beta = call.beta.to_unchecked<A>();
    const int64_t grain = 1 + (1 << 16) / std::max<int64_t>(1, call.n);
    parallel_for(0, call.m, grain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        A sum = A(0);
        for (int64_t j = 0; j < call.n; ++j) {
          sum = multiply_add(A(a.at(i, j)), A(x[j * call.incx]), sum);
        }
        store(y[i * call.incy], sum, alpha, beta);
      }
    });
  });
}

// -------------------------------------------------------------------- dot

template <typename T>
T conjugate(const T& x) {
  if constexpr (c10::is_complex<T>::value) {
    return T(x.real(), -x.imag());
  } else {
    return x;
  }
}

// Partial sums in as many lanes as a cache line holds.
template <typename T>
opmath_type<T> dot(
    int64_t n,
    const T* x,
    int64_t incx,
    const T* y,
    int64_t incy,
    bool conjugate_x) {
  using A = opmath_type<T>;
  constexpr int64_t kStep = kLanes<A>;
  A lanes[kStep] = {};
  int64_t i = 0;
  if (incx == 1 && incy == 1 && !conjugate_x) {
    for (; i + kStep <= n; i += kStep) {
      for (int64_t l = 0; l < kStep; ++l) {
        lanes[l] = multiply_add(A(x[i + l]), A(y[i + l]), lanes[l]);
      }
    }
  }
  A sum = A(0);
  for (; i < n; ++i) {
    const A a = A(x[i * incx]);
    sum = multiply_add(conjugate_x ? conjugate(a) : a, A(y[i * incy]), sum);
  }
  for (int64_t l = 0; l < kStep; ++l) {
    sum = static_cast<A>(sum + lanes[l]);
  }
  return sum;
}

void dot_kernel(
    ScalarType dtype,
    int64_t n,
    const void* x,
    int64_t incx,
    const void* y,
    int64_t incy,
    bool conjugate_x,
    void* out) {
  dispatch_all_types_and_complex(dtype, "dot", [&](auto type) {
    using T = decltype(type);
    *static_cast<T*>(out) = T(dot<T>(
        n,
        static_cast<const T*>(x),
        incx,
        static_cast<const T*>(y),
        incy,
        conjugate_x));
  });
}

} // namespace

REGISTER_DISPATCH(gemm_stub, gemm_kernel);
REGISTER_DISPATCH(gemv_stub, gemv_kernel);
REGISTER_DISPATCH(dot_stub, dot_kernel);

} // namespace at::native

// cpu_kernel(iter, functor): runs a formula over a TensorIterator.
//
// The functor is generic in its argument: a number of the compute type
// T = opmath_type<S>, or a Vectorized<T>; its arity and result type are read
// off its signature. Results of type T are stored as S, bools as bool,
// anything else as it is. A functor whose operator takes T itself has no
// vector form.
//
// Compiled once per instruction set: everything is in an anonymous namespace.
#pragma once

#include <tuple>
#include <utility>

#include "aten/Dispatch.h"
#include "aten/TensorIterator.h"
#include "aten/cpu/vec/Vectorized.h"

namespace at::native {
namespace {

using at::vec::OpVec;
using at::vec::Vectorized;

// ------------------------------------------------------------ the functor

template <typename F, typename T>
constexpr int functor_arity() {
  if constexpr (std::is_invocable<const F&>::value) {
    return 0;
  } else if constexpr (std::is_invocable<const F&, T>::value) {
    return 1;
  } else if constexpr (std::is_invocable<const F&, T, T>::value) {
    return 2;
  } else if constexpr (std::is_invocable<const F&, T, T, T>::value) {
    return 3;
  } else {
    static_assert(
        std::is_invocable<const F&, T, T, T, T>::value,
        "a functor takes at most four arguments of its compute type");
    return 4;
  }
}

template <typename F, typename T, size_t... I>
auto functor_result(const F& f, std::index_sequence<I...>)
    -> decltype(f((static_cast<void>(I), std::declval<T>())...));

template <typename F, typename V, size_t... I>
constexpr bool has_vector_form(std::index_sequence<I...>) {
  return std::is_invocable<const F&, std::enable_if_t<(I + 1 > 0), V>...>::
      value;
}

template <typename S, typename F>
struct KernelTraits {
  using T = opmath_type<S>;
  static constexpr int N = functor_arity<F, T>();
  using Indices = std::make_index_sequence<N>;
  using Result =
      decltype(functor_result<F, T>(std::declval<const F&>(), Indices()));
  using Out =
      std::conditional_t<std::is_same<Result, T>::value, S, Result>;
  static constexpr bool vectorized() {
    if constexpr (std::is_floating_point<T>::value && N > 0) {
      return has_vector_form<F, Vectorized<T>>(Indices());
    } else {
      return false;
    }
  }
};

// ------------------------------------------------------------- scalar rows

// One input of a row. A constant is of the compute type: a Python number is
// not rounded to Half.
template <typename S>
C10_ALWAYS_INLINE opmath_type<S> load_one(const char* p, bool wide) {
  if (wide) {
    opmath_type<S> value;
    memcpy(&value, p, sizeof value);
    return value;
  }
  return static_cast<opmath_type<S>>(*reinterpret_cast<const S*>(p));
}

// Strides are known to be the element sizes (Step) or zero (Constant): the
// compiler vectorises the loop.
template <typename S, typename F, bool kLastConstant, size_t... I>
void dense_scalar_row(
    const F& f,
    char* const* data,
    int64_t n,
    bool last_wide,
    std::index_sequence<I...>) {
  using Traits = KernelTraits<S, F>;
  using T = typename Traits::T;
  constexpr size_t last = sizeof...(I) - 1;
  auto* out = reinterpret_cast<typename Traits::Out*>(data[0]);
  const S* in[] = {reinterpret_cast<const S*>(data[I + 1])...};
  T constant{};
  if constexpr (kLastConstant) {
    constant = load_one<S>(data[last + 1], last_wide);
  }
  for (int64_t i = 0; i < n; ++i) {
    out[i] = static_cast<typename Traits::Out>(
        f((kLastConstant && I == last ? constant
                                      : static_cast<T>(in[I][i]))...));
  }
}

template <typename S, typename F, size_t... I>
void strided_scalar_row(
    const F& f,
    char* const* data,
    const int64_t* strides,
    int64_t n,
    uint32_t wide,
    std::index_sequence<I...>) {
  using Out = typename KernelTraits<S, F>::Out;
  char* out = data[0];
  for (int64_t i = 0; i < n; ++i) {
    *reinterpret_cast<Out*>(out + i * strides[0]) = static_cast<Out>(
        f(load_one<S>(
            data[I + 1] + i * strides[I + 1], wide >> (I + 1) & 1)...));
  }
}

template <typename S, typename F>
void scalar_row(
    const F& f,
    char* const* data,
    const int64_t* strides,
    int64_t n,
    uint32_t wide) {
  using Traits = KernelTraits<S, F>;
  using Indices = typename Traits::Indices;
  constexpr int N = Traits::N;
  constexpr auto size = static_cast<int64_t>(sizeof(S));
  bool dense = strides[0] == static_cast<int64_t>(sizeof(typename Traits::Out));
  for (int i = 1; i < N; ++i) {
    dense &= strides[i] == size;
  }
  if constexpr (N > 0) {
    if (dense && strides[N] == size && !(wide >> N & 1)) {
      dense_scalar_row<S, F, false>(f, data, n, false, Indices());
      return;
    }
    if (N > 1 && dense && strides[N] == 0 && (wide & ~(1u << N)) == 0) {
      dense_scalar_row<S, F, true>(f, data, n, wide >> N & 1, Indices());
      return;
    }
  }
  strided_scalar_row<S, F>(f, data, strides, n, wide, Indices());
}

// ------------------------------------------------------------- vector rows

template <typename S>
struct VectorSource {
  const char* p = nullptr;
  bool constant = false;
  OpVec<S> value{opmath_type<S>(0)};

  C10_ALWAYS_INLINE OpVec<S> load(int64_t i) const {
    return constant ? value : vec::load_as<S>(p + i * sizeof(S));
  }
  C10_ALWAYS_INLINE OpVec<S> load(int64_t i, int64_t n) const {
    return constant ? value : vec::load_as<S>(p + i * sizeof(S), n);
  }
};

template <typename S, typename R>
C10_ALWAYS_INLINE void store_result(char* p, R r) {
  if constexpr (std::is_same<R, OpVec<S>>::value) {
    vec::store_as<S>(p, r);
  } else {
    vec::store_mask(p, r);
  }
}
template <typename S, typename R>
C10_ALWAYS_INLINE void store_result(char* p, R r, int64_t n) {
  if constexpr (std::is_same<R, OpVec<S>>::value) {
    vec::store_as<S>(p, r, n);
  } else {
    char bytes[R::kSize];
    vec::store_mask(bytes, r);
    for (int64_t i = 0; i < n; ++i) {
      p[i] = bytes[i];
    }
  }
}

// out and the sources lie dense in memory (or are constant).
template <typename S, typename F, size_t... I>
C10_ALWAYS_INLINE void vector_row(
    const F& f,
    char* out,
    const VectorSource<S>* in,
    int64_t n,
    std::index_sequence<I...>) {
  constexpr int64_t size = OpVec<S>::kSize;
  constexpr auto out_size =
      static_cast<int64_t>(sizeof(typename KernelTraits<S, F>::Out));
  int64_t i = 0;
  for (; i + 2 * size <= n; i += 2 * size) {
    const auto a = f(in[I].load(i)...);
    const auto b = f(in[I].load(i + size)...);
    store_result<S>(out + i * out_size, a);
    store_result<S>(out + (i + size) * out_size, b);
  }
  for (; i + size <= n; i += size) {
    store_result<S>(out + i * out_size, f(in[I].load(i)...));
  }
  if (i < n) {
    store_result<S>(out + i * out_size, f(in[I].load(i, n - i)...), n - i);
  }
}

template <typename S>
__attribute__((noinline)) void gather(S* to, const char* from, int64_t stride, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    memcpy(to + i, from + i * stride, sizeof(S));
  }
}

// Elements of a strided operand that are brought together at a time.
constexpr int64_t kGatherBlock = 256;

template <typename S, typename F>
void vector_row_any(
    const F& f,
    char* const* data,
    const int64_t* strides,
    int64_t n,
    uint32_t wide) {
  using Traits = KernelTraits<S, F>;
  using Out = typename Traits::Out;
  constexpr int N = Traits::N;
  const bool out_dense = strides[0] == static_cast<int64_t>(sizeof(Out));
  VectorSource<S> in[N];
  bool dense = out_dense;
  for (int i = 0; i < N; ++i) {
    in[i].p = data[i + 1];
    if (strides[i + 1] == 0) {
      in[i].constant = true;
      in[i].value = OpVec<S>(load_one<S>(in[i].p, wide >> (i + 1) & 1));
    } else {
      dense &= strides[i + 1] == static_cast<int64_t>(sizeof(S));
    }
  }
  if (dense) {
    vector_row<S>(f, data[0], in, n, typename Traits::Indices());
    return;
  }
  S gathered[N][kGatherBlock];
  Out results[kGatherBlock];
  for (int64_t at = 0; at < n; at += kGatherBlock) {
    const int64_t m = std::min(kGatherBlock, n - at);
    for (int i = 0; i < N; ++i) {
      const int64_t stride = strides[i + 1];
      const char* from = data[i + 1] + at * stride;
      if (stride == static_cast<int64_t>(sizeof(S))) {
        in[i].p = from;
      } else if (stride != 0) {
        gather(gathered[i], from, stride, m);
        in[i].p = reinterpret_cast<const char*>(gathered[i]);
      }
    }
    char* out = data[0] + at * strides[0];
    char* to = out_dense ? out : reinterpret_cast<char*>(results);
    vector_row<S>(f, to, in, m, typename Traits::Indices());
    for (int64_t i = 0; !out_dense && i < m; ++i) {
      memcpy(out + i * strides[0], results + i, sizeof(Out));
    }
  }
}

// Out of line: one copy serves planes and tiles.
template <typename S, typename F>
__attribute__((noinline)) void any_row(
    const F& f,
    char* const* data,
    const int64_t* strides,
    int64_t n,
    uint32_t wide) {
  if constexpr (KernelTraits<S, F>::vectorized()) {
    vector_row_any<S>(f, data, strides, n, wide);
  } else {
    scalar_row<S>(f, data, strides, n, wide);
  }
}

// ------------------------------------------------------------------ planes

// Note [Tiles for transposed operands]
// An operand that is dense along the outer dimension instead of the inner
// one touches a new cache line with each element of a row. Such planes are
// cut into tiles of kTileRows rows; the operand's part is transposed into a
// buffer, so that every line it touches is used whole.
constexpr int64_t kTileRows = 16;
constexpr int64_t kTileColumns = 64;

template <typename S>
bool is_transposed(const int64_t* strides, int args, int arg) {
  return strides[arg] != static_cast<int64_t>(sizeof(S)) &&
      strides[arg] != 0 &&
      strides[args + arg] == static_cast<int64_t>(sizeof(S));
}

template <typename S>
__attribute__((noinline)) void transpose_tile(
    S* to,
    const char* from,
    int64_t stride,
    int64_t columns,
    int64_t rows) {
  if (rows == kTileRows) {
    for (int64_t c = 0; c < columns; ++c) {
      S line[kTileRows];
      memcpy(line, from + c * stride, sizeof line);
      for (int64_t r = 0; r < kTileRows; ++r) {
        to[r * kTileColumns + c] = line[r];
      }
    }
    return;
  }
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < rows; ++r) {
      memcpy(
          to + r * kTileColumns + c,
          from + c * stride + r * static_cast<int64_t>(sizeof(S)),
          sizeof(S));
    }
  }
}

template <typename S, typename F>
__attribute__((noinline)) void tiled_plane(
    const F& f,
    char* const* data,
    const int64_t* strides,
    int64_t size0,
    int64_t size1,
    uint32_t wide) {
  constexpr int N = KernelTraits<S, F>::N;
  constexpr int args = N + 1;
  alignas(64) S tiles[N][kTileRows * kTileColumns];
  for (int64_t r = 0; r < size1; r += kTileRows) {
    const int64_t rows = std::min(kTileRows, size1 - r);
    for (int64_t c = 0; c < size0; c += kTileColumns) {
      const int64_t columns = std::min(kTileColumns, size0 - c);
      char* row[args];
      int64_t inner[args];
      int64_t outer[args];
      for (int a = 0; a < args; ++a) {
        row[a] = data[a] + c * strides[a] + r * strides[args + a];
        inner[a] = strides[a];
        outer[a] = strides[args + a];
        if (a > 0 && is_transposed<S>(strides, args, a)) {
          transpose_tile(tiles[a - 1], row[a], strides[a], columns, rows);
          row[a] = reinterpret_cast<char*>(tiles[a - 1]);
          inner[a] = sizeof(S);
          outer[a] = kTileColumns * sizeof(S);
        }
      }
      for (int64_t i = 0; i < rows; ++i) {
        any_row<S>(f, row, inner, columns, wide);
        for (int a = 0; a < args; ++a) {
          row[a] += outer[a];
        }
      }
    }
  }
}

template <typename S, typename F>
void plane(
    const F& f,
    char** data,
    const int64_t* strides,
    int64_t size0,
    int64_t size1,
    uint32_t wide) {
  constexpr int args = KernelTraits<S, F>::N + 1;
  if constexpr (args > 1) {
    bool transposed = false;
    for (int a = 1; a < args; ++a) {
      transposed |= is_transposed<S>(strides, args, a);
    }
    if (transposed && size1 >= kTileRows && size0 >= kTileRows) {
      tiled_plane<S>(f, data, strides, size0, size1, wide);
      return;
    }
  }
  for (int64_t i = 0;;) {
    any_row<S>(f, data, strides, size0, wide);
    if (++i >= size1) {
      return;
    }
    for (int a = 0; a < args; ++a) {
      data[a] += strides[args + a];
    }
  }
}

// ------------------------------------------------------------- entry point

// S: the element type of the inputs (iter.common_dtype()). grain: elements
// below which one thread works; smaller for costly formulas.
template <typename S, typename F>
void cpu_kernel(
    TensorIterator& iter,
    const F& f,
    int64_t grain = kGrainSize) {
  using Traits = KernelTraits<S, F>;
  uint32_t wide = 0; // bit a: operand a is a number, of the compute type
  for (int a = 1; a <= Traits::N; ++a) {
    wide |= static_cast<uint32_t>(iter.is_number(a)) << a;
  }
  iter.for_each(
      [&](char** data,
          const int64_t* strides,
          int64_t size0,
          int64_t size1) { plane<S>(f, data, strides, size0, size1, wide); },
      grain);
  iter.cast_outputs();
}

} // namespace
} // namespace at::native

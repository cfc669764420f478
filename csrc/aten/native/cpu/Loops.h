// cpu_kernel(iter, functor): runs a formula over a TensorIterator.
//
// The functor is generic in its argument: a number of the compute type
// T = opmath_type<S>, or a Vectorized<T>; its arity and result type are read
// off its signature. Results of type T are stored as S, bools as bool,
// anything else as it is. A functor whose operator takes T itself has no
// vector form.
//
// Compiled once per instruction set: everything is in an anonymous namespace.
// Strides, tiles and threads are in native/RowLoops.cpp, compiled once.
#pragma once

#include "aten/Dispatch.h"
#include "aten/TensorIterator.h"
#include "aten/cpu/vec/Vectorized.h"
#include "aten/native/FunctorTraits.h"
#include "aten/native/RowLoops.h"

namespace at::native {
namespace {

using at::vec::OpVec;
using at::vec::Vectorized;

// ------------------------------------------------------------ the functor

template <typename F, typename V, size_t... I>
constexpr bool has_vector_form(std::index_sequence<I...>) {
  return std::is_invocable<const F&, std::enable_if_t<(I + 1 > 0), V>...>::
      value;
}

template <typename S, typename F>
struct KernelTraits : FunctorTraits<S, F> {
  using Base = FunctorTraits<S, F>;
  static constexpr bool vectorized() {
    using T = typename Base::T;
    if constexpr (std::is_floating_point<T>::value && Base::N > 0) {
      return has_vector_form<F, Vectorized<T>>(typename Base::Indices());
    } else {
      return false;
    }
  }
};

// -------------------------------------------------------------------- rows

// A constant input as a number of the compute type.
template <typename S>
C10_ALWAYS_INLINE opmath_type<S> load_one(const char* p, bool wide) {
  if (wide) {
    opmath_type<S> value;
    memcpy(&value, p, sizeof value);
    return value;
  }
  return static_cast<opmath_type<S>>(*reinterpret_cast<const S*>(p));
}

// Without a vector form. The compiler vectorises the two common cases: no
// constant, and the last input constant.
template <typename S, typename F, size_t... I>
void scalar_row(
    const F& f,
    char* out_bytes,
    const char* const* in_bytes,
    uint32_t constants,
    uint32_t wide,
    int64_t n,
    std::index_sequence<I...>) {
  using Traits = KernelTraits<S, F>;
  using T = typename Traits::T;
  using Out = typename Traits::Out;
  constexpr size_t count = sizeof...(I);
  auto* out = reinterpret_cast<Out*>(out_bytes);
  const S* in[count + 1] = {reinterpret_cast<const S*>(in_bytes[I])...};
  if (constants == 0) {
    for (int64_t i = 0; i < n; ++i) {
      out[i] = static_cast<Out>(f(static_cast<T>(in[I][i])...));
    }
    return;
  }
  const T value[count + 1] = {
      (constants >> I & 1 ? load_one<S>(in_bytes[I], wide >> I & 1) : T())...};
  if (count == 2 && constants == 2) {
    const T last = value[count - 1];
    for (int64_t i = 0; i < n; ++i) {
      out[i] = static_cast<Out>(
          f((I + 1 == count ? last : static_cast<T>(in[I][i]))...));
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    out[i] = static_cast<Out>(
        f((constants >> I & 1 ? value[I] : static_cast<T>(in[I][i]))...));
  }
}

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

template <typename S, typename F, size_t... I>
void vector_row(
    const F& f,
    char* out,
    const char* const* in_bytes,
    uint32_t constants,
    uint32_t wide,
    int64_t n,
    std::index_sequence<I...>) {
  constexpr int64_t size = OpVec<S>::kSize;
  constexpr auto out_size =
      static_cast<int64_t>(sizeof(typename KernelTraits<S, F>::Out));
  VectorSource<S> in[sizeof...(I)];
  for (size_t k = 0; k < sizeof...(I); ++k) {
    in[k].p = in_bytes[k];
    if (constants >> k & 1) {
      in[k].constant = true;
      in[k].value = OpVec<S>(load_one<S>(in_bytes[k], wide >> k & 1));
    }
  }
  int64_t i = 0;
  for (; i + size <= n; i += size) {
    store_result<S>(out + i * out_size, f(in[I].load(i)...));
  }
  // A masked vector: the tail gets the same digits as the rest.
  if (i < n) {
    store_result<S>(out + i * out_size, f(in[I].load(i, n - i)...), n - i);
  }
}

template <typename S, typename F>
void kernel_row(
    const void* functor,
    char* out,
    const char* const* in,
    uint32_t constants,
    uint32_t wide,
    int64_t n) {
  using Traits = KernelTraits<S, F>;
  const F& f = *static_cast<const F*>(functor);
  if constexpr (Traits::vectorized()) {
    vector_row<S>(f, out, in, constants, wide, n, typename Traits::Indices());
  } else {
    scalar_row<S>(f, out, in, constants, wide, n, typename Traits::Indices());
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
  const RowKernel kernel = {
      &kernel_row<S, F>,
      &f,
      Traits::N,
      static_cast<int64_t>(sizeof(S)),
      static_cast<int64_t>(sizeof(typename Traits::Out))};
  run_rows(iter, kernel, grain);
}

} // namespace
} // namespace at::native

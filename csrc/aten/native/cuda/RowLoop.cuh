// each_in_row: the threads of a block walk a row together, in 16-byte words
// where all of its tensors are skewed alike, else element by element.
#pragma once

#include "aten/native/cuda/ReduceLane.h"

namespace at::native {
namespace {

template <typename S, int N>
__device__ __forceinline__ void store_word(S* to, const S (&from)[N]) {
  static_assert(sizeof(S) * N == 16, "a word has 16 bytes");
  uint4 word;
  memcpy(&word, from, 16);
  *reinterpret_cast<uint4*>(to) = word;
}

// For every i below n: y = f(i, {in[0][i], ...}), and out[i] = y where out is
// not null. thread: of `threads` ones.
template <int N, typename T, typename O, typename F>
__device__ __forceinline__ void each_in_row(
    const T* const (&in)[N],
    O* out,
    int64_t n,
    int thread,
    int threads,
    const F& f) {
  constexpr int kWide = static_cast<int>(16 / sizeof(T));
  const int skew = skew_of(in[0]);
  bool alike = sizeof(T) == sizeof(O) && (!out || skew_of(out) == skew);
#pragma unroll
  for (int a = 1; a < N; ++a) {
    alike = alike && skew_of(in[a]) == skew;
  }
  const auto one = [&](int64_t i) {
    T x[N];
#pragma unroll
    for (int a = 0; a < N; ++a) {
      x[a] = in[a][i];
    }
    const O y = f(i, x);
    if (out) {
      out[i] = y;
    }
  };
  if (!alike) {
    for (int64_t i = thread; i < n; i += threads) {
      one(i);
    }
    return;
  }
  if constexpr (sizeof(T) == sizeof(O)) {
    int64_t head = skew == 0 ? 0 : kWide - skew;
    head = head < n ? head : n;
    if (thread < head) {
      one(thread);
    }
    const int64_t words = (n - head) / kWide;
    for (int64_t w = thread; w < words; w += threads) {
      const int64_t first = head + w * kWide;
      T x[N][kWide];
#pragma unroll
      for (int a = 0; a < N; ++a) {
        load_word(in[a] + first, x[a]);
      }
      O y[kWide];
#pragma unroll
      for (int k = 0; k < kWide; ++k) {
        T at[N];
#pragma unroll
        for (int a = 0; a < N; ++a) {
          at[a] = x[a][k];
        }
        y[k] = f(first + k, at);
      }
      if (out) {
        store_word(out + first, y);
      }
    }
    for (int64_t i = head + words * kWide + thread; i < n; i += threads) {
      one(i);
    }
  }
}

} // namespace
} // namespace at::native

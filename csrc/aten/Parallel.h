// parallel_for: the only threading primitive. Ranges are split into one
// contiguous chunk per thread; a range not larger than its grain runs on the
// calling thread, as does one inside a parallel region.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "c10/macros/Macros.h"
#include "c10/util/FunctionRef.h"
#include "c10/util/SmallVector.h"

namespace at {

// Elements of simple work per chunk below which a second thread costs more
// than it saves (measured break-even: about 16K float additions).
constexpr int64_t kGrainSize = 32768;

// Threads of one region. Set at any time; at least 1.
C10_API int get_num_threads();
C10_API void set_num_threads(int n);
C10_API int get_num_interop_threads();
C10_API void set_num_interop_threads(int n);
// 0 outside of a region.
C10_API int get_thread_num();
C10_API bool in_parallel_region();
// What torch.__config__.parallel_info() shows.
C10_API std::string get_parallel_info();

namespace detail {
// Runs f(begin, end) on disjoint chunks; the first exception is rethrown.
C10_API void run_parallel(
    int64_t begin,
    int64_t end,
    int64_t grain,
    c10::FunctionRef<void(int64_t, int64_t)> f);
} // namespace detail

template <typename F>
void parallel_for(int64_t begin, int64_t end, int64_t grain, const F& f) {
  if (begin >= end) {
    return;
  }
  if (end - begin <= grain || end - begin == 1) {
    f(begin, end);
    return;
  }
  detail::run_parallel(begin, end, grain, f);
}

// combine(f(chunk), f(chunk), ...) in order of the chunks. The chunks depend
// on the range and the grain alone, never on the number of threads, so the
// digits of a floating sum do not either.
template <typename T, typename F, typename Combine>
T parallel_reduce(
    int64_t begin,
    int64_t end,
    int64_t grain,
    const T& identity,
    const F& f,
    const Combine& combine) {
  const int64_t n = end - begin;
  grain = std::max<int64_t>(grain, 1);
  if (n <= grain) {
    return n <= 0 ? identity : f(begin, end, identity);
  }
  const int64_t chunks = (n + grain - 1) / grain;
  c10::SmallVector<T, 16> partial(static_cast<size_t>(chunks), identity);
  parallel_for(0, chunks, 1, [&](int64_t first, int64_t last) {
    for (int64_t c = first; c < last; ++c) {
      const int64_t lo = begin + c * grain;
      partial[c] = f(lo, std::min(end, lo + grain), identity);
    }
  });
  T total = partial[0];
  for (int64_t c = 1; c < chunks; ++c) {
    total = combine(total, partial[c]);
  }
  return total;
}

} // namespace at

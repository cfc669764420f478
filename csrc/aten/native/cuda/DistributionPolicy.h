// Which thread draws which random number. PyTorch's rule, because the answer
// is part of the result: the grid, how far one launch moves the generator's
// offset, and how many elements a thread of the dropout kernel takes at once.
// Host only; needs no CUDA header. docs/design/random.md tells the rest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace at::native {

struct DistributionPolicy {
  static constexpr uint32_t kThreads = 256; // of a block
  uint32_t blocks;
  uint64_t increment; // of the generator's offset
};

// Blocks of a distribution that a device can hold at once.
constexpr int64_t resident_blocks(
    int multiprocessors,
    int threads_per_multiprocessor) {
  return int64_t{multiprocessors} *
      (threads_per_multiprocessor / int{DistributionPolicy::kThreads});
}
// Those of the current device.
int64_t resident_blocks();

// n > 0 elements, of which a thread makes `unroll` out of one block of four
// words: it draws as often as it goes around, and each draw counts as four.
inline DistributionPolicy distribution_policy(
    int64_t n,
    uint32_t unroll,
    int64_t resident) {
  constexpr int64_t kThreads = DistributionPolicy::kThreads;
  constexpr uint64_t kWordsPerDraw = 4;
  const int64_t blocks = std::min((n + kThreads - 1) / kThreads, resident);
  const int64_t rounds = (n - 1) / (kThreads * blocks * unroll) + 1;
  return {
      static_cast<uint32_t>(blocks),
      static_cast<uint64_t>(rounds) * kWordsPerDraw};
}

// Elements that a thread of the dropout kernel takes side by side: as many as
// one 16-byte access holds where address and count allow, else fewer. With
// one, threads take turns as in any other distribution.
inline int dropout_vector_size(
    int64_t n,
    int64_t element_size,
    uintptr_t address) {
  int64_t size = 16 / element_size;
  while (size > 1 &&
         (n % size != 0 ||
          address % static_cast<uintptr_t>(size * element_size) != 0)) {
    size /= 2;
  }
  return static_cast<int>(std::max<int64_t>(size, 1));
}

// randperm sorts n random keys of so many bits that with a probability of 0.9
// no two are equal: the birthday bound, ln 0.9 > -n (n - 1) / 2^(bits + 1),
// in the form that gives PyTorch's number for every n.
inline int randperm_key_bits(int64_t n) {
  const double x = static_cast<double>(n);
  const double keys = x - (6 * x * x + 1) / (12 * std::log(0.9));
  return std::min(64, static_cast<int>(std::ceil(std::log2(keys))));
}

} // namespace at::native

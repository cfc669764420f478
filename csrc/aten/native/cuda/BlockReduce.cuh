// Combining one value per thread: over a warp, over a block. T is any type
// that memcpy may copy. All threads of the warp or block must call.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace at::native {
namespace {

constexpr unsigned kWholeWarp = 0xFFFFFFFFu;

// shuffle(word) for each 32-bit word of a value.
template <typename T, typename Shuffle>
__device__ __forceinline__ T
shuffle_words(const T& value, const Shuffle& shuffle) {
  static_assert(
      std::is_trivially_copyable<T>::value, "registers hold plain bytes");
  constexpr int kWords = (sizeof(T) + 3) / 4;
  uint32_t words[kWords] = {};
  memcpy(words, &value, sizeof(T));
#pragma unroll
  for (int i = 0; i < kWords; ++i) {
    words[i] = shuffle(words[i]);
  }
  T other;
  memcpy(&other, words, sizeof(T));
  return other;
}

// The value of the lane whose number differs in the bits of `mask`.
template <typename T>
__device__ __forceinline__ T shuffle_xor(const T& value, int mask) {
  return shuffle_words(value, [mask](uint32_t word) {
    return __shfl_xor_sync(kWholeWarp, word, mask);
  });
}
// That of the lane `distance` below; one's own where there is none.
template <typename T>
__device__ __forceinline__ T shuffle_up(const T& value, int distance) {
  return shuffle_words(value, [distance](uint32_t word) {
    return __shfl_up_sync(kWholeWarp, word, distance);
  });
}
// That of one lane.
template <typename T>
__device__ __forceinline__ T shuffle_from(const T& value, int lane) {
  return shuffle_words(value, [lane](uint32_t word) {
    return __shfl_sync(kWholeWarp, word, lane);
  });
}

// op over each group of `width` neighbouring lanes, a power of two; every lane
// gets the answer. op must be commutative: lanes join in either order.
template <typename T, typename Op>
__device__ __forceinline__ T
warp_reduce(T value, const Op& op, int width = 32) {
  for (int mask = width / 2; mask > 0; mask /= 2) {
    value = op(value, shuffle_xor(value, mask));
  }
  return value;
}

// op over a block of whole warps; every thread gets the answer. shared: room
// for 32 values, which may be used again at once.
template <typename T, typename Op>
__device__ __forceinline__ T
block_reduce(T value, const Op& op, const T& identity, T* shared) {
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  const int warps = blockDim.x / 32;
  value = warp_reduce(value, op);
  if (warps == 1) {
    return value;
  }
  if (lane == 0) {
    shared[warp] = value;
  }
  __syncthreads();
  value = warp_reduce(lane < warps ? shared[lane] : identity, op);
  __syncthreads();
  return value;
}

} // namespace
} // namespace at::native

// Philox 4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2,
// 3", 2011): the counter-based generator of PyTorch's CUDA numbers, and the
// four ways its words become uniforms and normals. Host and device.
//
//   Philox4x32 engine(args.seed, thread, args.offset);
//   PhiloxWords w = engine();              // four words, then the next block
//   float u = philox_uniform(w.x);         // (0, 1]
//
// Equal to curand's generator of that name, state by state; offsets are
// multiples of four (CUDAGenerator.h sees to it).
#pragma once

#include <cmath>
#include <cstdint>

#include "c10/macros/Macros.h"

namespace at::cuda {

struct PhiloxWords {
  uint32_t x, y, z, w;
};

class Philox4x32 {
 public:
  // A counter of 128 bits: `offset` / 4 blocks into stream `subsequence`.
  C10_HOST_DEVICE Philox4x32(
      uint64_t seed,
      uint64_t subsequence,
      uint64_t offset)
      : low_(offset / 4), high_(subsequence), key_(seed) {}

  // The block at the counter; moves on to the next.
  C10_HOST_DEVICE PhiloxWords operator()() {
    const PhiloxWords result = block(low_, high_, key_);
    if (++low_ == 0) {
      ++high_;
    }
    return result;
  }

  // Ten rounds over a counter of two 64-bit halves.
  static C10_HOST_DEVICE PhiloxWords
  block(uint64_t low, uint64_t high, uint64_t key) {
    PhiloxWords c{
        static_cast<uint32_t>(low),
        static_cast<uint32_t>(low >> 32),
        static_cast<uint32_t>(high),
        static_cast<uint32_t>(high >> 32)};
    uint32_t k0 = static_cast<uint32_t>(key);
    uint32_t k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
      const uint64_t p0 = uint64_t{0xD2511F53} * c.x;
      const uint64_t p1 = uint64_t{0xCD9E8D57} * c.z;
      c = {
          static_cast<uint32_t>(p1 >> 32) ^ c.y ^ k0,
          static_cast<uint32_t>(p1),
          static_cast<uint32_t>(p0 >> 32) ^ c.w ^ k1,
          static_cast<uint32_t>(p0)};
      k0 += 0x9E3779B9; // golden ratio
      k1 += 0xBB67AE85; // sqrt(3) - 1
    }
    return c;
  }

 private:
  uint64_t low_;
  uint64_t high_;
  uint64_t key_;
};

// ------------------------------------------------------ words to numbers

constexpr float kPhilox2Pow32Inv = 2.3283064e-10f;
constexpr double kPhilox2Pow53Inv = 1.1102230246251565e-16;

// (0, 1], from one word.
C10_HOST_DEVICE inline float philox_uniform(uint32_t word) {
  return static_cast<float>(word) * kPhilox2Pow32Inv + kPhilox2Pow32Inv / 2.0f;
}
// (0, 1], from two words.
C10_HOST_DEVICE inline double philox_uniform(uint32_t a, uint32_t b) {
  const uint64_t z = a ^ static_cast<uint64_t>(b) << (53 - 32);
  return static_cast<double>(z) * kPhilox2Pow53Inv + kPhilox2Pow53Inv / 2.0;
}

template <typename T>
struct NormalPair {
  T first, second;
};

// Box-Muller: radius from the first word, angle from the second; the sine
// comes first. The device uses its fast sine and cosine, as curand does.
C10_HOST_DEVICE inline NormalPair<float> philox_normal(uint32_t a, uint32_t b) {
  constexpr float k2Pi = 2.3283064e-10f * 6.2831855f;
  const float u = philox_uniform(a);
  const float angle = static_cast<float>(b) * k2Pi + k2Pi / 2.0f;
  float sine = 0, cosine = 0;
#ifdef __CUDA_ARCH__
  const float radius = sqrtf(-2.0f * logf(u));
  __sincosf(angle, &sine, &cosine);
#else
  const float radius = std::sqrt(-2.0f * std::log(u));
  sine = std::sin(angle);
  cosine = std::cos(angle);
#endif
  return {sine * radius, cosine * radius};
}

// The same in double, from all four words of a block.
C10_HOST_DEVICE inline NormalPair<double> philox_normal_double(
    const PhiloxWords& w) {
  const double u = philox_uniform(w.x, w.y);
  const uint64_t z = w.z ^ static_cast<uint64_t>(w.w) << (53 - 32);
  const double half_turns =
      static_cast<double>(z) * (kPhilox2Pow53Inv * 2.0) + kPhilox2Pow53Inv;
  double sine = 0, cosine = 0;
#ifdef __CUDA_ARCH__
  const double radius = sqrt(-2.0 * log(u));
  sincospi(half_turns, &sine, &cosine);
#else
  const double radius = std::sqrt(-2.0 * std::log(u));
  sine = std::sin(3.141592653589793 * half_turns);
  cosine = std::cos(3.141592653589793 * half_turns);
#endif
  return {sine * radius, cosine * radius};
}

} // namespace at::cuda

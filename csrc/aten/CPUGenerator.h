// CPUGeneratorImpl: PyTorch's CPU random numbers. A mt19937 whose words are
// handed out one, two (64 bits) or a block at a time, and the cached half of a
// Box-Muller pair. Everything drawn on the CPU comes from here, under
// `mutex_`; results never depend on the number of threads.
//
// Read first: docs/design/random.md.
#pragma once

#include <optional>

#include "aten/core/TensorBase.h"
#include "c10/core/Generator.h"

namespace at {

class C10_API CPUGeneratorImpl final : public c10::GeneratorImpl {
 public:
  static constexpr uint64_t kDefaultSeed = 67280421310721;
  static constexpr int kStateWords = 624;
  static constexpr size_t kStateBytes = 5056;

  explicit CPUGeneratorImpl(uint64_t seed = kDefaultSeed);

  void set_current_seed(uint64_t seed) override;
  uint64_t current_seed() const override { return seed_; }
  uint64_t seed() override;
  c10::intrusive_ptr<GeneratorImpl> clone() const override;

  // One word.
  uint32_t random() {
    if (C10_UNLIKELY(--left_ == 0)) {
      refill();
    }
    return words_[next_++];
  }
  // Two words, the first is the high half.
  uint64_t random64() {
    const uint64_t high = random();
    return high << 32 | random();
  }
  // Uniform on [0, 1) with 53 bits, two words.
  double uniform53() {
    return static_cast<double>(random64() & ((uint64_t{1} << 53) - 1)) *
        0x1p-53;
  }
  // The next n words, as n calls of random() give them.
  void random_block(uint32_t* out, int64_t n);

  // The half of a Box-Muller pair that the next scalar normal returns.
  std::optional<double> next_normal;

  // The uint8 tensor of get_rng_state(); layout: docs/design/random.md.
  TensorBase get_state() const;
  // PyTorch's TypeError or RuntimeError for anything else than such a tensor.
  void set_state(const TensorBase& state);

 private:
  void refill();
  void temper();

  uint64_t seed_;
  // Counts down before a draw; at zero a new block is made.
  int32_t left_;
  uint32_t next_;
  uint32_t state_[kStateWords];
  uint32_t words_[kStateWords]; // state_, tempered
  // Part of the state layout; no kernel fills it.
  std::optional<float> next_float_normal_;
};

// A new generator with its own stream.
C10_API c10::Generator make_cpu_generator(
    uint64_t seed = CPUGeneratorImpl::kDefaultSeed);

namespace detail {
// What functions draw from when no generator is given; seeded from the
// system's entropy at first use.
C10_API const c10::Generator& default_cpu_generator();
} // namespace detail

// `generator`, or the default one where it is undefined. RuntimeError for a
// generator of another device.
C10_API CPUGeneratorImpl* cpu_generator(const c10::Generator& generator);

} // namespace at

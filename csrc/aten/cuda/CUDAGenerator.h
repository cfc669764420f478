// CUDAGeneratorImpl: seed and offset of one device's Philox numbers. Kernels
// take a piece of the sequence with philox_args(); thread t then draws from
// Philox4x32(seed, t, offset), so results depend on the grid, which follows
// PyTorch's rule. Host logic: makes no call of CUDA.
#pragma once

#include "aten/core/TensorBase.h"
#include "c10/core/Generator.h"

namespace at::cuda {

class CUDAGeneratorImpl final : public c10::GeneratorImpl {
 public:
  static constexpr uint64_t kDefaultSeed = 67280421310721;
  static constexpr size_t kStateBytes = 16; // seed, offset

  explicit CUDAGeneratorImpl(int device, uint64_t seed = kDefaultSeed);

  // Starts the sequence over.
  void set_current_seed(uint64_t seed) override;
  uint64_t current_seed() const override { return seed_; }
  uint64_t seed() override;
  c10::intrusive_ptr<GeneratorImpl> clone() const override;

  uint64_t offset() const { return offset_; }
  // RuntimeError for one that is no multiple of four.
  void set_offset(uint64_t offset);
  // Returns the offset and moves it on by `increment`, rounded up to a
  // multiple of four. Under mutex_.
  uint64_t advance(uint64_t increment);

  // The uint8 tensor (on the CPU) of get_rng_state(): seed, offset.
  TensorBase get_state() const;
  // PyTorch's TypeError or RuntimeError for anything else.
  void set_state(const TensorBase& state);

 private:
  uint64_t seed_;
  uint64_t offset_ = 0;
};

c10::Generator make_cuda_generator(int device);
// What functions draw from when none is given; seeded from the system's
// entropy. device -1: the current one.
const c10::Generator& default_cuda_generator(int device = -1);

struct PhiloxArgs {
  uint64_t seed;
  uint64_t offset;
};
// The piece of the sequence for one launch in which each thread draws at most
// `increment` words. `generator` undefined: the current device's default one;
// RuntimeError for a generator of another device.
PhiloxArgs philox_args(const c10::Generator& generator, uint64_t increment);

} // namespace at::cuda

// mt19937 (M. Matsumoto, T. Nishimura: Mersenne Twister, 1998), eight words at
// a time, and the layout of its state tensor.
#include "aten/CPUGenerator.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "aten/EmptyTensor.h"

namespace at {
namespace {

constexpr int kWords = CPUGeneratorImpl::kStateWords;
constexpr int kShift = 397; // "m" of the paper

typedef uint32_t Words8 __attribute__((vector_size(32)));

C10_ALWAYS_INLINE void load(Words8& v, const uint32_t* p) {
  memcpy(&v, p, sizeof v);
}

// The recurrence: top bit of u, low bits of v, times the matrix.
template <typename W>
C10_ALWAYS_INLINE void twist(W& out, const W& u, const W& v, const W& far) {
  const W y = (u & 0x80000000u) | (v & 0x7FFFFFFFu);
  out = far ^ (y >> 1) ^ ((0u - (v & 1u)) & 0x9908B0DFu);
}

template <typename W>
C10_ALWAYS_INLINE void temper_words(W& y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9D2C5680u;
  y ^= (y << 15) & 0xEFC60000u;
  y ^= y >> 18;
}

// s[i] for i in [begin, end), `distance` ahead (or behind) supplies `far`.
C10_ALWAYS_INLINE void advance(
    uint32_t* s, int begin, int end, int distance) {
  int i = begin;
  for (; i + 8 <= end; i += 8) {
    Words8 u, v, far, out;
    load(u, s + i);
    load(v, s + i + 1);
    load(far, s + i + distance);
    twist(out, u, v, far);
    memcpy(s + i, &out, sizeof out);
  }
  for (; i < end; ++i) {
    twist(s[i], s[i], s[i + 1], s[i + distance]);
  }
}

C10_ALWAYS_INLINE void next_block(uint32_t* s) {
  advance(s, 0, kWords - kShift, kShift);
  advance(s, kWords - kShift, kWords - 1, kShift - kWords);
  twist(s[kWords - 1], s[kWords - 1], s[0], s[kShift - 1]);
}

C10_ALWAYS_INLINE void temper_block(const uint32_t* s, uint32_t* words) {
  for (int i = 0; i < kWords; i += 8) {
    Words8 y;
    load(y, s + i);
    temper_words(y);
    memcpy(words + i, &y, sizeof y);
  }
}

void refill_baseline(uint32_t* s, uint32_t* words) {
  next_block(s);
  temper_block(s, words);
}

#ifdef __x86_64__
// Integers only: the same words, twice as fast.
__attribute__((target("avx2"))) void refill_avx2(
    uint32_t* s, uint32_t* words) {
  next_block(s);
  temper_block(s, words);
}
#endif

using Refill = void (*)(uint32_t*, uint32_t*);

Refill pick_refill() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) {
    return refill_avx2;
  }
#endif
  return refill_baseline;
}

uint64_t entropy() {
  std::random_device device;
  const uint64_t high = device();
  return high << 32 | device();
}

// The bytes of get_rng_state().
struct StateLayout {
  uint64_t seed;
  int32_t left;
  int32_t seeded;
  uint64_t next;
  uint64_t state[kWords];
  double unused0;
  double normal;
  double unused1;
  int32_t has_normal;
  int32_t padding0;
  float float_normal;
  uint8_t has_float_normal;
  uint8_t padding1[3];
};
static_assert(sizeof(StateLayout) == CPUGeneratorImpl::kStateBytes, "");

} // namespace

CPUGeneratorImpl::CPUGeneratorImpl(uint64_t seed)
    : GeneratorImpl(c10::Device(c10::DeviceType::CPU)) {
  set_current_seed(seed);
}

void CPUGeneratorImpl::set_current_seed(uint64_t seed) {
  seed_ = seed;
  uint32_t s = static_cast<uint32_t>(seed);
  state_[0] = s;
  for (uint32_t j = 1; j < kWords; ++j) {
    s = 1812433253u * (s ^ (s >> 30)) + j;
    state_[j] = s;
  }
  left_ = 1;
  next_ = 0;
  next_normal.reset();
  next_float_normal_.reset();
}

uint64_t CPUGeneratorImpl::seed() {
  set_current_seed(entropy());
  return seed_;
}

c10::intrusive_ptr<c10::GeneratorImpl> CPUGeneratorImpl::clone() const {
  auto copy = c10::make_intrusive<CPUGeneratorImpl>(seed_);
  copy->left_ = left_;
  copy->next_ = next_;
  memcpy(copy->state_, state_, sizeof state_);
  memcpy(copy->words_, words_, sizeof words_);
  copy->next_normal = next_normal;
  copy->next_float_normal_ = next_float_normal_;
  return copy;
}

void CPUGeneratorImpl::refill() {
  static const Refill refill_words = pick_refill();
  refill_words(state_, words_);
  left_ = kWords;
  next_ = 0;
}

void CPUGeneratorImpl::temper() {
  temper_block(state_, words_);
}

void CPUGeneratorImpl::random_block(uint32_t* out, int64_t n) {
  while (n > 0) {
    if (left_ == 1) {
      refill();
      left_ = kWords + 1;
    }
    const int64_t count = std::min<int64_t>(n, left_ - 1);
    memcpy(out, words_ + next_, static_cast<size_t>(count) * sizeof *out);
    next_ += static_cast<uint32_t>(count);
    left_ -= static_cast<int32_t>(count);
    out += count;
    n -= count;
  }
}

TensorBase CPUGeneratorImpl::get_state() const {
  TensorBase tensor = detail::empty(
      {static_cast<int64_t>(kStateBytes)}, c10::ScalarType::Byte);
  StateLayout layout{};
  layout.seed = seed_;
  layout.left = left_;
  layout.seeded = 1;
  layout.next = next_;
  std::copy(state_, state_ + kWords, layout.state);
  layout.normal = next_normal.value_or(0.0);
  layout.has_normal = next_normal.has_value();
  layout.float_normal = next_float_normal_.value_or(0.0f);
  layout.has_float_normal = next_float_normal_.has_value();
  memcpy(tensor.data_ptr(), &layout, sizeof layout);
  return tensor;
}

void CPUGeneratorImpl::set_state(const TensorBase& state) {
  TORCH_CHECK_TYPE(
      state.scalar_type() == c10::ScalarType::Byte && state.is_cpu(),
      "RNG state must be a torch.ByteTensor");
  TORCH_CHECK(state.is_contiguous(), "RNG state must be contiguous");
  TORCH_CHECK(
      static_cast<size_t>(state.numel()) == kStateBytes,
      "Expected a CPUGeneratorImplState of size ",
      kStateBytes,
      " but found the input RNG state size to be ",
      state.numel());
  StateLayout layout;
  memcpy(&layout, state.data_ptr(), sizeof layout);
  const uint32_t next = static_cast<uint32_t>(layout.next);
  // The last condition is ours: such a state would read past its block.
  const bool valid = layout.seeded && layout.left > 0 &&
      layout.left <= kWords && next <= kWords &&
      next + static_cast<uint32_t>(layout.left) <= kWords + 1u;
  TORCH_CHECK(valid, "Invalid mt19937 state");

  seed_ = layout.seed;
  left_ = layout.left;
  next_ = next;
  std::transform(
      layout.state, layout.state + kWords, state_, [](uint64_t word) {
        return static_cast<uint32_t>(word);
      });
  temper();
  next_normal.reset();
  if (layout.has_normal) {
    next_normal = layout.normal;
  }
  next_float_normal_.reset();
  if (layout.has_float_normal) {
    next_float_normal_ = layout.float_normal;
  }
}

c10::Generator make_cpu_generator(uint64_t seed) {
  return c10::Generator(c10::make_intrusive<CPUGeneratorImpl>(seed));
}

const c10::Generator& detail::default_cpu_generator() {
  static const c10::Generator generator = make_cpu_generator(entropy());
  return generator;
}

CPUGeneratorImpl* cpu_generator(const c10::Generator& generator) {
  if (!generator.defined()) {
    return detail::default_cpu_generator().get<CPUGeneratorImpl>();
  }
  TORCH_CHECK(
      generator.device().type() == c10::DeviceType::CPU,
      "Expected a 'cpu' device type for generator but found '",
      generator.device(),
      "'");
  return generator.get<CPUGeneratorImpl>();
}

} // namespace at

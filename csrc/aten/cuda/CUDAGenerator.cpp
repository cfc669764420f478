#include "aten/cuda/CUDAGenerator.h"

#include <array>
#include <cstring>
#include <mutex>
#include <random>

#include "aten/EmptyTensor.h"
#include "aten/cuda/Stream.h"

namespace at::cuda {
namespace {

// 53 bits, so that the number survives a conversion to double.
uint64_t entropy() {
  std::random_device device;
  const uint64_t high = device();
  return (high << 32 | device()) & 0x1FFFFFFFFFFFFF;
}

} // namespace

CUDAGeneratorImpl::CUDAGeneratorImpl(int device, uint64_t seed)
    : GeneratorImpl(c10::Device(
          c10::kCUDA,
          static_cast<c10::DeviceIndex>(device))),
      seed_(seed) {}

void CUDAGeneratorImpl::set_current_seed(uint64_t seed) {
  seed_ = seed;
  offset_ = 0;
}

uint64_t CUDAGeneratorImpl::seed() {
  set_current_seed(entropy());
  return seed_;
}

c10::intrusive_ptr<c10::GeneratorImpl> CUDAGeneratorImpl::clone() const {
  auto copy = c10::make_intrusive<CUDAGeneratorImpl>(device().index(), seed_);
  copy->offset_ = offset_;
  return copy;
}

void CUDAGeneratorImpl::set_offset(uint64_t offset) {
  TORCH_CHECK(offset % 4 == 0, "offset must be a multiple of 4");
  offset_ = offset;
}

uint64_t CUDAGeneratorImpl::advance(uint64_t increment) {
  const uint64_t before = offset_;
  offset_ += (increment + 3) / 4 * 4;
  return before;
}

TensorBase CUDAGeneratorImpl::get_state() const {
  TensorBase tensor = at::detail::empty(
      {static_cast<int64_t>(kStateBytes)}, c10::ScalarType::Byte);
  auto* bytes = static_cast<char*>(tensor.data_ptr());
  std::memcpy(bytes, &seed_, sizeof seed_);
  std::memcpy(bytes + sizeof seed_, &offset_, sizeof offset_);
  return tensor;
}

void CUDAGeneratorImpl::set_state(const TensorBase& state) {
  TORCH_CHECK_TYPE(
      state.scalar_type() == c10::ScalarType::Byte && state.is_cpu(),
      "RNG state must be a torch.ByteTensor");
  TORCH_CHECK(state.is_contiguous(), "RNG state must be contiguous");
  // A state without an offset, of old files, starts the sequence over.
  const auto size = static_cast<size_t>(state.numel());
  const bool without_offset = size == sizeof seed_;
  TORCH_CHECK(
      size == kStateBytes || without_offset, "RNG state is wrong size");
  uint64_t words[2] = {0, 0};
  std::memcpy(words, state.data_ptr(), size);
  TORCH_CHECK(words[1] % 4 == 0, "offset must be a multiple of 4");
  seed_ = words[0];
  offset_ = words[1];
}

c10::Generator make_cuda_generator(int device) {
  const int index = device < 0 ? driver().get_device() : device;
  return c10::Generator(c10::make_intrusive<CUDAGeneratorImpl>(index));
}

const c10::Generator& default_cuda_generator(int device) {
  static std::array<std::once_flag, kMaxDevices> made;
  static std::array<c10::Generator, kMaxDevices> generators;
  const auto i =
      static_cast<size_t>(device < 0 ? driver().get_device() : device);
  TORCH_CHECK(
      i < static_cast<size_t>(driver().device_count()) && i < kMaxDevices,
      "Invalid device index ",
      i);
  std::call_once(made[i], [&] {
    generators[i] = make_cuda_generator(static_cast<int>(i));
    generators[i].impl()->seed();
  });
  return generators[i];
}

PhiloxArgs philox_args(const c10::Generator& generator, uint64_t increment) {
  const c10::Generator& g =
      generator.defined() ? generator : default_cuda_generator();
  TORCH_CHECK(
      g.device().is_cuda(),
      "Expected a 'cuda' device type for generator but found '",
      g.device(),
      "'");
  auto* impl = g.get<CUDAGeneratorImpl>();
  const std::lock_guard<std::mutex> lock(impl->mutex_);
  return {impl->current_seed(), impl->advance(increment)};
}

} // namespace at::cuda

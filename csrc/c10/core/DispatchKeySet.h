// DispatchKey: one slot of an operator's table. DispatchKeySet: a bit per
// key, carried by tensors and by thread-local state.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "c10/core/Device.h"
#include "c10/macros/Macros.h"

namespace c10 {

// Lowest first: backends compute, functionality keys above them wrap.
enum class DispatchKey : uint8_t {
  CPU,
  CUDA,
  PrivateUse1,
  Meta,
  Python,
  Autograd,
  Tracer,
  Autocast,
  FuncTorch,
  Profiler,
  NumKeys,
};
constexpr int kNumDispatchKeys = static_cast<int>(DispatchKey::NumKeys);

class DispatchKeySet {
 public:
  constexpr DispatchKeySet() = default;
  constexpr DispatchKeySet(DispatchKey key)
      : bits_(static_cast<uint16_t>(1u << static_cast<int>(key))) {}
  constexpr DispatchKeySet(std::initializer_list<DispatchKey> keys) {
    for (DispatchKey key : keys) {
      bits_ = static_cast<uint16_t>(bits_ | (1u << static_cast<int>(key)));
    }
  }
  static constexpr DispatchKeySet from_bits(uint32_t bits) {
    DispatchKeySet s;
    s.bits_ = static_cast<uint16_t>(bits);
    return s;
  }

  constexpr uint16_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool has(DispatchKey key) const {
    return bits_ >> static_cast<int>(key) & 1;
  }
  constexpr DispatchKeySet operator|(DispatchKeySet o) const {
    return from_bits(bits_ | o.bits_);
  }
  constexpr DispatchKeySet operator&(DispatchKeySet o) const {
    return from_bits(bits_ & o.bits_);
  }
  constexpr DispatchKeySet operator-(DispatchKeySet o) const {
    return from_bits(bits_ & ~static_cast<uint32_t>(o.bits_));
  }
  constexpr bool operator==(DispatchKeySet o) const {
    return bits_ == o.bits_;
  }
  // The set must not be empty.
  constexpr DispatchKey highest() const {
    return static_cast<DispatchKey>(31 - __builtin_clz(bits_));
  }

 private:
  uint16_t bits_ = 0;
};

constexpr DispatchKeySet kBackendKeys{
    DispatchKey::CPU,
    DispatchKey::CUDA,
    DispatchKey::PrivateUse1,
    DispatchKey::Meta};

constexpr DispatchKey backend_key(DeviceType type) {
  switch (type) {
    case DeviceType::CPU:
      return DispatchKey::CPU;
    case DeviceType::CUDA:
      return DispatchKey::CUDA;
    case DeviceType::Meta:
      return DispatchKey::Meta;
    default:
      return DispatchKey::PrivateUse1;
  }
}

C10_API const char* to_string(DispatchKey key);
// NumKeys for an unknown name. "CompositeExplicitAutograd" and
// "CompositeImplicitAutograd" are resolved by the caller.
C10_API DispatchKey parse_dispatch_key(const char* name);

} // namespace c10

namespace at {
using c10::DispatchKey;
using c10::DispatchKeySet;
} // namespace at

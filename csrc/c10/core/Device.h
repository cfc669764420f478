// Device: a device type and, where it matters, which one of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "c10/macros/Macros.h"

namespace c10 {

// Values are PyTorch's.
enum class DeviceType : int8_t {
  CPU = 0,
  CUDA = 1,
  Meta = 14,
  PrivateUse1 = 20,
};
constexpr DeviceType kCPU = DeviceType::CPU;
constexpr DeviceType kCUDA = DeviceType::CUDA;
constexpr DeviceType kMeta = DeviceType::Meta;
constexpr DeviceType kPrivateUse1 = DeviceType::PrivateUse1;

using DeviceIndex = int8_t;

// "cpu", "cuda", "meta"; upper case in error texts about dispatch.
C10_API std::string device_type_name(DeviceType type, bool lower_case = true);
// The name under which PrivateUse1 is known to users ("privateuseone" until
// an extension renames it).
C10_API void register_privateuse1_backend(std::string name);

class C10_API Device {
 public:
  constexpr Device() = default;
  constexpr Device(DeviceType type, DeviceIndex index = -1)
      : type_(type), index_(index) {}
  // "cpu", "cuda:1"; PyTorch's errors for anything else.
  explicit Device(std::string_view text);

  constexpr DeviceType type() const { return type_; }
  // -1: the current one of its type.
  constexpr DeviceIndex index() const { return index_; }
  constexpr bool has_index() const { return index_ >= 0; }
  constexpr bool is_cpu() const { return type_ == DeviceType::CPU; }
  constexpr bool is_cuda() const { return type_ == DeviceType::CUDA; }
  constexpr bool is_meta() const { return type_ == DeviceType::Meta; }
  constexpr bool operator==(Device other) const {
    return type_ == other.type_ && index_ == other.index_;
  }
  constexpr bool operator!=(Device other) const { return !(*this == other); }
  std::string str() const;

 private:
  DeviceType type_ = DeviceType::CPU;
  DeviceIndex index_ = -1;
};

C10_API void append(std::string& out, Device device);

} // namespace c10

namespace at {
using c10::Device;
using c10::DeviceIndex;
using c10::DeviceType;
using c10::kCPU;
using c10::kCUDA;
using c10::kMeta;
using c10::kPrivateUse1;
} // namespace at

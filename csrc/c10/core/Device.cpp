#include "c10/core/Device.h"

#include <cctype>

#include "c10/util/Exception.h"

namespace c10 {
namespace {

std::string& privateuse1_name() {
  static std::string name = "privateuseone";
  return name;
}

constexpr const char* kExpectedTypes =
    "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, "
    "ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone "
    "device type at start of device string: ";

DeviceType parse_type(std::string_view name, std::string_view text) {
  for (DeviceType type : {kCPU, kCUDA, kMeta, kPrivateUse1}) {
    if (name == device_type_name(type)) {
      return type;
    }
  }
  TORCH_CHECK(false, kExpectedTypes, text);
}

// Digits without a leading zero, as PyTorch accepts them.
DeviceIndex parse_index(std::string_view digits, std::string_view text) {
  int value = 0;
  bool valid = !digits.empty() && digits.size() <= 3 &&
      (digits.size() == 1 || digits[0] != '0');
  for (char c : digits) {
    valid = valid && std::isdigit(static_cast<unsigned char>(c));
    value = value * 10 + (c - '0');
  }
  TORCH_CHECK(
      valid && value <= 127, "Invalid device string: '", text, "'");
  return static_cast<DeviceIndex>(value);
}

} // namespace

std::string device_type_name(DeviceType type, bool lower_case) {
  switch (type) {
    case DeviceType::CPU:
      return lower_case ? "cpu" : "CPU";
    case DeviceType::CUDA:
      return lower_case ? "cuda" : "CUDA";
    case DeviceType::Meta:
      return lower_case ? "meta" : "META";
    case DeviceType::PrivateUse1:
      return lower_case ? privateuse1_name() : "PRIVATEUSEONE";
  }
  return "unknown";
}

void register_privateuse1_backend(std::string name) {
  privateuse1_name() = std::move(name);
}

Device::Device(std::string_view text) {
  TORCH_CHECK(!text.empty(), "Device string must not be empty");
  const size_t colon = text.find(':');
  type_ = parse_type(text.substr(0, colon), text);
  if (colon != std::string_view::npos) {
    index_ = parse_index(text.substr(colon + 1), text);
  }
}

std::string Device::str() const {
  std::string out = device_type_name(type_);
  if (has_index()) {
    out += ':';
    out += std::to_string(index_);
  }
  return out;
}

void append(std::string& out, Device device) { out += device.str(); }

} // namespace c10

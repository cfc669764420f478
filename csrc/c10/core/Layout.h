// Layout and MemoryFormat: how a tensor's elements are arranged.
#pragma once

#include <cstdint>
#include <string>

namespace c10 {

enum class Layout : int8_t { Strided = 0, Sparse = 1 };
constexpr Layout kStrided = Layout::Strided;

// Contiguous: row-major. Preserve: as the input has it. ChannelsLast: NCHW
// tensors stored as NHWC (3d: NDHWC).
enum class MemoryFormat : int8_t {
  Contiguous = 0,
  Preserve = 1,
  ChannelsLast = 2,
  ChannelsLast3d = 3,
};

inline const char* to_string(MemoryFormat f) {
  switch (f) {
    case MemoryFormat::Contiguous:
      return "Contiguous";
    case MemoryFormat::Preserve:
      return "Preserve";
    case MemoryFormat::ChannelsLast:
      return "ChannelsLast";
    default:
      return "ChannelsLast3d";
  }
}
inline void append(std::string& out, MemoryFormat f) { out += to_string(f); }

} // namespace c10

namespace at {
using c10::Layout;
using c10::MemoryFormat;
} // namespace at

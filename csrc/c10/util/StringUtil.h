// c10::str(a, b, ...): the texts of its arguments, joined. A type takes part
// by having `void append(std::string&, const T&)` in its own namespace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "c10/macros/Macros.h"
#include "c10/util/ArrayRef.h"

namespace c10 {

inline void append(std::string& out, std::string_view text) {
  out.append(text.data(), text.size());
}
inline void append(std::string& out, const std::string& text) { out += text; }
inline void append(std::string& out, const char* text) { out += text; }
inline void append(std::string& out, char c) { out += c; }
inline void append(std::string& out, bool b) { out += b ? '1' : '0'; }
C10_API void append(std::string& out, long long value);
C10_API void append(std::string& out, unsigned long long value);
// Six significant digits, as a C++ stream prints them.
C10_API void append(std::string& out, double value);

template <typename T>
std::enable_if_t<std::is_integral<T>::value> append(std::string& out, T v) {
  if constexpr (std::is_signed<T>::value) {
    append(out, static_cast<long long>(v));
  } else {
    append(out, static_cast<unsigned long long>(v));
  }
}
inline void append(std::string& out, float value) {
  append(out, static_cast<double>(value));
}
// [1, 2, 3]
template <typename T>
void append(std::string& out, ArrayRef<T> list) {
  out += '[';
  for (size_t i = 0; i < list.size(); ++i) {
    if (i) {
      out += ", ";
    }
    append(out, list[i]);
  }
  out += ']';
}
template <typename T>
void append(std::string& out, const std::vector<T>& list) {
  append(out, ArrayRef<T>(list));
}
template <typename T, size_t N>
void append(std::string& out, const SmallVector<T, N>& list) {
  append(out, ArrayRef<T>(list));
}

template <typename... Args>
std::string str(const Args&... args) {
  std::string out;
  (append(out, args), ...);
  return out;
}

} // namespace c10

#include "c10/util/StringUtil.h"

#include <cstdio>

namespace c10 {

void append(std::string& out, long long value) {
  out += std::to_string(value);
}

void append(std::string& out, unsigned long long value) {
  out += std::to_string(value);
}

void append(std::string& out, double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%g", value);
  out += text;
}

} // namespace c10

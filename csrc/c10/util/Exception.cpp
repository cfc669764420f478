#include "c10/util/Exception.h"

#include <cstdio>

namespace c10 {
namespace {

void print_warning(const char* category, const std::string& text) {
  std::fprintf(stderr, "%s: %s\n", category, text.c_str());
}

WarningHandler warning_handler = print_warning;

} // namespace

void set_warning_handler(WarningHandler handler) {
  warning_handler = handler ? handler : print_warning;
}

void warn(const char* category, const std::string& text) {
  warning_handler(category, text);
}

namespace detail {

void throw_error(ErrorKind kind, std::string message) {
  throw Error(kind, std::move(message));
}

void internal_assert_fail(
    const char* condition,
    const char* file,
    int line,
    const std::string& message) {
  throw Error(
      ErrorKind::Runtime,
      str(condition, " INTERNAL ASSERT FAILED at \"", file, "\":", line,
          ", please report a bug to Pocket Torch. ", message));
}

} // namespace detail
} // namespace c10

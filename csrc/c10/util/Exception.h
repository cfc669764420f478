// Errors and warnings. A failed check builds its text out of line, so that a
// passing one costs a compare.
//
//   TORCH_CHECK(cond, ...)             RuntimeError
//   TORCH_CHECK_VALUE / _TYPE / _INDEX / _NOT_IMPLEMENTED / _LINALG
//                                      their Python kin
//   TORCH_INTERNAL_ASSERT(cond, ...)   a bug of ours
//   TORCH_WARN(...)                    UserWarning
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "c10/macros/Macros.h"
#include "c10/util/StringUtil.h"

namespace c10 {

// What Python class an Error becomes.
enum class ErrorKind {
  Runtime,
  Value,
  Type,
  Index,
  NotImplemented,
  LinAlg,
  OutOfMemory,
  Assertion,
  Attribute,
  Buffer,
  Accelerator, // a device's runtime reported an error
};

class C10_API Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message)
      : kind_(kind), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& message() const { return message_; }
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
  std::string message_;
};

// Receives each warning; category is a Python warning class by name.
using WarningHandler = void (*)(const char* category, const std::string& text);
C10_API void set_warning_handler(WarningHandler handler);
C10_API void warn(const char* category, const std::string& text);

namespace detail {
[[noreturn]] C10_API void throw_error(ErrorKind kind, std::string message);
[[noreturn]] C10_API void internal_assert_fail(
    const char* condition,
    const char* file,
    int line,
    const std::string& message);

template <typename... Args>
[[noreturn]] C10_NOINLINE void fail(ErrorKind kind, const Args&... args) {
  throw_error(kind, c10::str(args...));
}
} // namespace detail
} // namespace c10

#define C10_CHECK_KIND_(kind, cond, ...)                              \
  do {                                                                \
    if (C10_UNLIKELY(!(cond))) {                                      \
      ::c10::detail::fail(::c10::ErrorKind::kind, ##__VA_ARGS__);     \
    }                                                                 \
  } while (false)

#define TORCH_CHECK(cond, ...) C10_CHECK_KIND_(Runtime, cond, ##__VA_ARGS__)
#define TORCH_CHECK_VALUE(cond, ...) C10_CHECK_KIND_(Value, cond, ##__VA_ARGS__)
#define TORCH_CHECK_TYPE(cond, ...) C10_CHECK_KIND_(Type, cond, ##__VA_ARGS__)
#define TORCH_CHECK_INDEX(cond, ...) C10_CHECK_KIND_(Index, cond, ##__VA_ARGS__)
#define TORCH_CHECK_NOT_IMPLEMENTED(cond, ...) \
  C10_CHECK_KIND_(NotImplemented, cond, ##__VA_ARGS__)
#define TORCH_CHECK_LINALG(cond, ...) \
  C10_CHECK_KIND_(LinAlg, cond, ##__VA_ARGS__)

#define TORCH_INTERNAL_ASSERT(cond, ...)                      \
  do {                                                        \
    if (C10_UNLIKELY(!(cond))) {                              \
      ::c10::detail::internal_assert_fail(                    \
          #cond, __FILE__, __LINE__, ::c10::str(__VA_ARGS__)); \
    }                                                         \
  } while (false)

#define TORCH_WARN(...) ::c10::warn("UserWarning", ::c10::str(__VA_ARGS__))
#define TORCH_WARN_ONCE(...)                                   \
  do {                                                         \
    [[maybe_unused]] static const bool C10_ANONYMOUS(warned_) = [&] {           \
      TORCH_WARN(__VA_ARGS__);                                 \
      return true;                                             \
    }();                                                       \
  } while (false)

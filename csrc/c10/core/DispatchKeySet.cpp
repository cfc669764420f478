#include "c10/core/DispatchKeySet.h"

#include <cstring>

namespace c10 {
namespace {
constexpr const char* kNames[] = {
    "CPU",
    "CUDA",
    "PrivateUse1",
    "Meta",
    "Python",
    "Autograd",
    "Tracer",
    "Autocast",
    "FuncTorch",
    "Profiler"};
static_assert(sizeof(kNames) / sizeof(*kNames) == kNumDispatchKeys, "");
} // namespace

const char* to_string(DispatchKey key) {
  return key == DispatchKey::NumKeys ? "Undefined"
                                     : kNames[static_cast<int>(key)];
}

DispatchKey parse_dispatch_key(const char* name) {
  for (int i = 0; i < kNumDispatchKeys; ++i) {
    if (std::strcmp(name, kNames[i]) == 0) {
      return static_cast<DispatchKey>(i);
    }
  }
  return DispatchKey::NumKeys;
}

} // namespace c10

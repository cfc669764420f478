#include "aten/native/DispatchStub.h"

#include <cstdlib>
#include <cstring>

#include "c10/util/Exception.h"

namespace at::native {
namespace {

CPUCapability machine_capability() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512cd")) {
    return CPUCapability::AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return CPUCapability::AVX2;
  }
#endif
  return CPUCapability::DEFAULT;
}

CPUCapability choose() {
  const CPUCapability best = machine_capability();
  const char* wish = std::getenv("ATEN_CPU_CAPABILITY");
  if (wish == nullptr) {
    return best;
  }
  CPUCapability wanted = best;
  if (std::strcmp(wish, "default") == 0) {
    wanted = CPUCapability::DEFAULT;
  } else if (std::strcmp(wish, "avx2") == 0) {
    wanted = CPUCapability::AVX2;
  } else if (std::strcmp(wish, "avx512") != 0) {
    TORCH_WARN("ignoring invalid value for ATEN_CPU_CAPABILITY: ", wish);
  }
  return wanted < best ? wanted : best;
}

} // namespace

CPUCapability get_cpu_capability() {
  static const CPUCapability capability = choose();
  return capability;
}

const char* cpu_capability_name() {
  switch (get_cpu_capability()) {
    case CPUCapability::AVX512:
      return "AVX512";
    case CPUCapability::AVX2:
      return "AVX2";
    default:
      return "DEFAULT";
  }
}

namespace detail {
void missing_kernel(const char* stub, c10::DeviceType device) {
  TORCH_CHECK(
      false,
      "DispatchStub: missing kernel for ",
      c10::device_type_name(device),
      " (",
      stub,
      ")");
}
} // namespace detail

} // namespace at::native

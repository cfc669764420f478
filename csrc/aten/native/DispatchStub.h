// DispatchStub: one kernel per device, and for the CPU one per instruction
// set. Operator bodies call a stub; kernel files register into it:
//
//   native/BinaryOps.h        DECLARE_DISPATCH(void (*)(TensorIterator&,
//                                 const Scalar&), add_stub);
//   native/BinaryOps.cpp      DEFINE_DISPATCH(add_stub);
//   native/cpu/...Kernel.cpp  REGISTER_DISPATCH(add_stub, add_kernel);
//
// A CPU kernel file is compiled once per instruction set with CPU_CAPABILITY
// defined (cmake/isa.cmake); the best registered copy that the machine can
// run is taken at the first call. ATEN_CPU_CAPABILITY=default|avx2|avx512
// lowers the choice.
#pragma once

#include <type_traits>

#include "aten/core/DeviceGuard.h"
#include "c10/macros/Macros.h"

namespace at::native {

enum class CPUCapability { DEFAULT, AVX2, AVX512 };
constexpr int kNumCPUCapabilities = 3;

// What the machine and ATEN_CPU_CAPABILITY allow; fixed at the first call.
C10_API CPUCapability get_cpu_capability();
// "AVX2", as torch.backends.cpu.get_cpu_capability() returns it.
C10_API const char* cpu_capability_name();

namespace detail {
[[noreturn]] C10_API void missing_kernel(
    const char* stub,
    c10::DeviceType device);
} // namespace detail

template <typename Function>
class DispatchStub;

// Constant-initialised: registration may run before this file's own
// initialisers.
template <typename R, typename... Args>
class DispatchStub<R (*)(Args...)> {
 public:
  using Function = R (*)(Args...);
  constexpr explicit DispatchStub(const char* name) : name_(name) {}

  template <typename... Actual>
  C10_ALWAYS_INLINE R
  operator()(c10::DeviceType device, Actual&&... args) {
    Function f = device == c10::kCPU ? chosen_ : nullptr;
    if (C10_UNLIKELY(f == nullptr)) {
      if constexpr (std::is_void<R>::value) {
        if (device == c10::kMeta) {
          return;
        }
      }
      if (device == c10::kCUDA) {
        return on_cuda(static_cast<Actual&&>(args)...);
      }
      f = find(device);
    }
    return f(static_cast<Actual&&>(args)...);
  }

  void set_cpu(CPUCapability capability, Function f) {
    cpu_[static_cast<int>(capability)] = f;
  }
  // Filled when libtorch_cuda, or an extension, loads.
  void set_cuda(Function f) { cuda_ = f; }
  void set_privateuse1(Function f) { privateuse1_ = f; }

 private:
  // Note [Who makes a device current]
  C10_NOINLINE R on_cuda(Args... args) {
    const DeviceGuard guard(at::detail::cuda_device_of(args...));
    return find(c10::kCUDA)(static_cast<Args&&>(args)...);
  }
  C10_NOINLINE Function find(c10::DeviceType device) {
    Function f = nullptr;
    if (device == c10::kCPU) {
      for (int i = static_cast<int>(get_cpu_capability()); i >= 0 && !f; --i) {
        f = cpu_[i];
      }
      chosen_ = f;
    } else if (device == c10::kCUDA) {
      f = cuda_;
    } else if (device == c10::kPrivateUse1) {
      f = privateuse1_;
    }
    if (f == nullptr) {
      detail::missing_kernel(name_, device);
    }
    return f;
  }

  // Threads may race to the same value.
  Function chosen_ = nullptr;
  Function cpu_[kNumCPUCapabilities] = {};
  Function cuda_ = nullptr;
  Function privateuse1_ = nullptr;
  const char* name_;
};

struct RegisterDispatch {
  template <typename F>
  RegisterDispatch(DispatchStub<F>& stub, CPUCapability c, F f) {
    stub.set_cpu(c, f);
  }
};
struct RegisterCUDADispatch {
  template <typename F>
  RegisterCUDADispatch(DispatchStub<F>& stub, F f) {
    stub.set_cuda(f);
  }
};

#define DECLARE_DISPATCH(type, name) \
  extern C10_API ::at::native::DispatchStub<type> name
#define DEFINE_DISPATCH(name) decltype(name) name{#name}

#ifdef __CUDACC__
#define REGISTER_DISPATCH(stub, kernel)                                \
  static const ::at::native::RegisterCUDADispatch C10_ANONYMOUS(       \
      registered_)(stub, kernel)
#elif defined(CPU_CAPABILITY)
#define REGISTER_DISPATCH(stub, kernel)                          \
  static const ::at::native::RegisterDispatch C10_ANONYMOUS(     \
      registered_)(                                              \
      stub, ::at::native::CPUCapability::CPU_CAPABILITY, kernel)
#endif

} // namespace at::native

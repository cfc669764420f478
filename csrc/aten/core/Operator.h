// Operator: one overload's dispatch table. The whole dispatcher is call():
// unite the key sets of the arguments with the thread's, pick the highest key
// that has a kernel, jump.
//
// The tables themselves are constants in build/generated/register/<Topic>.cpp;
// run-time registration (TORCH_LIBRARY_IMPL, libtorch_cuda, torch.library)
// fills further slots.
#pragma once

#include <typeinfo>

#include "c10/core/DispatchKeySet.h"
#include "c10/core/ThreadLocalState.h"
#include "c10/macros/Macros.h"

namespace c10 {

struct Operator;
struct IValue;
struct FunctionSchema;
template <typename T, size_t N>
class SmallVector;
using Stack = SmallVector<IValue, 8>;

// Arguments are on the stack; they are replaced by the results.
using BoxedFunction = void (*)(const Operator&, Stack&);

// What is needed off the hot path.
struct OperatorInfo {
  const char* name; // "aten::add"
  const char* overload; // "Tensor"
  const char* schema; // "add.Tensor(Tensor self, ...) -> Tensor"
  // Calls this operator with a stack; see aten/core/Boxing.h.
  BoxedFunction call_boxed;
  // A kernel of this operator's C++ type that boxes its arguments and calls
  // the BoxedKernel of the slot: what a Python kernel is registered behind.
  void* boxed_fallback;
  // Identifies the C++ function type, so that a mistyped kernel is refused.
  const std::type_info* signature;
  const char* source; // "csrc/aten/ops/BinaryOps.yaml:12"
};

using AnyFunction = void (*)();

struct C10_API Operator {
  AnyFunction kernels[kNumDispatchKeys];
  DispatchKeySet filled;
  const OperatorInfo* info;

  void set_kernel(DispatchKey key, AnyFunction kernel) {
    kernels[static_cast<int>(key)] = kernel;
    filled = kernel ? filled | key : filled - key;
  }

  // keys: the union over the tensor arguments (for a factory: the backend
  // key of its device).
  template <typename R, typename... Args>
  C10_ALWAYS_INLINE R call(DispatchKeySet keys, Args... args) const {
    using Function = R (*)(Args...);
    const DispatchKeySet active =
        ((keys | tls_state.included) - tls_state.excluded) & filled;
    if (C10_UNLIKELY(active.empty())) {
      report_missing(keys);
    }
    return reinterpret_cast<Function>(
        kernels[static_cast<int>(active.highest())])(
        static_cast<Args>(args)...);
  }

  // PyTorch's "Could not run 'aten::..' with arguments from the '..' backend"
  [[noreturn]] C10_NOINLINE void report_missing(DispatchKeySet keys) const;
};

} // namespace c10

namespace at {
using c10::Operator;
}

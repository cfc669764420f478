// OperatorRegistry: every operator by name, those of the YAML files and those
// defined at run time, and their boxed kernels. The slow side of dispatch:
// nothing here runs in an ordinary call.
//
// All functions may be called from several threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aten/core/FunctionSchema.h"
#include "aten/core/Operator.h"
#include "c10/util/intrusive_ptr.h"

namespace at::ops {
// build/generated/register/Index.cpp
std::vector<c10::Operator*> generated_operators();
} // namespace at::ops

namespace c10 {

// A kernel that takes its arguments on a stack: Python's, or a fallback.
struct C10_API BoxedKernel : intrusive_ptr_target {
  // keys: the set that selected this kernel.
  virtual void operator()(
      const Operator& op,
      DispatchKeySet keys,
      Stack& stack) = 0;
};

// name: "aten::add"; overload: "Tensor" or "". Null where there is none.
C10_API Operator* find_operator(
    std::string_view name,
    std::string_view overload);
// The overload names of "aten::add", in the order of definition.
C10_API std::vector<std::string> find_overloads(std::string_view name);
// "aten::add.Tensor", ... sorted.
C10_API std::vector<std::string> all_operator_names();
// Parsed on first use; lives as long as the operator.
C10_API const FunctionSchema& schema_of(const Operator& op);
C10_API bool has_kernel(const Operator& op, DispatchKey key);

// ---- definition at run time
// schema: "ns::name.overload(...) -> ..."; RuntimeError when it exists.
C10_API Operator& define_operator(const std::string& schema, std::string where);
C10_API void undefine_operator(Operator& op);
// Runs `action` on the operator "ns::name.overload": now, or when somebody
// defines it.
C10_API void with_operator(
    const std::string& full_name,
    std::function<void(Operator&)> action);
// One TORCH_LIBRARY block a namespace; RuntimeError for the second.
C10_API void claim_namespace(const std::string& space, const std::string& where);
C10_API void release_namespace(const std::string& space);

// "CPU", "AutogradCUDA", "CompositeImplicitAutograd", ...: the slots meant.
// RuntimeError for an unknown name.
C10_API std::vector<DispatchKey> slots_of_key(const std::string& name);

// Puts a kernel into a slot; a null one empties it. The handle undoes it:
// the slot gets back what it held.
struct KernelHandle {
  Operator* op = nullptr;
  DispatchKey key = DispatchKey::NumKeys;
  AnyFunction function = nullptr;
  intrusive_ptr<BoxedKernel> boxed;
};
C10_API KernelHandle set_boxed_kernel(
    Operator& op,
    DispatchKey key,
    intrusive_ptr<BoxedKernel> kernel);
C10_API KernelHandle set_typed_kernel(
    Operator& op,
    DispatchKey key,
    AnyFunction function);
C10_API void restore_kernel(const KernelHandle& handle);
// Serves `key` of every operator that has no kernel for it, of those defined
// later too. A null kernel ends it for later ones.
C10_API void set_fallback(DispatchKey key, intrusive_ptr<BoxedKernel> kernel);

} // namespace c10

// Operators of a device that has few kernels of its own: they run on the CPU.
//
//   at::native::fall_back_to_cpu(c10::DispatchKey::PrivateUse1);
//
// The device needs an allocator and copy_ (docs/tutorials/add_a_device.md).
// Correct, and slow: each call copies its tensors there and back.
#pragma once

#include "aten/core/OperatorRegistry.h"

namespace at::native {

// A boxed kernel that runs any operator on the CPU. Written arguments (self of
// add_, out=) get their new values and shapes; results come back on the device
// of the arguments. RuntimeError for a view: two devices share no memory.
C10_API void cpu_fallback(const c10::Operator& op, c10::Stack* stack);

// Gives cpu_fallback to every operator that computes, for this key. Left alone
// are views, operators made of others, and those that an allocator and copy_
// are enough for (empty, clone, to, ...). The device's own kernels are
// registered afterwards.
C10_API void fall_back_to_cpu(c10::DispatchKey key);

} // namespace at::native

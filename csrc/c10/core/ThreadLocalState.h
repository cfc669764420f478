// What a thread can switch: gradient mode, inference mode, and the dispatch
// keys added to or taken from every call. One small block, so that a call
// reads it with one instruction.
#pragma once

#include "c10/core/DispatchKeySet.h"

namespace c10 {

struct ThreadLocalState {
  DispatchKeySet included;
  // no_grad() excludes Autograd; nothing else has to test grad_mode.
  DispatchKeySet excluded;
  bool grad_mode = true;
  bool inference_mode = false;
};

// The calling thread's state. Plain data: safe to copy and restore.
extern C10_API C10_THREAD_LOCAL ThreadLocalState tls_state;

struct GradMode {
  static bool is_enabled() { return tls_state.grad_mode; }
  static void set_enabled(bool enabled) {
    tls_state.grad_mode = enabled;
    tls_state.excluded = enabled
        ? tls_state.excluded - DispatchKey::Autograd
        : tls_state.excluded | DispatchKey::Autograd;
  }
};

// Restores the whole state at the end of its scope.
class ThreadLocalStateGuard {
 public:
  ThreadLocalStateGuard() : saved_(tls_state) {}
  explicit ThreadLocalStateGuard(const ThreadLocalState& state)
      : ThreadLocalStateGuard() {
    tls_state = state;
  }
  ~ThreadLocalStateGuard() { tls_state = saved_; }
  ThreadLocalStateGuard(const ThreadLocalStateGuard&) = delete;
  ThreadLocalStateGuard& operator=(const ThreadLocalStateGuard&) = delete;

 private:
  ThreadLocalState saved_;
};

// Sets gradient mode for a scope.
class AutoGradMode : ThreadLocalStateGuard {
 public:
  explicit AutoGradMode(bool enabled) { GradMode::set_enabled(enabled); }
};
class NoGradGuard : public AutoGradMode {
 public:
  NoGradGuard() : AutoGradMode(false) {}
};

// Calls inside its scope skip the Autograd slot (recording wrappers use it to
// reach the backend). is_grad_enabled() is not changed.
class AutoDispatchBelowAutograd {
 public:
  AutoDispatchBelowAutograd() : saved_(tls_state.excluded) {
    tls_state.excluded = saved_ | DispatchKey::Autograd;
  }
  ~AutoDispatchBelowAutograd() { tls_state.excluded = saved_; }
  AutoDispatchBelowAutograd(const AutoDispatchBelowAutograd&) = delete;
  AutoDispatchBelowAutograd& operator=(const AutoDispatchBelowAutograd&) =
      delete;

 private:
  DispatchKeySet saved_;
};

} // namespace c10

namespace at {
using c10::AutoDispatchBelowAutograd;
using c10::AutoGradMode;
using c10::GradMode;
using c10::NoGradGuard;
} // namespace at

// Taking and releasing the interpreter lock for a scope.
#pragma once

#include "api/python/Object.h"

namespace torch::python {

// For code that C++ may call from any thread: destructors, hooks, handlers.
class GilAcquire {
 public:
  GilAcquire() : state_(PyGILState_Ensure()) {}
  ~GilAcquire() { PyGILState_Release(state_); }
  GilAcquire(const GilAcquire&) = delete;
  GilAcquire& operator=(const GilAcquire&) = delete;

 private:
  PyGILState_STATE state_;
};

// Lets other Python threads run while C++ works. Costs some 50 ns, so calls
// over small tensors keep the lock: pass whether it is worth it.
class GilRelease {
 public:
  explicit GilRelease(bool worth_it = true)
      : state_(worth_it ? PyEval_SaveThread() : nullptr) {}
  ~GilRelease() {
    if (state_) {
      PyEval_RestoreThread(state_);
    }
  }
  GilRelease(const GilRelease&) = delete;
  GilRelease& operator=(const GilRelease&) = delete;

 private:
  PyThreadState* state_;
};

} // namespace torch::python

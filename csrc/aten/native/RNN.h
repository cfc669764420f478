// Stubs of one step of an LSTM on float32. Read native/RNN.cpp first.
#pragma once

#include <cstdint>

#include "aten/native/DispatchStub.h"

namespace at::native {

// (rows, 4 hidden): i, f, g, o beside each other; the others (rows, hidden).
struct LstmStep {
  int64_t rows, hidden;
  float* gates; // in: sums; out: after sigmoid and tanh
  const float* c_before;
  float* c;
  float* h;
};

struct LstmStepBackward {
  int64_t rows, hidden;
  const float* gates = nullptr;
  const float* c_before = nullptr;
  const float* c = nullptr;
  const float* grad_output = nullptr; // may stay null
  const float* grad_h = nullptr; // from the step after
  float* grad_c = nullptr; // in: from the step after; out: for the one before
  float* grad_gates = nullptr; // of the sums
};

DECLARE_DISPATCH(void (*)(const LstmStep&), lstm_step_stub);
DECLARE_DISPATCH(void (*)(const LstmStepBackward&), lstm_step_backward_stub);

} // namespace at::native

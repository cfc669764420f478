// One step of an LSTM and its derivative, all gates in one pass. A row's
// gates lie hidden apart, so a vector takes the same columns of each.
#include "aten/native/RNN.h"

#include "aten/Parallel.h"
#include "aten/cpu/vec/VecMath.h"
#include "aten/native/functors/UnaryMath.h"

namespace at::native {
namespace {

using V = at::vec::Vectorized<float>;
// exp and tanh per element, against a grain of additions.
constexpr int64_t kStepCost = 16;

// f(row, column, count) for each vector of a (rows, hidden) matrix.
template <typename F>
void for_vectors(int64_t rows, int64_t hidden, const F& f) {
  const int64_t grain = std::max<int64_t>(
      1, kGrainSize / (kStepCost * std::max<int64_t>(1, hidden)));
  at::parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t column = 0; column < hidden; column += V::size()) {
        f(row, column, std::min<int64_t>(V::size(), hidden - column));
      }
    }
  });
}

V load(const float* p, int64_t count) {
  return count == V::size() ? V::loadu(p) : V::loadu(p, count);
}
void store(V v, float* p, int64_t count) {
  if (count == V::size()) {
    v.store(p);
  } else {
    v.store(p, count);
  }
}

// i, f, o = sigmoid, g = tanh; c = f c_before + i g; h = o tanh(c)
void lstm_step_kernel(const LstmStep& s) {
  const Sigmoid<float> sigmoid;
  for_vectors(s.rows, s.hidden, [&](int64_t row, int64_t column, int64_t n) {
    float* const gate = s.gates + row * 4 * s.hidden + column;
    const int64_t at = row * s.hidden + column;
    const V i = sigmoid(load(gate, n));
    const V f = sigmoid(load(gate + s.hidden, n));
    const V g = tanh(load(gate + 2 * s.hidden, n));
    const V o = sigmoid(load(gate + 3 * s.hidden, n));
    const V c = f * load(s.c_before + at, n) + i * g;
    store(i, gate, n);
    store(f, gate + s.hidden, n);
    store(g, gate + 2 * s.hidden, n);
    store(o, gate + 3 * s.hidden, n);
    store(c, s.c + at, n);
    store(o * tanh(c), s.h + at, n);
  });
}

// With dh the gradient of h and s' = s (1 - s), tanh' = 1 - tanh^2:
// dc += dh o tanh'(c), then di = dc g i', df = dc c_before f', dg = dc i g',
// do = dh tanh(c) o', and dc f goes to the step before.
void lstm_step_backward_kernel(const LstmStepBackward& s) {
  const V one(1.0f);
  for_vectors(s.rows, s.hidden, [&](int64_t row, int64_t column, int64_t n) {
    const float* const gate = s.gates + row * 4 * s.hidden + column;
    float* const grad = s.grad_gates + row * 4 * s.hidden + column;
    const int64_t at = row * s.hidden + column;
    const V i = load(gate, n);
    const V f = load(gate + s.hidden, n);
    const V g = load(gate + 2 * s.hidden, n);
    const V o = load(gate + 3 * s.hidden, n);
    const V tanh_c = tanh(load(s.c + at, n));
    V dh = load(s.grad_h + at, n);
    if (s.grad_output) {
      dh += load(s.grad_output + at, n);
    }
    const V dc = load(s.grad_c + at, n) + dh * o * (one - tanh_c * tanh_c);
    store(dc * g * i * (one - i), grad, n);
    store(dc * load(s.c_before + at, n) * f * (one - f), grad + s.hidden, n);
    store(dc * i * (one - g * g), grad + 2 * s.hidden, n);
    store(dh * tanh_c * o * (one - o), grad + 3 * s.hidden, n);
    store(dc * f, s.grad_c + at, n);
  });
}

} // namespace

REGISTER_DISPATCH(lstm_step_stub, lstm_step_kernel);
REGISTER_DISPATCH(lstm_step_backward_stub, lstm_step_backward_kernel);

} // namespace at::native

#include "autograd/functions/RNN.h"

#include <vector>

#include "autograd/functions/FormulaOps.h"
#include "c10/core/ThreadLocalState.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Joining.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/RNN.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryMath.h"

namespace torch::autograd {
namespace {

// Gradients of the sums before the gates' functions (T, N, 4H), of hx, of cx.
using StepGrads = std::tuple<Tensor, Tensor, Tensor>;

// a + b, where either may be undefined.
Tensor plus(const Tensor& a, const Tensor& b) {
  return !a.defined() ? b : !b.defined() ? a : a + b;
}

// h before each moment: (T, N, H).
Tensor states_before(const Tensor& hx, const Tensor& output, bool reverse) {
  const int64_t rest = output.size(0) - 1;
  const Tensor first = hx.unsqueeze(0);
  return reverse ? at::cat({output.narrow(0, 1, rest), first}, 0)
                 : at::cat({first, output.narrow(0, 0, rest)}, 0);
}

// What _lstm_layer_backward computes, from operators: the gates are made anew
// from the outputs, which are part of the graph.
StepGrads differentiable_steps(
    const Tensor& grad_output,
    const Tensor& grad_hy,
    const Tensor& grad_cy,
    const Tensor& sums,
    const Tensor& weight_hh,
    const Tensor& cx,
    bool reverse) {
  const int64_t length = sums.size(0);
  const auto moment = [&](int64_t step) {
    return reverse ? length - 1 - step : step;
  };
  const std::vector<Tensor> parts = at::chunk(sums, 4, -1);
  const Tensor i = parts[0].sigmoid(), f = parts[1].sigmoid();
  const Tensor g = parts[2].tanh(), o = parts[3].sigmoid();
  std::vector<Tensor> c{cx}; // before each step, and after the last
  for (int64_t step = 0; step < length; ++step) {
    const int64_t t = moment(step);
    c.push_back(f.select(0, t) * c.back() + i.select(0, t) * g.select(0, t));
  }
  std::vector<Tensor> grads(static_cast<size_t>(length));
  Tensor grad_h = grad_hy, grad_c = grad_cy;
  for (int64_t step = length - 1; step >= 0; --step) {
    const int64_t t = moment(step);
    const auto at_t = [&](const Tensor& x) { return x.select(0, t); };
    const Tensor tanh_c = c[static_cast<size_t>(step) + 1].tanh();
    const Tensor it = at_t(i), ft = at_t(f), gt = at_t(g), ot = at_t(o);
    Tensor dh =
        plus(grad_h, grad_output.defined() ? at_t(grad_output) : Tensor());
    if (!dh.defined()) {
      dh = tanh_c * 0;
    }
    const Tensor dc = plus(grad_c, dh * ot * (1 - tanh_c * tanh_c));
    const Tensor& before = c[static_cast<size_t>(step)];
    const Tensor gates = at::cat(
        {dc * gt * it * (1 - it),
         dc * before * ft * (1 - ft),
         dc * it * (1 - gt * gt),
         dh * tanh_c * ot * (1 - ot)},
        -1);
    grad_h = at::matmul(gates, weight_hh);
    grad_c = dc * ft;
    grads[static_cast<size_t>(t)] = gates;
  }
  return {at::stack(grads, 0), grad_h, grad_c};
}

} // namespace

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
lstm_layer_grads(
    const Tensor& grad_output,
    const Tensor& grad_hy,
    const Tensor& grad_cy,
    const Tensor& input,
    const Tensor& weight_ih,
    const Tensor& weight_hh,
    const Tensor& bias_ih,
    const Tensor& bias_hh,
    const Tensor& hx,
    const Tensor& cx,
    const Tensor& output,
    const Tensor& gates,
    const Tensor& cells,
    bool reverse,
    std::array<bool, 7> grad_input_mask) {
  const Tensor before = states_before(hx, output, reverse);
  Tensor grad_sums, grad_hx, grad_cx;
  if (c10::GradMode::is_enabled()) {
    const Tensor sums = at::linear(input, weight_ih, bias_ih) +
        at::linear(before, weight_hh, bias_hh);
    std::tie(grad_sums, grad_hx, grad_cx) = differentiable_steps(
        grad_output, grad_hy, grad_cy, sums, weight_hh, cx, reverse);
  } else {
    std::tie(grad_sums, grad_hx, grad_cx) = at::_lstm_layer_backward(
        grad_output, grad_hy, grad_cy, weight_hh, cx, gates, cells, reverse);
  }
  // (T N, 4H)^T (T N, x): the sum over moments of each step's outer products
  const Tensor flat = at::flatten(grad_sums, 0, 1);
  const auto weight_grad = [&](const Tensor& x) {
    return at::mm(flat.t(), at::flatten(x, 0, 1));
  };
  const auto& wanted = grad_input_mask;
  const Tensor grad_bias =
      wanted[3] || wanted[4] ? flat.sum(at::IntArrayRef{0}) : Tensor();
  return {
      wanted[0] ? at::matmul(grad_sums, weight_ih) : Tensor(),
      wanted[1] ? weight_grad(input) : Tensor(),
      wanted[2] ? weight_grad(before) : Tensor(),
      wanted[3] ? grad_bias : Tensor(),
      wanted[4] ? grad_bias : Tensor(),
      grad_hx,
      grad_cx};
}

} // namespace torch::autograd

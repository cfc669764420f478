// An LSTM layer over a sequence in one call: one product for the input's
// share of all gates, then a small product and a fused step per moment.
// The steps are in cpu/RNNKernel.cpp, the formula of backward in
// autograd/functions/RNN.cpp.
#include "aten/native/RNN.h"

#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/blas/Gemm.h"
#include "generated/native/RNN.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/TensorFactories.h"

namespace at::native {

DEFINE_DISPATCH(lstm_step_stub);
DEFINE_DISPATCH(lstm_step_backward_stub);

namespace {

// Sizes of a sequence, and where its moments lie.
struct Sequence {
  int64_t length, batch, hidden;
  bool reverse;

  // The moment that a step reads.
  int64_t moment(int64_t step) const {
    return reverse ? length - 1 - step : step;
  }
  int64_t state() const { // elements of h or c
    return batch * hidden;
  }
};

float* data_of(const Tensor& t) { return static_cast<float*>(t.data_ptr()); }

Tensor new_tensor(IntArrayRef sizes, const Tensor& like) {
  return Tensor(at::detail::empty(sizes, like.scalar_type(), like.device()));
}

Tensor copy_of(const float* data, const Sequence& s, const Tensor& like) {
  const Tensor result = new_tensor({s.batch, s.hidden}, like);
  std::copy_n(data, s.state(), data_of(result));
  return result;
}

// c (m, n) = a (m, k) b + beta c, with b (k, n) or, transposed, (n, k).
void product(
    int64_t m,
    int64_t n,
    int64_t k,
    const float* a,
    const float* b,
    bool transposed,
    float* c,
    int beta) {
  blas::GemmCall call{ScalarType::Float, m, n, k, {}, {}, c, n};
  call.a = {a, k, false};
  call.b = {b, transposed ? k : n, transposed};
  call.beta = beta;
  blas::gemm(call);
}

void check_float(const Tensor& t, const char* name) {
  TORCH_CHECK(
      t.scalar_type() == ScalarType::Float,
      "_lstm_layer: expected ",
      name,
      " to be float32, but got ",
      t.scalar_type());
}

void check_state(const Tensor& t, const Sequence& s, const char* name) {
  check_float(t, name);
  TORCH_CHECK(
      t.sizes() == IntArrayRef({s.batch, s.hidden}),
      "_lstm_layer: expected ",
      name,
      " to be (N, H)");
}

void check_sizes(
    const Sequence& s,
    const Tensor& weight_hh,
    const Tensor& gates) {
  TORCH_CHECK(
      weight_hh.dim() == 2 && weight_hh.size(0) == 4 * s.hidden &&
          gates.sizes() == IntArrayRef({s.length, s.batch, 4 * s.hidden}),
      "_lstm_layer: expected weights of 4 H rows");
}

} // namespace

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> lstm_layer_cpu(
    const Tensor& input,
    const Tensor& weight_ih,
    const Tensor& weight_hh,
    const Tensor& bias_ih,
    const Tensor& bias_hh,
    const Tensor& hx,
    const Tensor& cx,
    bool reverse) {
  TORCH_CHECK(
      input.dim() == 3 && input.size(0) > 0 && weight_hh.dim() == 2,
      "_lstm_layer: expected input (T, N, I) with T > 0 and weight_hh (4 H, "
      "H)");
  check_float(input, "input");
  check_float(weight_hh, "weight_hh");
  const Sequence s{input.size(0), input.size(1), weight_hh.size(1), reverse};
  check_state(hx, s, "hx");
  check_state(cx, s, "cx");
  const Tensor bias = bias_ih.defined() ? at::add(bias_ih, bias_hh) : Tensor();
  const Tensor gates = at::linear(input, weight_ih, bias).contiguous();
  const Tensor w = weight_hh.contiguous();
  const Tensor h0 = hx.contiguous(), c0 = cx.contiguous();
  check_sizes(s, weight_hh, gates);
  const Tensor output = new_tensor({s.length, s.batch, s.hidden}, input);
  const Tensor cells = new_tensor({s.length, s.batch, s.hidden}, input);

  const float* h = data_of(h0);
  const float* c = data_of(c0);
  for (int64_t step = 0; step < s.length; ++step) {
    const int64_t t = s.moment(step);
    float* const sums = data_of(gates) + t * 4 * s.state();
    product(s.batch, 4 * s.hidden, s.hidden, h, data_of(w), true, sums, 1);
    float* const c_now = data_of(cells) + t * s.state();
    float* const h_now = data_of(output) + t * s.state();
    lstm_step_stub(
        input.device_type(),
        LstmStep{s.batch, s.hidden, sums, c, c_now, h_now});
    h = h_now;
    c = c_now;
  }
  return {output, copy_of(h, s, input), copy_of(c, s, input), gates, cells};
}

std::tuple<Tensor, Tensor, Tensor> lstm_layer_backward_cpu(
    const Tensor& grad_output,
    const Tensor& grad_hy,
    const Tensor& grad_cy,
    const Tensor& weight_hh,
    const Tensor& cx,
    const Tensor& gates,
    const Tensor& cells,
    bool reverse) {
  TORCH_CHECK(cells.dim() == 3, "_lstm_layer: expected cells (T, N, H)");
  const Sequence s{cells.size(0), cells.size(1), cells.size(2), reverse};
  check_sizes(s, weight_hh, gates);
  check_state(cx, s, "cx");
  for (const Tensor* t : {&weight_hh, &gates, &cells}) {
    check_float(*t, "every tensor");
  }
  const auto start = [&](const Tensor& grad) {
    return grad.defined() ? copy_of(data_of(grad.contiguous()), s, cells)
                          : at::zeros({s.batch, s.hidden}, cells.options());
  };
  const Tensor grad_h = start(grad_hy), grad_c = start(grad_cy);
  const Tensor grad_sums = new_tensor(gates.sizes(), gates);
  const Tensor w = weight_hh.contiguous(), c0 = cx.contiguous();
  const Tensor gate_values = gates.contiguous(), c = cells.contiguous();
  const Tensor from_output =
      grad_output.defined() ? grad_output.contiguous() : grad_output;

  for (int64_t step = s.length - 1; step >= 0; --step) {
    const int64_t t = s.moment(step);
    const float* const c_before =
        step == 0 ? data_of(c0) : data_of(c) + s.moment(step - 1) * s.state();
    float* const sums = data_of(grad_sums) + t * 4 * s.state();
    LstmStepBackward call{s.batch, s.hidden};
    call.gates = data_of(gate_values) + t * 4 * s.state();
    call.c_before = c_before;
    call.c = data_of(c) + t * s.state();
    call.grad_output =
        from_output.defined() ? data_of(from_output) + t * s.state() : nullptr;
    call.grad_h = data_of(grad_h);
    call.grad_c = data_of(grad_c);
    call.grad_gates = sums;
    lstm_step_backward_stub(cells.device_type(), call);
    product(
        s.batch,
        s.hidden,
        4 * s.hidden,
        sums,
        data_of(w),
        false,
        data_of(grad_h),
        0);
  }
  return {grad_sums, grad_h, grad_c};
}

} // namespace at::native

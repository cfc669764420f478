// softmax and log_softmax: shapes and contiguous operands around the kernels
// of cpu/SoftMaxKernel.cpp.
#include "aten/native/SoftMax.h"

#include "aten/EmptyTensor.h"
#include "aten/OutputSpec.h"
#include "aten/core/Tensor.h"
#include "generated/native/SoftMax.h"
#include "generated/ops/Copy.h"
#include "generated/ops/SoftMax.h"

namespace at::native {

DEFINE_DISPATCH(softmax_stub);
DEFINE_DISPATCH(log_softmax_stub);
DEFINE_DISPATCH(softmax_backward_stub);
DEFINE_DISPATCH(log_softmax_backward_stub);

SoftMaxShape softmax_shape(const TensorBase& t, int64_t dim) {
  SoftMaxShape shape{1, 1, 1};
  if (t.dim() == 0) {
    return shape;
  }
  dim = maybe_wrap_dim(dim, t.dim());
  for (int64_t d = 0; d < t.dim(); ++d) {
    int64_t& part = d < dim ? shape.outer : d == dim ? shape.size : shape.inner;
    part *= t.sizes()[d];
  }
  return shape;
}

namespace {

Tensor contiguous(const Tensor& t, ScalarType dtype) {
  if (t.is_contiguous() && t.scalar_type() == dtype) {
    return t;
  }
  Tensor result(at::detail::empty(t.sizes(), dtype, t.device()));
  at::detail::copy_(result, t);
  return result;
}

// f(dense) with `out`, or with a dense stand-in that is copied to it.
template <typename F>
void into_contiguous(const Tensor& out, const F& f) {
  if (out.is_contiguous()) {
    f(out);
    return;
  }
  const Tensor dense(
      at::detail::empty(out.sizes(), out.scalar_type(), out.device()));
  f(dense);
  at::detail::copy_(out, dense);
}

void check_floating(const Tensor& self, int64_t dim, const char* name) {
  const bool last = self.dim() == 0 ||
      maybe_wrap_dim(dim, self.dim()) == self.dim() - 1;
  TORCH_CHECK_NOT_IMPLEMENTED(
      self.is_floating_point(),
      '"',
      name,
      last ? "_lastdim" : "",
      "_kernel_impl\" not implemented for '",
      self.scalar_type(),
      '\'');
}

void run_softmax(
    const Tensor& self,
    int64_t dim,
    const Tensor& out,
    decltype(softmax_stub)& stub) {
  if (self.numel() == 0) {
    return;
  }
  const Tensor input = contiguous(self, self.scalar_type());
  into_contiguous(out, [&](const Tensor& dense) {
    stub(self.device_type(), dense, input, softmax_shape(self, dim));
  });
}

void run_backward(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    const Tensor& grad_input,
    decltype(softmax_backward_stub)& stub) {
  if (output.numel() == 0) {
    return;
  }
  const ScalarType dtype = grad_input.scalar_type();
  const Tensor grad = contiguous(grad_output, dtype);
  const Tensor out = contiguous(output, dtype);
  into_contiguous(grad_input, [&](const Tensor& dense) {
    stub(output.device_type(), dense, grad, out, softmax_shape(output, dim));
  });
}

} // namespace

OutputSpec softmax_meta(const Tensor& self, int64_t dim, bool half_to_float) {
  maybe_wrap_dim(dim, self.dim());
  return OutputSpec(
      self.sizes(),
      half_to_float ? self.options().dtype(c10::ScalarType::Float)
                    : self.options());
}

void softmax_cpu_out(
    const Tensor& self,
    int64_t dim,
    bool half_to_float,
    const Tensor& out) {
  TORCH_CHECK(
      !half_to_float,
      "softmax with half to float conversion is not supported on CPU");
  check_floating(self, dim, "softmax");
  run_softmax(self, dim, out, softmax_stub);
}

void log_softmax_cpu_out(
    const Tensor& self,
    int64_t dim,
    bool half_to_float,
    const Tensor& out) {
  TORCH_CHECK(
      !half_to_float,
      "softmax with half to float conversion is not supported on CPU");
  check_floating(self, dim, "log_softmax");
  run_softmax(self, dim, out, log_softmax_stub);
}

OutputSpec softmax_backward_meta(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    ScalarType input_dtype) {
  maybe_wrap_dim(dim, grad_output.dim());
  return OutputSpec(
      grad_output.sizes(), grad_output.options().dtype(input_dtype));
}

void softmax_backward_cpu_out(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    ScalarType,
    const Tensor& grad_input) {
  run_backward(grad_output, output, dim, grad_input, softmax_backward_stub);
}

void log_softmax_backward_cpu_out(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    ScalarType,
    const Tensor& grad_input) {
  run_backward(
      grad_output, output, dim, grad_input, log_softmax_backward_stub);
}

Tensor softmax(
    const Tensor& self,
    int64_t dim,
    std::optional<ScalarType> dtype) {
  return at::_softmax(dtype ? self.to(*dtype) : self, dim, false);
}

Tensor log_softmax(
    const Tensor& self,
    int64_t dim,
    std::optional<ScalarType> dtype) {
  return at::_log_softmax(dtype ? self.to(*dtype) : self, dim, false);
}

} // namespace at::native

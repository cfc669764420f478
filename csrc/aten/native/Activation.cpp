// Pointwise activation functions: checks, and those made of other operators.
#include "aten/native/Activation.h"

#include <cmath>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/native/PointwiseOps.h"
#include "generated/native/Activation.h"
#include "generated/ops/Activation.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Joining.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryMath.h"

namespace at::native {

DEFINE_DISPATCH(gelu_none_stub);
DEFINE_DISPATCH(gelu_tanh_stub);
DEFINE_DISPATCH(silu_stub);
DEFINE_DISPATCH(mish_stub);
DEFINE_DISPATCH(hardswish_stub);
DEFINE_DISPATCH(hardsigmoid_stub);
DEFINE_DISPATCH(log_sigmoid_stub);
DEFINE_DISPATCH(gelu_none_backward_stub);
DEFINE_DISPATCH(gelu_tanh_backward_stub);
DEFINE_DISPATCH(silu_backward_stub);
DEFINE_DISPATCH(mish_backward_stub);
DEFINE_DISPATCH(hardswish_backward_stub);
DEFINE_DISPATCH(hardsigmoid_backward_stub);
DEFINE_DISPATCH(log_sigmoid_backward_stub);
DEFINE_DISPATCH(glu_stub);
DEFINE_DISPATCH(prelu_stub);
DEFINE_DISPATCH(threshold_stub);
DEFINE_DISPATCH(threshold_backward_stub);
DEFINE_DISPATCH(leaky_relu_stub);
DEFINE_DISPATCH(leaky_relu_backward_stub);
DEFINE_DISPATCH(hardtanh_backward_stub);
DEFINE_DISPATCH(softplus_stub);
DEFINE_DISPATCH(softplus_backward_stub);
DEFINE_DISPATCH(softshrink_stub);
DEFINE_DISPATCH(hardshrink_stub);
DEFINE_DISPATCH(shrink_backward_stub);
DEFINE_DISPATCH(sigmoid_backward_stub);
DEFINE_DISPATCH(tanh_backward_stub);
DEFINE_DISPATCH(elu_stub);
DEFINE_DISPATCH(elu_backward_stub);

// -------------------------------------------------------------- relu, gelu

namespace {

Tensor relu_into(const TensorBase& out, const Tensor& self) {
  TORCH_CHECK(
      self.scalar_type() != kBool, "Boolean inputs not supported for relu");
  check_clamp_type(self);
  auto iter = TensorIterator::unary_op(out, self);
  clamp_scalar_stub(iter.device_type(), iter, Scalar(0), std::nullopt);
  return iter.output();
}

bool is_tanh(std::string_view approximate) {
  TORCH_CHECK(
      approximate == "none" || approximate == "tanh",
      "approximate argument must be either none or tanh.");
  return approximate == "tanh";
}

} // namespace

Tensor relu(const Tensor& self) {
  return relu_into({}, self);
}
Tensor& relu_(Tensor& self) {
  relu_into(self, self);
  return self;
}
Tensor& relu_out(const Tensor& self, Tensor& out) {
  relu_into(out, self);
  return out;
}

void gelu_stub(
    c10::DeviceType device,
    TensorIterator& iter,
    std::string_view approximate) {
  if (is_tanh(approximate)) {
    gelu_tanh_stub(device, iter);
  } else {
    gelu_none_stub(device, iter);
  }
}
void gelu_backward_stub(
    c10::DeviceType device,
    TensorIterator& iter,
    std::string_view approximate) {
  if (is_tanh(approximate)) {
    gelu_tanh_backward_stub(device, iter);
  } else {
    gelu_none_backward_stub(device, iter);
  }
}

// ------------------------------------------------ elu, selu, celu, hardtanh

Tensor elu_backward(
    const Tensor& grad_output,
    const Scalar& alpha,
    const Scalar& scale,
    const Scalar& input_scale,
    bool is_result,
    const Tensor& self_or_result) {
  TORCH_CHECK(
      !is_result || alpha.to_double() >= 0,
      "In-place elu backward calculation is triggered with a negative slope "
      "which is not supported. This is caused by calling in-place forward "
      "function with a negative slope, please call out-of-place version "
      "instead.");
  auto iter = TensorIterator::binary_op({}, grad_output, self_or_result);
  elu_backward_stub(
      iter.device_type(), iter, alpha, scale, input_scale, is_result);
  return iter.output();
}

namespace {
// Klambauer et al., "Self-Normalizing Neural Networks", 2017, equation 14.
constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
constexpr double kSeluScale = 1.0507009873554804934193349852946;
} // namespace

Tensor selu(const Tensor& self) {
  return at::elu(self, Scalar(kSeluAlpha), Scalar(kSeluScale));
}
Tensor& selu_(Tensor& self) {
  return at::elu_(self, Scalar(kSeluAlpha), Scalar(kSeluScale));
}

Tensor leaky_relu_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Scalar& negative_slope,
    bool self_is_result) {
  TORCH_CHECK(
      !self_is_result || negative_slope.to_double() >= 0,
      "In-place leakyReLu backward calculation is triggered with a negative "
      "slope which is not supported. This is caused by calling in-place forward "
      "function with a negative slope, please call out-of-place version "
      "instead. File an issue at https://github.com/pytorch/pytorch if you do "
      "require supporting in-place leakRelu backward calculation with negative "
      "slope");
  auto iter = TensorIterator::binary_op({}, grad_output, self);
  leaky_relu_backward_stub(iter.device_type(), iter, negative_slope);
  return iter.output();
}

namespace {
Scalar inverse(const Scalar& alpha) {
  TORCH_CHECK(
      !alpha.equal(0.0), "ZeroDivisionError: alpha cannot be 0 for CELU");
  return Scalar(1.0 / alpha.to_double());
}
} // namespace

Tensor celu(const Tensor& self, const Scalar& alpha) {
  const Scalar input_scale = inverse(alpha);
  auto iter = TensorIterator::unary_op({}, self);
  elu_stub(iter.device_type(), iter, alpha, Scalar(1.0), input_scale);
  return iter.output();
}
Tensor& celu_(Tensor& self, const Scalar& alpha) {
  const Scalar input_scale = inverse(alpha);
  auto iter = TensorIterator::unary_op(self, self);
  elu_stub(iter.device_type(), iter, alpha, Scalar(1.0), input_scale);
  return self;
}

namespace {

Tensor hardtanh_into(
    const TensorBase& out,
    const Tensor& self,
    Scalar min_val,
    Scalar max_val) {
  TORCH_CHECK(
      self.scalar_type() != kBool, "Bool inputs not supported for hardtanh");
  check_clamp_type(self);
  if (c10::is_integral_type(self.scalar_type(), false)) {
    min_val = Scalar(min_val.to_long());
    max_val = Scalar(max_val.to_long());
    TORCH_CHECK(
        self.scalar_type() != kByte ||
            (min_val.to_long() >= 0 && max_val.to_long() >= 0),
        "cannot do hardtanh on an unsigned type with negative limits");
  }
  auto iter = TensorIterator::unary_op(out, self);
  clamp_scalar_stub(iter.device_type(), iter, min_val, max_val);
  return iter.output();
}

} // namespace

Tensor hardtanh(
    const Tensor& self,
    const Scalar& min_val,
    const Scalar& max_val) {
  return hardtanh_into({}, self, min_val, max_val);
}
Tensor& hardtanh_(
    Tensor& self,
    const Scalar& min_val,
    const Scalar& max_val) {
  hardtanh_into(self, self, min_val, max_val);
  return self;
}
Tensor relu6(const Tensor& self) {
  return at::hardtanh(self, Scalar(0), Scalar(6));
}
Tensor& relu6_(Tensor& self) {
  return at::hardtanh_(self, Scalar(0), Scalar(6));
}

// ----------------------------------------------------- log_sigmoid, shrinks

Tensor log_sigmoid(const Tensor& self) {
  return std::get<0>(at::log_sigmoid_forward(self));
}
std::tuple<Tensor, Tensor> log_sigmoid_forward(const Tensor& self) {
  // The CPU's result is row-major, as PyTorch's.
  const Tensor x = self.is_cpu() ? self.contiguous() : self;
  auto iter = TensorIterator::unary_op({}, x);
  log_sigmoid_stub(iter.device_type(), iter);
  // PyTorch's second output is scratch space of its CPU kernel.
  return {iter.output(), at::empty({0}, self.options())};
}
Tensor log_sigmoid_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& buffer) {
  auto iter = TensorIterator::binary_op({}, grad_output, self);
  log_sigmoid_backward_stub(iter.device_type(), iter);
  return iter.output();
}

void softshrink_check(const Tensor& self, const Scalar& lambd) {
  const double value = lambd.to_double();
  const double top = dispatch_floating_types(
      self.scalar_type(), "softshrink_check", [](auto type) {
        return static_cast<double>(std::numeric_limits<decltype(type)>::max());
      });
  TORCH_CHECK(
      value >= 0 && value <= top,
      "lambda must be in range [0, ",
      top,
      "] for input dtype ",
      self.scalar_type(),
      ", but found ",
      value);
}

// ------------------------------------------------------------- prelu, glu

Tensor prelu(const Tensor& self, const Tensor& weight) {
  TORCH_CHECK(
      weight.dim() <= 1,
      "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = ",
      weight.dim());
  TORCH_CHECK(
      self.scalar_type() == weight.scalar_type(),
      "prelu: Type promoting not supported. Got ",
      self.scalar_type(),
      " and ",
      weight.scalar_type());
  Tensor scales = weight;
  if (weight.numel() != 1) {
    TORCH_CHECK(self.dim() > 0, "Not allow zero-dim input tensor.");
    const int64_t channels = self.dim() > 1 ? self.size(1) : 1;
    TORCH_CHECK(
        channels == weight.numel(),
        "Mismatch of parameter numbers and input channel size. Found parameter "
        "numbers = ",
        weight.numel(),
        " and channel size = ",
        channels,
        ".");
  }
  if (self.dim() != weight.dim() || self.dim() > 1) {
    // (C) -> (1, C, 1, ...)
    DimVector shape(static_cast<size_t>(self.dim()), 1);
    if (self.dim() > 1) {
      shape[1] = weight.numel();
    }
    scales = weight.reshape(shape);
  }
  return at::_prelu_kernel(self, scales);
}
Tensor _prelu_kernel(const Tensor& self, const Tensor& weight) {
  auto iter = TensorIterator::binary_op({}, self, weight);
  prelu_stub(iter.device_type(), iter);
  return iter.output();
}
std::tuple<Tensor, Tensor> _prelu_kernel_backward(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& weight) {
  const Tensor positive = at::gt(self, Scalar(0));
  const Scalar zero(0);
  return {
      at::where(positive, grad_output, at::mul(weight, grad_output)),
      at::where(positive, zero, at::mul(self, grad_output))};
}

namespace {

// The two halves of self along dim.
std::pair<Tensor, Tensor> glu_halves(const Tensor& self, int64_t dim) {
  TORCH_CHECK(
      self.dim() > 0,
      "glu does not support 0-dimensional tensors");
  const int64_t d = at::maybe_wrap_dim(dim, self.dim());
  const int64_t n = self.size(d);
  TORCH_CHECK(
      n % 2 == 0,
      "Halving dimension must be even, but dimension ",
      d,
      " is size ",
      n);
  return {self.narrow(d, 0, n / 2), self.narrow(d, n / 2, n / 2)};
}

} // namespace

// first half * sigmoid(second half)
Tensor glu(const Tensor& self, int64_t dim) {
  const auto [value, gate] = glu_halves(self, dim);
  auto iter = TensorIterator::binary_op({}, value, gate);
  glu_stub(iter.device_type(), iter);
  return iter.output();
}
Tensor glu_backward(
    const Tensor& grad_output,
    const Tensor& self,
    int64_t dim) {
  const auto [value, gate] = glu_halves(self, dim);
  const Tensor s = at::sigmoid(gate);
  const Tensor grad_gate =
      at::mul(at::sigmoid_backward(grad_output, s), value);
  return at::cat(
      {at::mul(grad_output, s), grad_gate},
      at::maybe_wrap_dim(dim, self.dim()));
}

} // namespace at::native

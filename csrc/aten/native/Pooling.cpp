// Pooling: window arguments checked with PyTorch's texts, output shapes, and
// contiguous planes for the kernels of cpu/PoolingKernel.cpp.
#include "aten/native/Pooling.h"

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/native/Pooling.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Pooling.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(max_pool2d_stub);
DEFINE_DISPATCH(max_pool2d_backward_stub);
DEFINE_DISPATCH(avg_pool2d_stub);
DEFINE_DISPATCH(avg_pool2d_backward_stub);
DEFINE_DISPATCH(adaptive_avg_pool2d_stub);
DEFINE_DISPATCH(adaptive_avg_pool2d_backward_stub);

namespace {

void check_pair(
    IntArrayRef list,
    const char* function,
    const char* name,
    bool may_be_empty = false) {
  TORCH_CHECK(
      list.size() == 1 || list.size() == 2 || (may_be_empty && list.empty()),
      function,
      ": ",
      name,
      " must ",
      may_be_empty ? "either be omitted, a single int, or a tuple of two ints"
          : c10::str(name) == "kernel_size"
          ? "either be a single int, or a tuple of two ints"
          : "be either a single int, or a tuple of two ints");
}

int64_t first(IntArrayRef list) {
  return list[0];
}
int64_t second(IntArrayRef list) {
  return list.size() == 1 ? list[0] : list[1];
}

// Outputs along one dimension. With ceil_mode the last window may leave the
// image, but must start inside it or its left padding.
int64_t pooled_size(
    int64_t in, int64_t kernel, int64_t pad, int64_t stride, int64_t dilation,
    bool ceil_mode) {
  const int64_t span = in + 2 * pad - dilation * (kernel - 1) - 1;
  const int64_t numerator = span + (ceil_mode ? stride - 1 : 0);
  int64_t out = numerator / stride - (numerator % stride < 0 ? 1 : 0) + 1;
  if (ceil_mode && (out - 1) * stride >= in + pad) {
    --out;
  }
  return out;
}

void check_window(const Tensor& self, const PoolShape& s) {
  TORCH_CHECK(
      s.kernel_w > 0 && s.kernel_h > 0,
      "kernel size should be greater than zero, but got kH: ",
      s.kernel_h,
      " kW: ",
      s.kernel_w);
  TORCH_CHECK(
      s.dilation_h > 0 && s.dilation_w > 0,
      "dilation should be greater than zero, but got dilationH: ",
      s.dilation_h,
      " dilationW: ",
      s.dilation_w);
  const IntArrayRef x = self.sizes();
  const bool batched = self.dim() == 4;
  TORCH_CHECK(
      (self.dim() == 3 && x[0] != 0 && x[1] != 0 && x[2] != 0) ||
          (batched && x[1] != 0 && x[2] != 0 && x[3] != 0),
      "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size "
      "for input, but got:",
      x);
  TORCH_CHECK(
      s.pad_h >= 0 && s.pad_w >= 0 &&
          s.pad_h <= ((s.kernel_h - 1) * s.dilation_h + 1) / 2 &&
          s.pad_w <= ((s.kernel_w - 1) * s.dilation_w + 1) / 2,
      "pad should be smaller than or equal to half of kernel size, but got "
      "padW = ",
      s.pad_w,
      ", padH = ",
      s.pad_h,
      ", kW = ",
      s.kernel_w,
      ", kH = ",
      s.kernel_h);
  TORCH_CHECK(
      s.out_h >= 1 && s.out_w >= 1,
      "Given input size: (",
      self.size(-3),
      'x',
      s.in_h,
      'x',
      s.in_w,
      "). Calculated output size: (",
      self.size(-3),
      'x',
      s.out_h,
      'x',
      s.out_w,
      "). Output size is too small");
}

void check_padding(
    int64_t pad,
    int64_t kernel,
    int64_t dilation) {
  TORCH_CHECK(
      pad >= 0, "pad must be non-negative, but got pad: ", pad);
  TORCH_CHECK(
      pad <= ((kernel - 1) * dilation + 1) / 2,
      "pad should be at most half of effective kernel size, but got pad=",
      pad,
      ", kernel_size=",
      kernel,
      " and dilation=",
      dilation);
}

PoolShape make_shape(
    const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  PoolShape s{};
  s.in_h = self.size(-2);
  s.in_w = self.size(-1);
  s.planes = self.numel() == 0 ? 0 : self.numel() / (s.in_h * s.in_w);
  s.kernel_h = first(kernel);
  s.kernel_w = second(kernel);
  s.stride_h = stride.empty() ? s.kernel_h : first(stride);
  s.stride_w = stride.empty() ? s.kernel_w : second(stride);
  s.pad_h = first(padding);
  s.pad_w = second(padding);
  s.dilation_h = first(dilation);
  s.dilation_w = second(dilation);
  TORCH_CHECK(
      s.stride_h != 0 && s.stride_w != 0, "stride should not be zero");
  check_padding(s.pad_h, s.kernel_h, s.dilation_h);
  check_padding(s.pad_w, s.kernel_w, s.dilation_w);
  s.out_h = pooled_size(
      s.in_h, s.kernel_h, s.pad_h, s.stride_h, s.dilation_h, ceil_mode);
  s.out_w = pooled_size(
      s.in_w, s.kernel_w, s.pad_w, s.stride_w, s.dilation_w, ceil_mode);
  check_window(self, s);
  return s;
}

PoolShape max_pool_shape(
    const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  TORCH_CHECK(
      kernel.size() == 1 || kernel.size() == 2,
      "max_pool2d: kernel_size must either be a single int, or a tuple of "
      "two ints");
  check_pair(stride, "max_pool2d", "stride", true);
  check_pair(padding, "max_pool2d", "padding");
  check_pair(dilation, "max_pool2d", "dilation");
  TORCH_CHECK(
      self.dim() == 3 || self.dim() == 4,
      "non-empty 3D or 4D (batch mode) tensor expected for input");
  return make_shape(self, kernel, stride, padding, dilation, ceil_mode);
}

Tensor pooled_tensor(const Tensor& self, const PoolShape& s, ScalarType t) {
  DimVector sizes(self.sizes());
  sizes[sizes.size() - 2] = s.out_h;
  sizes.back() = s.out_w;
  return Tensor(at::detail::empty(sizes, t, self.device()));
}

} // namespace

// -------------------------------------------------------------------- max

std::tuple<Tensor, Tensor> max_pool2d_with_indices(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  const PoolShape s = max_pool_shape(
      self, kernel_size, stride, padding, dilation, ceil_mode);
  const Tensor out = pooled_tensor(self, s, self.scalar_type());
  const Tensor indices = pooled_tensor(self, s, c10::ScalarType::Long);
  max_pool2d_stub(self.device_type(), out, indices, self.contiguous(), s);
  return {out, indices};
}

Tensor _max_pool2d_values(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  const PoolShape s = max_pool_shape(
      self, kernel_size, stride, padding, dilation, ceil_mode);
  const Tensor out = pooled_tensor(self, s, self.scalar_type());
  max_pool2d_stub(self.device_type(), out, TensorBase(), self.contiguous(), s);
  return out;
}

Tensor max_pool2d_with_indices_backward(
    const Tensor& grad_output, const Tensor& self, IntArrayRef kernel_size,
    IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
    bool ceil_mode, const Tensor& indices) {
  const PoolShape s = max_pool_shape(
      self, kernel_size, stride, padding, dilation, ceil_mode);
  TORCH_CHECK(
      grad_output.sizes() == indices.sizes(),
      "Expected grad_output of shape ",
      indices.sizes(),
      ", but got ",
      grad_output.sizes());
  const Tensor grad_input(
      at::detail::empty(
          self.sizes(), grad_output.scalar_type(), self.device()));
  max_pool2d_backward_stub(
      self.device_type(),
      grad_input,
      grad_output.contiguous(),
      indices.contiguous(),
      s);
  return grad_input;
}

Tensor max_pool2d(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  if (self.requires_grad() && c10::GradMode::is_enabled()) {
    return std::get<0>(at::max_pool2d_with_indices(
        self, kernel_size, stride, padding, dilation, ceil_mode));
  }
  return at::_max_pool2d_values(
      self, kernel_size, stride, padding, dilation, ceil_mode);
}

namespace {

void check_lines(const Tensor& self) {
  const IntArrayRef x = self.sizes();
  TORCH_CHECK(
      (self.dim() == 2 && x[0] != 0 && x[1] != 0) ||
          (self.dim() == 3 && x[1] != 0 && x[2] != 0),
      "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim "
      "batch size for input, but got:",
      x);
}

void check_max_pool1d(
    const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  check_lines(self);
  TORCH_CHECK(
      kernel.size() == 1 && kernel[0] > 0,
      "max_pool1d() kernel_size must be greater than zero, but got ",
      kernel[0]);
  const int64_t step = stride.empty() ? kernel[0] : stride[0];
  TORCH_CHECK(
      step > 0, "max_pool1d() stride must be greater than zero, but got ", step);
  TORCH_CHECK(
      padding[0] >= 0,
      "max_pool1d() padding must be non-negative, but got ",
      padding[0]);
  TORCH_CHECK(
      padding[0] <= kernel[0] / 2,
      "max_pool1d() padding should be at most half of kernel size, but got "
      "padding=",
      padding[0],
      " and kernel_size=",
      kernel[0]);
  TORCH_CHECK(
      dilation[0] > 0,
      "max_pool1d() dilation must be greater than zero, but got ",
      dilation[0]);
  const int64_t out = pooled_size(
      self.size(-1), kernel[0], padding[0], step, dilation[0], ceil_mode);
  TORCH_CHECK(
      out > 0, "max_pool1d() Invalid computed output size: ", out);
}

// A list of one number as (1 or 0, number): no window over a height of one.
DimVector flat_pair(IntArrayRef list, int64_t over_height) {
  return list.empty() ? DimVector() : DimVector{over_height, list[0]};
}

} // namespace

std::tuple<Tensor, Tensor> max_pool1d_with_indices(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  check_lines(self);
  const auto [out, indices] = at::max_pool2d_with_indices(
      self.unsqueeze(-2),
      flat_pair(kernel_size, 1),
      flat_pair(stride, 1),
      flat_pair(padding, 0),
      flat_pair(dilation, 1),
      ceil_mode);
  return {out.squeeze(-2), indices.squeeze(-2)};
}

Tensor max_pool1d(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  check_max_pool1d(self, kernel_size, stride, padding, dilation, ceil_mode);
  if (self.is_cpu() && !(c10::GradMode::is_enabled() && self.requires_grad())) {
    dispatch_floating_types(self.scalar_type(), "max_pool1d_impl", [](auto) {});
  }
  return at::max_pool2d(
             self.unsqueeze(-2),
             flat_pair(kernel_size, 1),
             flat_pair(stride, 1),
             flat_pair(padding, 0),
             flat_pair(dilation, 1),
             ceil_mode)
      .squeeze(-2);
}

// ---------------------------------------------------------------- average

namespace {

PoolShape avg_pool_shape(
    const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
    IntArrayRef padding, bool ceil_mode, bool count_include_pad,
    std::optional<int64_t> divisor_override) {
  check_pair(kernel, "avg_pool2d", "kernel_size");
  check_pair(stride, "avg_pool2d", "stride", true);
  check_pair(padding, "avg_pool2d", "padding");
  TORCH_CHECK(
      !divisor_override || *divisor_override != 0, "divisor must be not zero");
  self.size(-3); // PyTorch's IndexError for fewer dimensions
  PoolShape s = make_shape(self, kernel, stride, padding, {1, 1}, ceil_mode);
  s.count_include_pad = count_include_pad;
  s.divisor = divisor_override.value_or(0);
  return s;
}

} // namespace

Tensor avg_pool2d(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, bool ceil_mode, bool count_include_pad,
    std::optional<int64_t> divisor_override) {
  const PoolShape s = avg_pool_shape(
      self, kernel_size, stride, padding, ceil_mode, count_include_pad,
      divisor_override);
  const Tensor out = pooled_tensor(self, s, self.scalar_type());
  avg_pool2d_stub(self.device_type(), out, self.contiguous(), s);
  return out;
}

Tensor avg_pool2d_backward(
    const Tensor& grad_output, const Tensor& self, IntArrayRef kernel_size,
    IntArrayRef stride, IntArrayRef padding, bool ceil_mode,
    bool count_include_pad, std::optional<int64_t> divisor_override) {
  const PoolShape s = avg_pool_shape(
      self, kernel_size, stride, padding, ceil_mode, count_include_pad,
      divisor_override);
  const Tensor grad_input(
      at::detail::empty(
          self.sizes(), grad_output.scalar_type(), self.device()));
  avg_pool2d_backward_stub(
      self.device_type(), grad_input, grad_output.contiguous(), s);
  return grad_input;
}

static void check_two_or_three(const Tensor& self, const char* name) {
  TORCH_CHECK(
      self.dim() == 2 || self.dim() == 3,
      "Expected 2 to 3 dimensions, but got ",
      self.dim(),
      "-dimensional tensor for argument #1 'self' (while checking arguments "
      "for ",
      name,
      ")");
}

Tensor avg_pool1d(
    const Tensor& self, IntArrayRef kernel_size, IntArrayRef stride,
    IntArrayRef padding, bool ceil_mode, bool count_include_pad) {
  check_two_or_three(self, "avg_pool1d");
  return at::avg_pool2d(
             self.unsqueeze(-2),
             flat_pair(kernel_size, 1),
             flat_pair(stride, 1),
             flat_pair(padding, 0),
             ceil_mode,
             count_include_pad)
      .squeeze(-2);
}

// --------------------------------------------------------------- adaptive

namespace {

PoolShape adaptive_shape(const Tensor& self, IntArrayRef output_size) {
  TORCH_CHECK(
      self.dim() == 3 || self.dim() == 4,
      "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got ",
      self.sizes());
  for (int64_t d = -2; d < 0; ++d) {
    TORCH_CHECK(
        self.size(d) > 0,
        "adaptive_avg_pool2d(): Expected input to have non-zero size for "
        "non-batch dimensions, but input has sizes ",
        self.sizes(),
        " with dimension ",
        d + self.dim(),
        " being empty");
  }
  PoolShape s{};
  s.in_h = self.size(-2);
  s.in_w = self.size(-1);
  s.planes = self.numel() / (s.in_h * s.in_w);
  s.out_h = first(output_size);
  s.out_w = second(output_size);
  return s;
}

} // namespace

Tensor _adaptive_avg_pool2d(const Tensor& self, IntArrayRef output_size) {
  const PoolShape s = adaptive_shape(self, output_size);
  const Tensor out = pooled_tensor(self, s, self.scalar_type());
  adaptive_avg_pool2d_stub(self.device_type(), out, self.contiguous(), s);
  return out;
}

Tensor _adaptive_avg_pool2d_backward(
    const Tensor& grad_output,
    const Tensor& self) {
  const PoolShape s = adaptive_shape(
      self, {grad_output.size(-2), grad_output.size(-1)});
  const Tensor grad_input(
      at::detail::empty(
          self.sizes(), grad_output.scalar_type(), self.device()));
  adaptive_avg_pool2d_backward_stub(
      self.device_type(), grad_input, grad_output.contiguous(), s);
  return grad_input;
}

Tensor adaptive_avg_pool2d(const Tensor& self, IntArrayRef output_size) {
  TORCH_CHECK(
      output_size.size() == 2,
      "adaptive_avg_pool2d: output_size must be 2");
  TORCH_CHECK(
      output_size[0] >= 0 && output_size[1] >= 0,
      "adaptive_avg_pool2d: elements of output_size must be greater than or "
      "equal to 0 but received {",
      output_size[0],
      ", ",
      output_size[1],
      '}');
  if (output_size[0] == 1 && output_size[1] == 1 && self.dim() >= 3) {
    return self.mean(OptionalIntArrayRef({-1, -2}), true);
  }
  return at::_adaptive_avg_pool2d(self, output_size);
}

Tensor adaptive_avg_pool1d(const Tensor& self, IntArrayRef output_size) {
  check_two_or_three(self, "adaptive_avg_pool1d");
  TORCH_CHECK(
      output_size.size() == 1,
      "adaptive_avg_pool1d() argument 'output_size' should contain one int (got ",
      output_size.size(),
      ")");
  return at::adaptive_avg_pool2d(
             self.unsqueeze(-2), flat_pair(output_size, 1))
      .squeeze(-2);
}

} // namespace at::native

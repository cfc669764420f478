// layer_norm and batch_norm: checks, contiguous operands, statistics, and the
// kernels of cpu/NormalizationKernel.cpp.
#include "aten/native/Normalization.h"

#include <cmath>
#include <cstring>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/DeviceGuard.h"
#include "aten/core/Tensor.h"
#include "generated/native/Normalization.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Normalization.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(layer_norm_stub);
DEFINE_DISPATCH(layer_norm_backward_stub);
DEFINE_DISPATCH(channel_moments_stub);
DEFINE_DISPATCH(channel_affine_stub);
DEFINE_DISPATCH(channel_dots_stub);
DEFINE_DISPATCH(channel_combine_stub);

namespace {

ScalarType compute_type(ScalarType t) {
  return c10::is_reduced_floating_type(t) ? c10::ScalarType::Float : t;
}

// Statistics have the dtype of the parameters, where there are any.
ScalarType parameter_type(const Tensor& input, const Tensor& weight) {
  return weight.defined() ? weight.scalar_type() : input.scalar_type();
}

Tensor dense(const Tensor& t, ScalarType dtype) {
  return t.defined() ? t.to(dtype).contiguous() : t;
}

void* pointer_of(const Tensor& t) {
  return t.defined() ? t.data_ptr() : nullptr;
}

Tensor empty(
    IntArrayRef sizes,
    ScalarType dtype,
    Device device = c10::kCPU) {
  return Tensor(at::detail::empty(sizes, dtype, device));
}

void check_mixed(const Tensor& input, const Tensor& parameter) {
  TORCH_CHECK(
      !parameter.defined() ||
          parameter.scalar_type() == input.scalar_type() ||
          (c10::is_reduced_floating_type(input.scalar_type()) &&
           parameter.scalar_type() == c10::ScalarType::Float),
      "mixed dtype (CPU): expect parameter to have scalar type of Float");
}

} // namespace

// -------------------------------------------------------------- layer norm

namespace {

struct RowShape {
  int64_t rows, n;
  DimVector statistics; // the shape of mean and rstd
};

void check_parameter(
    const Tensor& parameter,
    const char* name,
    IntArrayRef shape) {
  TORCH_CHECK(
      !parameter.defined() || parameter.sizes() == shape,
      "Expected ",
      name,
      " to be of same shape as normalized_shape, but got ",
      name,
      " of shape ",
      parameter.sizes(),
      " and normalized_shape = ",
      shape);
}

RowShape check_layer_norm(
    const Tensor& input,
    IntArrayRef shape,
    const Tensor& weight,
    const Tensor& bias) {
  TORCH_CHECK(
      !shape.empty(),
      "Expected normalized_shape to be at least 1-dimensional, i.e., "
      "containing at least one element, but got normalized_shape = ",
      shape);
  check_parameter(weight, "weight", shape);
  check_parameter(bias, "bias", shape);
  const IntArrayRef x = input.sizes();
  const bool fits =
      x.size() >= shape.size() && x.slice(x.size() - shape.size()) == shape;
  std::string expected;
  for (int64_t size : shape) {
    expected += c10::str(", ", size);
  }
  TORCH_CHECK(
      fits,
      "Given normalized_shape=",
      shape,
      ", expected input with shape [*",
      expected,
      "], but got input of size",
      x);
  RowShape s{1, 1, DimVector(x)};
  const size_t kept = x.size() - shape.size();
  for (size_t d = 0; d < x.size(); ++d) {
    (d < kept ? s.rows : s.n) *= x[d];
    if (d >= kept) {
      s.statistics[d] = 1;
    }
  }
  return s;
}

} // namespace

std::tuple<Tensor, Tensor, Tensor> native_layer_norm(
    const Tensor& input,
    IntArrayRef normalized_shape,
    const Tensor& weight,
    const Tensor& bias,
    double eps) {
  const DeviceGuard guard(input.device()); // the stub sees no tensor
  const RowShape s = check_layer_norm(input, normalized_shape, weight, bias);
  check_mixed(input, weight);
  check_mixed(input, bias);
  const ScalarType inner = compute_type(input.scalar_type());
  const Tensor x = input.contiguous();
  const Tensor w = dense(weight, inner);
  const Tensor b = dense(bias, inner);
  const Tensor out = empty(input.sizes(), input.scalar_type(), input.device());
  const Tensor mean = empty(s.statistics, inner, input.device());
  const Tensor rstd = empty(s.statistics, inner, input.device());
  layer_norm_stub(
      input.device_type(),
      LayerNormCall{
          input.scalar_type(), s.rows, s.n, x.data_ptr(), pointer_of(w),
          pointer_of(b), out.data_ptr(), mean.data_ptr(), rstd.data_ptr(),
          eps});
  const ScalarType outer = parameter_type(input, weight);
  return {out, mean.to(outer), rstd.to(outer)};
}

std::tuple<Tensor, Tensor, Tensor> native_layer_norm_backward(
    const Tensor& grad_out, const Tensor& input, IntArrayRef normalized_shape,
    const Tensor& mean, const Tensor& rstd, const Tensor& weight,
    const Tensor& bias, std::array<bool, 3> output_mask) {
  const DeviceGuard guard(input.device()); // the stub sees no tensor
  const RowShape s = check_layer_norm(input, normalized_shape, weight, bias);
  const ScalarType inner = compute_type(input.scalar_type());
  const Tensor grad = grad_out.contiguous();
  const Tensor x = input.contiguous();
  const Tensor w = dense(weight, inner);
  const Tensor m = dense(mean, inner);
  const Tensor r = dense(rstd, inner);
  Tensor grad_x, grad_w, grad_b;
  if (output_mask[0]) {
    grad_x = empty(input.sizes(), input.scalar_type(), input.device());
  }
  if (output_mask[1]) {
    grad_w = empty(normalized_shape, inner, input.device());
  }
  if (output_mask[2]) {
    grad_b = empty(normalized_shape, inner, input.device());
  }
  layer_norm_backward_stub(
      input.device_type(),
      LayerNormBackwardCall{
          input.scalar_type(), s.rows, s.n, grad.data_ptr(), x.data_ptr(),
          pointer_of(w), m.data_ptr(), r.data_ptr(), pointer_of(grad_x),
          pointer_of(grad_w),
          pointer_of(grad_b)});
  const ScalarType outer = parameter_type(input, weight);
  return {
      grad_x,
      grad_w.defined() ? grad_w.to(outer) : grad_w,
      grad_b.defined() ? grad_b.to(outer) : grad_b};
}

Tensor layer_norm(
    const Tensor& input, IntArrayRef normalized_shape, const Tensor& weight,
    const Tensor& bias, double eps, bool) {
  return std::get<0>(
      at::native_layer_norm(input, normalized_shape, weight, bias, eps));
}

// -------------------------------------------------------------- batch norm

namespace {

ChannelShape channel_shape(const Tensor& input) {
  ChannelShape s{input.scalar_type(), 1, 1, 1};
  const IntArrayRef x = input.sizes();
  s.batch = x[0];
  s.channels = x[1];
  for (size_t d = 2; d < x.size(); ++d) {
    s.size *= x[d];
  }
  return s;
}

// A vector per channel as doubles; `missing` where it is undefined.
std::vector<double> to_doubles(const Tensor& t, int64_t n, double missing) {
  std::vector<double> values(static_cast<size_t>(n), missing);
  if (t.defined() && t.numel() == n) {
    const Tensor d = dense(t, c10::ScalarType::Double);
    const double* const from = static_cast<const double*>(d.data_ptr());
    values.assign(from, from + n);
  }
  return values;
}

Tensor from_doubles(const std::vector<double>& values, ScalarType dtype) {
  const Tensor t =
      empty({static_cast<int64_t>(values.size())}, c10::ScalarType::Double);
  std::copy(
      values.begin(), values.end(), static_cast<double*>(t.data_ptr()));
  return t.to(dtype);
}

// running = momentum * value + (1 - momentum) * running. Written directly:
// the version stays, since the backward formula has saved `running` (and
// reads it in evaluation only).
void update_running(
    const Tensor& running,
    const std::vector<double>& values,
    double momentum) {
  if (!running.defined()) {
    return;
  }
  dispatch_floating_types(running.scalar_type(), "batch_norm", [&](auto type) {
    using T = decltype(type);
    T* const data = static_cast<T*>(running.data_ptr());
    for (size_t c = 0; c < values.size(); ++c) {
      T& r = data[static_cast<int64_t>(c) * running.strides()[0]];
      r = T(static_cast<opmath_type<T>>(
          momentum * values[c] + (1 - momentum) * static_cast<double>(r)));
    }
  });
}

} // namespace

std::tuple<Tensor, Tensor, Tensor> native_batch_norm_cpu(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    const Tensor& running_mean, const Tensor& running_var, bool training,
    double momentum, double eps) {
  const ChannelShape s = channel_shape(input);
  const ScalarType outer = parameter_type(input, weight);
  const Tensor x = input.contiguous();
  const Tensor out = empty(input.sizes(), input.scalar_type());
  const size_t n = static_cast<size_t>(s.channels);
  std::vector<double> mean = to_doubles(running_mean, s.channels, 0);
  std::vector<double> var = to_doubles(running_var, s.channels, 1);
  std::vector<double> invstd(n), scale(n), shift(n);
  if (training) {
    channel_moments_stub(c10::kCPU, s, x.data_ptr(), mean.data(), var.data());
    const double count = static_cast<double>(s.batch * s.size);
    std::vector<double> unbiased(var);
    for (double& v : unbiased) {
      v *= count / (count - 1);
    }
    update_running(running_mean, mean, momentum);
    update_running(running_var, unbiased, momentum);
  }
  const std::vector<double> w = to_doubles(weight, s.channels, 1);
  const std::vector<double> b = to_doubles(bias, s.channels, 0);
  for (size_t c = 0; c < n; ++c) {
    invstd[c] = 1 / std::sqrt(var[c] + eps);
    scale[c] = invstd[c] * w[c];
    shift[c] = b[c] - mean[c] * scale[c];
  }
  channel_affine_stub(
      c10::kCPU, s, x.data_ptr(), scale.data(), shift.data(), out.data_ptr());
  if (!training) {
    return {out, empty({0}, outer), empty({0}, outer)};
  }
  return {out, from_doubles(mean, outer), from_doubles(invstd, outer)};
}

// With v = (x - mean) invstd and M the elements of a channel. Training:
// grad_x = w invstd (grad - sum(grad) / M - v sum(grad v) / M); in
// evaluation the statistics are constants: grad_x = w invstd grad.
std::tuple<Tensor, Tensor, Tensor> native_batch_norm_backward_cpu(
    const Tensor& grad_out, const Tensor& input, const Tensor& weight,
    const Tensor& running_mean, const Tensor& running_var,
    const Tensor& save_mean, const Tensor& save_invstd, bool train, double eps,
    std::array<bool, 3> output_mask) {
  const ChannelShape s = channel_shape(input);
  const ScalarType outer = parameter_type(input, weight);
  const Tensor x = input.contiguous();
  const Tensor grad = grad_out.contiguous();
  const size_t n = static_cast<size_t>(s.channels);
  std::vector<double> mean, invstd;
  if (train) {
    mean = to_doubles(save_mean, s.channels, 0);
    invstd = to_doubles(save_invstd, s.channels, 1);
  } else {
    mean = to_doubles(running_mean, s.channels, 0);
    invstd = to_doubles(running_var, s.channels, 1);
    for (double& v : invstd) {
      v = 1 / std::sqrt(v + eps);
    }
  }
  std::vector<double> sum(n), dot(n), a(n), b(n, 0.0), k(n, 0.0);
  channel_dots_stub(
      c10::kCPU, s, grad.data_ptr(), x.data_ptr(), mean.data(), sum.data(),
      dot.data());
  const std::vector<double> w = to_doubles(weight, s.channels, 1);
  const double count = static_cast<double>(s.batch * s.size);
  for (size_t c = 0; c < n; ++c) {
    a[c] = w[c] * invstd[c];
    if (train) {
      b[c] = -a[c] * invstd[c] * invstd[c] * dot[c] / count;
      k[c] = -a[c] * sum[c] / count;
    }
    dot[c] *= invstd[c];
  }
  Tensor grad_x;
  if (output_mask[0]) {
    grad_x = empty(input.sizes(), input.scalar_type());
    channel_combine_stub(
        c10::kCPU, s, grad.data_ptr(), x.data_ptr(), mean.data(), a.data(),
        b.data(), k.data(),
        grad_x.data_ptr());
  }
  return {
      grad_x,
      output_mask[1] ? from_doubles(dot, outer) : Tensor(),
      output_mask[2] ? from_doubles(sum, outer) : Tensor()};
}

Tensor batch_norm(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    const Tensor& running_mean, const Tensor& running_var, bool training,
    double momentum, double eps, bool) {
  const int64_t channels = input.dim() > 1 ? input.sizes()[1] : 0;
  TORCH_CHECK(
      training || running_mean.defined(),
      "running_mean must be defined in evaluation mode");
  TORCH_CHECK(
      training || running_var.defined(),
      "running_var must be defined in evaluation mode");
  const auto check = [channels](const Tensor& t, const char* name) {
    TORCH_CHECK(
        !t.defined() || t.numel() == channels,
        name,
        " should contain ",
        channels,
        " elements not ",
        t.numel());
  };
  check(running_mean, "running_mean");
  check(running_var, "running_var");
  check(weight, "weight");
  check(bias, "bias");
  return std::get<0>(at::native_batch_norm(
      input, weight, bias, running_mean, running_var, training, momentum, eps));
}

} // namespace at::native

#include "autograd/functions/Normalization.h"

#include "autograd/functions/FormulaOps.h"
#include "c10/core/ThreadLocalState.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Normalization.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryMath.h"
#include "generated/ops/UnaryOps.h"

namespace torch::autograd {
namespace {

using at::DimVector;

// v = (x - mean(x)) / sqrt(var(x) + eps) over `dims`, differentiably; the
// statistics may be given as constants instead.
struct Normalized {
  Tensor v, rstd;
};

Tensor mean_over(const Tensor& t, const DimVector& dims) {
  return t.mean(at::OptionalIntArrayRef(dims), true);
}

// grad_x = rstd (h - mean(h) - v mean(h v)) with h = grad weight.
Tensor grad_of_normalized(
    const Tensor& h,
    const Normalized& x,
    const DimVector& dims) {
  return x.rstd *
      (h - mean_over(h, dims) - x.v * mean_over(h * x.v, dims));
}

// rstd as a function of the input, with the value that was saved: eps need
// not be known, since rstd^-2 = var + eps.
Normalized normalize(
    const Tensor& input,
    const Tensor& rstd,
    const DimVector& dims) {
  const Tensor centered = input - mean_over(input, dims);
  const Tensor var = mean_over(centered * centered, dims);
  const Tensor eps = (rstd.pow(-2) - var).detach();
  const Tensor inverse = (var + eps).rsqrt();
  return {centered * inverse, inverse};
}

} // namespace

std::tuple<Tensor, Tensor, Tensor> layer_norm_grads(
    const Tensor& grad, const Tensor& input, IntArrayRef normalized_shape,
    const Tensor& mean, const Tensor& rstd, const Tensor& weight,
    const Tensor& bias, std::array<bool, 3> grad_input_mask) {
  if (!c10::GradMode::is_enabled()) {
    return at::native_layer_norm_backward(
        grad, input, normalized_shape, mean, rstd, weight, bias,
        grad_input_mask);
  }
  DimVector inside, outside;
  const int64_t kept =
      input.dim() - static_cast<int64_t>(normalized_shape.size());
  for (int64_t d = 0; d < input.dim(); ++d) {
    (d < kept ? outside : inside).push_back(d);
  }
  const Normalized x = normalize(input, rstd, inside);
  const auto sum_rows = [&](const Tensor& t) {
    return outside.empty() ? t : t.sum(outside);
  };
  Tensor grad_x, grad_w, grad_b;
  if (grad_input_mask[0]) {
    grad_x = grad_of_normalized(
        weight.defined() ? grad * weight : grad, x, inside);
  }
  if (grad_input_mask[1]) {
    grad_w = sum_rows(grad * x.v);
  }
  if (grad_input_mask[2]) {
    grad_b = sum_rows(grad);
  }
  return {grad_x, grad_w, grad_b};
}

std::tuple<Tensor, Tensor, Tensor> batch_norm_grads(
    const Tensor& grad, const Tensor& input, const Tensor& weight,
    const Tensor& running_mean, const Tensor& running_var,
    const Tensor& save_mean, const Tensor& save_invstd, bool training,
    double eps, std::array<bool, 3> grad_input_mask) {
  if (!c10::GradMode::is_enabled()) {
    return at::native_batch_norm_backward(
        grad, input, weight, running_mean, running_var, save_mean, save_invstd,
        training, eps, grad_input_mask);
  }
  DimVector dims;
  DimVector per_channel(static_cast<size_t>(input.dim()), 1);
  per_channel[1] = -1;
  for (int64_t d = 0; d < input.dim(); ++d) {
    if (d != 1) {
      dims.push_back(d);
    }
  }
  const auto along = [&](const Tensor& t) { return t.reshape(per_channel); };
  Normalized x;
  if (training) {
    x = normalize(input, along(save_invstd), dims);
  } else {
    x.rstd = along((running_var + eps).rsqrt());
    x.v = (input - along(running_mean)) * x.rstd;
  }
  Tensor grad_x, grad_w, grad_b;
  if (grad_input_mask[0]) {
    const Tensor h = weight.defined() ? grad * along(weight) : grad;
    grad_x = training ? grad_of_normalized(h, x, dims) : h * x.rstd;
  }
  if (grad_input_mask[1]) {
    grad_w = (grad * x.v).sum(dims);
  }
  if (grad_input_mask[2]) {
    grad_b = grad.sum(dims);
  }
  return {grad_x, grad_w, grad_b};
}

} // namespace torch::autograd

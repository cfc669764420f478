// Dropout: a mask drawn as PyTorch draws it (53-bit uniforms, two words per
// element), and products. The mask is made already divided by the probability
// of keeping, in one pass.
#include "aten/native/Dropout.h"

#include <cmath>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/Distributions.h"
#include "aten/native/RandomFill.h"
#include "generated/native/Dropout.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Distributions.h"
#include "generated/ops/Dropout.h"
#include "generated/ops/TensorFactories.h"

namespace at::native {

DEFINE_DISPATCH(fused_dropout_stub);

namespace {

void check_probability(double p) {
  TORCH_CHECK(
      p >= 0 && p <= 1,
      "dropout probability has to be between 0 and 1, but got ",
      p);
}

// The mask is divided by a number, or multiplied with one, in its own dtype.
void check_mask_type(ScalarType type) {
  TORCH_CHECK(
      !c10::is_integral_type(type, /*include_bool=*/true),
      "result type Float can't be cast to the desired output type ",
      type);
}

// A tensor like `input` of `value` with probability `keep`, else 0.
Tensor make_mask(
    const Tensor& input,
    IntArrayRef sizes,
    double keep,
    double value) {
  Tensor mask(
      sizes == input.sizes()
          ? at::detail::empty_strided(
                sizes,
                at::detail::preserved_strides(input),
                input.scalar_type(),
                input.device())
          : at::detail::empty(sizes, input.scalar_type(), input.device()));
  fill_random(mask, [&](const Tensor& dense) {
    dropout_mask_stub(dense.device_type(), dense, keep, value, Generator());
  });
  return mask;
}

// Two roundings, as 1.0 / tensor scalar of 1 - p has them: the divisor is a
// float, and so is the quotient.
double inverse_of_keep(const Tensor& input, double p) {
  if (input.scalar_type() == c10::ScalarType::Double) {
    return 1.0 / (1.0 - p);
  }
  return static_cast<double>(1.0f / static_cast<float>(1.0 - p));
}

// (N, C, 1, ...): one decision per channel.
DimVector feature_shape(const Tensor& input) {
  TORCH_CHECK(
      input.dim() >= 2,
      "Feature dropout requires at least 2 dimensions in the input");
  DimVector shape(input.sizes());
  std::fill(shape.begin() + 2, shape.end(), 1);
  return shape;
}

bool keeps_all(const Tensor& input, double p, bool train) {
  check_probability(p);
  return p == 0 || !train || input.numel() == 0;
}

Tensor multiplied(const Tensor& input, const Tensor& mask, bool inplace) {
  if (inplace) {
    Tensor self = input;
    return self.mul_(mask);
  }
  return at::mul(input, mask);
}

Tensor dropout_with(
    const Tensor& input,
    IntArrayRef mask_sizes,
    double p,
    bool inplace) {
  if (p == 1) {
    return multiplied(input, at::zeros({}, input.options()), inplace);
  }
  check_mask_type(input.scalar_type());
  return multiplied(
      input,
      make_mask(input, mask_sizes, 1 - p, inverse_of_keep(input, p)),
      inplace);
}

// G. Klambauer et al.: Self-normalizing neural networks (2017), section 3:
// dropped units take SELU's lowest value; an affine map keeps mean and
// variance.
Tensor alpha_dropout_with(
    const Tensor& input,
    IntArrayRef mask_sizes,
    double p,
    bool inplace) {
  if (p == 1) {
    return multiplied(input, at::zeros({}, input.options()), inplace);
  }
  // Truth values become integers when one is subtracted from them.
  check_mask_type(
      input.scalar_type() == kBool ? c10::ScalarType::Long
                                   : input.scalar_type());
  constexpr double kAlpha = 1.7580993408473766; // lambda * alpha of SELU
  const double a = 1.0 / std::sqrt((kAlpha * kAlpha * p + 1) * (1 - p));
  Tensor mask = make_mask(input, mask_sizes, 1 - p, 1);
  Tensor shift = at::add(mask, -1);
  shift.mul_(kAlpha * a).add_(kAlpha * a * p);
  mask.mul_(a);
  if (inplace) {
    Tensor self = input;
    return self.mul_(mask).add_(shift);
  }
  return at::add(at::mul(input, mask), shift);
}

} // namespace

Tensor dropout(const Tensor& input, double p, bool train) {
  if (keeps_all(input, p, train)) {
    return input;
  }
  // CUDA draws, and grad_fn shows, the fused operator.
  if (input.is_cuda() && p < 1) {
    return std::get<0>(at::native_dropout(input, p, train));
  }
  return dropout_with(input, input.sizes(), p, false);
}
Tensor& dropout_(Tensor& self, double p, bool train) {
  if (!keeps_all(self, p, train)) {
    dropout_with(self, self.sizes(), p, true);
  }
  return self;
}
Tensor feature_dropout(const Tensor& input, double p, bool train) {
  return keeps_all(input, p, train)
      ? input
      : dropout_with(input, feature_shape(input), p, false);
}
Tensor& feature_dropout_(Tensor& self, double p, bool train) {
  if (!keeps_all(self, p, train)) {
    dropout_with(self, feature_shape(self), p, true);
  }
  return self;
}
Tensor alpha_dropout(const Tensor& input, double p, bool train) {
  return keeps_all(input, p, train)
      ? input
      : alpha_dropout_with(input, input.sizes(), p, false);
}
Tensor& alpha_dropout_(Tensor& self, double p, bool train) {
  if (!keeps_all(self, p, train)) {
    alpha_dropout_with(self, self.sizes(), p, true);
  }
  return self;
}
Tensor feature_alpha_dropout(const Tensor& input, double p, bool train) {
  return keeps_all(input, p, train)
      ? input
      : alpha_dropout_with(input, feature_shape(input), p, false);
}
Tensor& feature_alpha_dropout_(Tensor& self, double p, bool train) {
  if (!keeps_all(self, p, train)) {
    alpha_dropout_with(self, feature_shape(self), p, true);
  }
  return self;
}

std::tuple<Tensor, Tensor> native_dropout(
    const Tensor& input,
    double p,
    std::optional<bool> train) {
  if (input.numel() == 0) {
    return {input, at::empty_like(input)};
  }
  const TensorOptions bools = input.options().dtype(c10::ScalarType::Bool);
  if (!train.value_or(true)) {
    return {input.clone(), at::ones_like(input, bools)};
  }
  Tensor mask = at::empty_like(input, bools);
  if (input.is_cuda() && p < 1) {
    const Tensor dense = input.is_non_overlapping_and_dense()
        ? input
        : input.clone(c10::MemoryFormat::Preserve);
    const Tensor out = at::empty_like(dense);
    fused_dropout_stub(input.device_type(), out, mask, dense, 1 - p);
    return {out, mask};
  }
  mask.bernoulli_(1 - p);
  const double scale = p == 1 ? 0.0 : 1.0 / (1.0 - p);
  return {at::mul(input, mask).mul_(scale), mask};
}

Tensor native_dropout_backward(
    const Tensor& grad_output,
    const Tensor& mask,
    double scale) {
  return at::mul(grad_output, at::mul(mask.to(grad_output.scalar_type()), scale));
}

} // namespace at::native

// Variance, standard deviation, norms, logsumexp: reductions in two steps.
// Part of the topic ReduceOps.
#include <cmath>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/ReduceUtils.h"
#include "generated/native/ReduceOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/Pow.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryMath.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {

using OptionalScalar = std::optional<Scalar>;

// -------------------------------------------------------------- var and std

namespace {

void check_has_moments(const Tensor& self, const char* name) {
  TORCH_CHECK(
      self.is_floating_point() || self.is_complex(),
      name,
      " only support floating point and complex dtypes");
}

// Two passes over the data: the mean, then sum((x - mean)^2), which is exact
// where sum(x^2) - n mean^2 would cancel.
Tensor variance(
    const Tensor& self,
    OptionalIntArrayRef dim,
    const OptionalScalar& correction,
    bool keepdim) {
  check_has_moments(self, "std and var");
  if (self.is_complex()) {
    return at::add(
        at::real(self).var(dim, correction, keepdim),
        at::imag(self).var(dim, correction, keepdim));
  }
  const double delta = correction.value_or(1).to_double();
  const DimMask mask = make_dim_mask(dim, self.dim());
  const auto count = static_cast<double>(count_reduced(self, mask));
  if (count - delta <= 0) {
    TORCH_WARN(
        "var(): degrees of freedom is <= 0. Correction should be strictly less "
        "than the reduction factor (input numel divided by output numel).");
  }
  if (self.is_meta()) {
    return reduce(self, mask, keepdim, ReduceKind::Sum);
  }
  // Half and BFloat16 keep the precision of their steps.
  const bool reduced = c10::is_reduced_floating_type(self.scalar_type());
  const Tensor x = reduced ? self.to(kFloat) : self;
  const Tensor mean =
      reduce(x, mask, true, ReduceKind::Sum).div_(count);
  Tensor squares =
      reduce(x, mask, keepdim, ReduceKind::SumSquares, mean);
  squares.div_(std::max(count - delta, 0.0));
  return reduced ? squares.to(self.scalar_type()) : squares;
}

OptionalScalar correction_of(bool unbiased) {
  return Scalar(static_cast<int64_t>(unbiased));
}

} // namespace

Tensor var(
    const Tensor& self,
    OptionalIntArrayRef dim,
    const OptionalScalar& correction,
    bool keepdim) {
  return variance(self, dim, correction, keepdim);
}
Tensor var(const Tensor& self, bool unbiased) {
  return self.var(std::nullopt, correction_of(unbiased), false);
}
Tensor var(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool unbiased,
    bool keepdim) {
  return self.var(dim, correction_of(unbiased), keepdim);
}

Tensor std(
    const Tensor& self,
    OptionalIntArrayRef dim,
    const OptionalScalar& correction,
    bool keepdim) {
  return variance(self, dim, correction, keepdim).sqrt_();
}
Tensor std(const Tensor& self, bool unbiased) {
  return self.std(std::nullopt, correction_of(unbiased), false);
}
Tensor std(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool unbiased,
    bool keepdim) {
  return self.std(dim, correction_of(unbiased), keepdim);
}

using TensorPair = std::tuple<Tensor, Tensor>;

TensorPair var_mean(
    const Tensor& self,
    OptionalIntArrayRef dim,
    const OptionalScalar& correction,
    bool keepdim) {
  check_has_moments(self, "var_mean");
  return {self.var(dim, correction, keepdim), self.mean(dim, keepdim)};
}
TensorPair var_mean(const Tensor& self, bool unbiased) {
  return native::var_mean(
      self, std::nullopt, correction_of(unbiased), false);
}
TensorPair var_mean(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool unbiased,
    bool keepdim) {
  return native::var_mean(self, dim, correction_of(unbiased), keepdim);
}
TensorPair std_mean(
    const Tensor& self,
    OptionalIntArrayRef dim,
    const OptionalScalar& correction,
    bool keepdim) {
  check_has_moments(self, "std_mean");
  return {self.std(dim, correction, keepdim), self.mean(dim, keepdim)};
}
TensorPair std_mean(const Tensor& self, bool unbiased) {
  return native::std_mean(
      self, std::nullopt, correction_of(unbiased), false);
}
TensorPair std_mean(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool unbiased,
    bool keepdim) {
  return native::std_mean(self, dim, correction_of(unbiased), keepdim);
}

// -------------------------------------------------------------------- norms

namespace {

void check_nonempty_extreme(
    const Tensor& self,
    const DimMask& mask,
    double p) {
  if (self.numel() > 0 || (std::isfinite(p) && p >= 0)) {
    return;
  }
  bool all_reduced = true;
  for (int64_t d = 0; d < self.dim(); ++d) {
    all_reduced &= mask[d];
  }
  TORCH_CHECK(
      !all_reduced,
      "linalg.vector_norm cannot compute the ",
      p,
      " norm on an empty tensor because the operation does not have an "
      "identity");
  for (int64_t d = 0; d < self.dim(); ++d) {
    TORCH_CHECK(
        !mask[d] || self.sizes()[d] != 0,
        "linalg.vector_norm cannot compute the ",
        p,
        " norm on the dimension ",
        d,
        " because this dimension is empty and the operation does not have an "
        "identity");
  }
}

} // namespace

Tensor linalg_vector_norm(
    const Tensor& self,
    const Scalar& ord,
    OptionalIntArrayRef dim,
    bool keepdim,
    std::optional<ScalarType> dtype) {
  TORCH_CHECK(
      self.is_floating_point() || self.is_complex(),
      "linalg.vector_norm: Expected a floating point or complex tensor as "
      "input. Got ",
      self.scalar_type());
  TORCH_CHECK(
      !dtype || c10::is_floating_type(*dtype) || c10::is_complex_type(*dtype),
      "linalg.vector_norm: dtype should be floating point or complex, but got ",
      *dtype);
  const double p = ord.to_double();
  const Tensor typed = dtype ? self.to(*dtype) : self;
  const Tensor x = typed.is_complex() ? typed.abs() : typed;
  const DimMask mask = make_dim_mask(dim, self.dim());
  check_nonempty_extreme(self, mask, p);
  if (p == 2) {
    return reduce(x, mask, keepdim, ReduceKind::SumSquares).sqrt_();
  }
  if (p == 1) {
    return reduce(x, mask, keepdim, ReduceKind::SumAbs);
  }
  if (p == 0) {
    return reduce(x, mask, keepdim, ReduceKind::CountNonzero);
  }
  if (std::isinf(p)) {
    return reduce(
        x, mask, keepdim, p > 0 ? ReduceKind::MaxAbs : ReduceKind::MinAbs);
  }
  return reduce(x, mask, keepdim, ReduceKind::SumPowAbs, {}, p)
      .pow_(1.0 / p);
}

Tensor norm(const Tensor& self, const Scalar& p) {
  return native::linalg_vector_norm(
      self, p, std::nullopt, false, std::nullopt);
}

Tensor norm(
    const Tensor& self,
    const OptionalScalar& p,
    IntArrayRef dim,
    bool keepdim) {
  return native::linalg_vector_norm(
      self, p.value_or(2), dim, keepdim, std::nullopt);
}

// log(sum(exp(x))) = m + log(sum(exp(x - m))) with m = max(x), or 0 where the
// maximum is infinite. Of complex numbers m is the largest real part.
Tensor logsumexp(const Tensor& self, IntArrayRef dim, bool keepdim) {
  const Tensor x = c10::is_integral_type(self.scalar_type(), true)
      ? self.to(c10::get_default_dtype())
      : self;
  if (x.numel() == 0) {
    return at::log(at::exp(x).sum(dim, keepdim));
  }
  Tensor top = at::real(x).amax(dim, true);
  top = top.masked_fill(at::isinf(top), 0);
  const Tensor sums = at::exp(at::sub(x, top)).sum(dim, true);
  const Tensor result = at::add(at::log(sums), top);
  const DimMask mask = make_dim_mask(
      dim.empty() ? OptionalIntArrayRef() : OptionalIntArrayRef(dim),
      self.dim());
  return keepdim ? result : result.view(reduced_shape(self, mask, false));
}

} // namespace at::native

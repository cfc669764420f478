// Bodies of the samplers whose parameters are tensors: normal, multinomial,
// poisson, binomial, gamma, dirichlet.
//
// Read first: Distributions.cpp.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "aten/core/Tensor.h"
#include "aten/native/Distributions.h"
#include "generated/native/Distributions.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Distributions.h"
#include "generated/ops/LogicalOps.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Sorting.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(poisson_stub);
DEFINE_DISPATCH(standard_gamma_stub);
DEFINE_DISPATCH(binomial_stub);
DEFINE_DISPATCH(multinomial_stub);

namespace {

Tensor dense(const Tensor& t) {
  if (t.is_contiguous()) {
    return t;
  }
  Tensor result(at::detail::empty(t.sizes(), t.scalar_type(), t.device()));
  at::detail::copy_(result, t);
  return result;
}

Tensor empty_as(const Tensor& t, ScalarType dtype) {
  return Tensor(at::detail::empty(t.sizes(), dtype, t.device()));
}

// f(value) for every element of a contiguous floating tensor, as double.
template <typename F>
void for_each_value(const Tensor& t, const char* name, const F& f) {
  dispatch_floating_types(t.scalar_type(), name, [&](auto type) {
    using T = decltype(type);
    const T* const values = static_cast<const T*>(t.data_ptr());
    for (int64_t i = 0; i < t.numel(); ++i) {
      f(static_cast<double>(values[i]));
    }
  });
}

} // namespace

// ------------------------------------------------------------------ normal

Tensor normal(const Tensor& mean, double std, const Generator& generator) {
  Tensor result = at::empty_like(mean);
  result.normal_(0, std, generator);
  return result.add_(mean);
}

static void check_std(const Tensor& std) {
  if (std.is_meta() || std.is_complex()) {
    return;
  }
  if (!std.is_floating_point()) {
    at::detail::fail_dtype("normal_kernel_cpu", std.scalar_type());
  }
  bool valid = true;
  if (std.is_cpu()) {
    for_each_value(dense(std), "normal", [&](double v) {
      valid &= v >= 0;
    });
  } else {
    valid = std.numel() == 0 || at::ge(std.min(), 0).item().to_bool();
  }
  TORCH_CHECK(valid, "normal expects all elements of std >= 0.0");
}

Tensor normal(double mean, const Tensor& std, const Generator& generator) {
  check_std(std);
  Tensor result = at::empty_like(std);
  result.normal_(0, 1, generator);
  return result.mul_(std).add_(mean);
}

Tensor normal(
    const Tensor& mean,
    const Tensor& std,
    const Generator& generator) {
  check_std(std);
  const auto shape = infer_size(mean.sizes(), std.sizes());
  Tensor result(
      at::detail::empty(shape, mean.scalar_type(), mean.device()));
  result.normal_(0, 1, generator);
  return result.mul_(std).add_(mean);
}

Tensor normal(
    double mean,
    double std,
    IntArrayRef size,
    const Generator& generator,
    const TensorOptions& options) {
  Tensor result = at::empty(size, options);
  return result.normal_(mean, std, generator);
}

// -------------------------------------------------------------- multinomial

namespace {

// The `count` largest of each row, largest first; equal ones in order.
template <typename T>
void largest(const T* values, int64_t n, int64_t count, int64_t* out) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::partial_sort(
      order.begin(),
      order.begin() + count,
      order.end(),
      [values](int64_t i, int64_t j) {
        return values[i] > values[j] || (values[i] == values[j] && i < j);
      });
  std::copy_n(order.begin(), count, out);
}

constexpr const char* kBadWeight =
    "probability tensor contains either `inf`, `nan` or element < 0";
constexpr const char* kBadSum =
    "invalid multinomial distribution (sum of probabilities <= 0)";

// Waits for another device.
void check_weights_elsewhere(const Tensor& weights) {
  const Tensor valid = at::logical_and(
      at::ge(weights.min(), 0), at::lt(weights.max(), INFINITY));
  TORCH_CHECK(valid.item().to_bool(), kBadWeight);
  const Tensor sums = weights.sum(OptionalIntArrayRef({1}));
  TORCH_CHECK(at::gt(sums, 0).all().item().to_bool(), kBadSum);
}

void check_weights(const Tensor& weights) {
  if (!weights.is_cpu()) {
    check_weights_elsewhere(weights);
    return;
  }
  bool valid = true;
  for_each_value(weights, "multinomial", [&](double v) {
    valid &= v >= 0 && std::isfinite(v);
  });
  TORCH_CHECK(valid, kBadWeight);
  const int64_t n = weights.sizes()[1];
  int64_t j = 0;
  double sum = 0;
  for_each_value(weights, "multinomial", [&](double v) {
    sum += v;
    if (++j == n) {
      TORCH_CHECK(sum > 0, kBadSum);
      j = 0;
      sum = 0;
    }
  });
}

// Without replacement: the largest of weight / exponential noise.
void sample_by_race(
    const Tensor& weights,
    const Tensor& out,
    const Generator& generator) {
  check_weights(weights);
  Tensor noise = empty_as(weights, weights.scalar_type());
  noise.exponential_(1, generator);
  const int64_t rows = weights.sizes()[0];
  const int64_t n = weights.sizes()[1];
  const int64_t samples = out.sizes()[1];
  if (!weights.is_cpu()) {
    const Tensor ratio = at::div(weights, noise);
    at::detail::copy_(
        out,
        samples == 1 ? ratio.argmax(1, true)
                     : std::get<1>(ratio.topk(samples, 1, true, true)));
    return;
  }
  dispatch_floating_types(weights.scalar_type(), "multinomial", [&](auto type) {
    using T = decltype(type);
    const T* const w = static_cast<const T*>(weights.data_ptr());
    T* const q = static_cast<T*>(noise.data_ptr());
    for (int64_t i = 0; i < rows * n; ++i) {
      q[i] = T(
          static_cast<opmath_type<T>>(w[i]) /
          static_cast<opmath_type<T>>(q[i]));
    }
    int64_t* const indices = static_cast<int64_t*>(out.data_ptr());
    for (int64_t r = 0; r < rows; ++r) {
      largest(q + r * n, n, samples, indices + r * samples);
    }
  });
}

} // namespace

Tensor multinomial(
    const Tensor& self,
    int64_t num_samples,
    bool replacement,
    const Generator& generator) {
  TORCH_CHECK(
      self.dim() == 1 || self.dim() == 2, "prob_dist must be 1 or 2 dim");
  TORCH_CHECK(
      self.is_floating_point(),
      "multinomial only supports floating-point dtypes for input, got: ",
      self.scalar_type());
  TORCH_CHECK(num_samples > 0, "cannot sample n_sample <= 0 samples");
  const int64_t n = self.size(-1);
  TORCH_CHECK(
      replacement || num_samples <= n,
      "cannot sample n_sample > prob_dist.size(-1) samples without "
      "replacement");
  TORCH_CHECK(
      n <= int64_t{1} << 24, "number of categories cannot exceed 2^24");
  const int64_t rows = self.dim() == 1 ? 1 : self.sizes()[0];
  const Tensor weights = dense(self).reshape({rows, n});
  const Tensor out(at::detail::empty(
      {rows, num_samples}, c10::ScalarType::Long, self.device()));
  if (!self.is_meta() && rows > 0) {
    if (!replacement || num_samples == 1) {
      sample_by_race(weights, out, generator);
    } else {
      multinomial_stub(self.device_type(), out, weights, generator);
    }
  }
  return self.dim() == 1 ? out.reshape({num_samples}) : out;
}

Tensor& multinomial_out(
    const Tensor& self,
    int64_t num_samples,
    bool replacement,
    const Generator& generator,
    Tensor& out) {
  TORCH_CHECK(
      out.scalar_type() == c10::ScalarType::Long,
      "multinomial expects Long tensor out, got: ",
      out.scalar_type());
  const Tensor result =
      native::multinomial(self, num_samples, replacement, generator);
  out.resize_(result.sizes());
  return out.copy_(result);
}

// -------------------------------------------------------- rejection samplers

Tensor poisson(const Tensor& self, const Generator& generator) {
  if (!self.is_floating_point()) {
    at::detail::fail_dtype("poisson_cpu", self.scalar_type());
  }
  const Tensor result = empty_as(self, self.scalar_type());
  poisson_stub(self.device_type(), result, dense(self), generator);
  return result;
}

Tensor binomial(
    const Tensor& count,
    const Tensor& prob,
    const Generator& generator) {
  TORCH_CHECK_VALUE(
      count.is_floating_point(),
      "binomial only supports floating-point dtypes for count, got: ",
      count.scalar_type());
  TORCH_CHECK_VALUE(
      prob.is_floating_point(),
      "binomial only supports floating-point dtypes for prob, got: ",
      prob.scalar_type());
  const auto shape = infer_size(count.sizes(), prob.sizes());
  const Tensor n = dense(count.expand(shape));
  const Tensor p = dense(prob.expand(shape));
  const Tensor result = empty_as(n, count.scalar_type());
  binomial_stub(count.device_type(), result, n, p, generator);
  return result;
}

Tensor _standard_gamma(const Tensor& self, const Generator& generator) {
  const Tensor result = empty_as(self, self.scalar_type());
  standard_gamma_stub(
      self.device_type(), result, dense(self), generator);
  return result;
}

// Gamma samples in double, divided by their sum along the last dimension.
Tensor _sample_dirichlet(const Tensor& self, const Generator& generator) {
  constexpr TypeSet kTypes = type_set(kFloat) | type_set(kDouble);
  Tensor result = empty_as(self, self.scalar_type());
  dispatch<kTypes>(self.scalar_type(), "dirichlet", [&](auto type) {
    using T = decltype(type);
    const Tensor gammas = native::_standard_gamma(
        self.to(c10::ScalarType::Double), generator);
    if (!self.is_cpu()) {
      const Tensor sums = gammas.sum(OptionalIntArrayRef({-1}), true);
      result = at::clamp(
          at::div(gammas, sums).to(self.scalar_type()),
          Scalar(std::numeric_limits<T>::min()),
          Scalar(std::nextafter(T(1), T(0))));
      return;
    }
    const double* const gamma = static_cast<const double*>(gammas.data_ptr());
    T* const out = static_cast<T*>(result.data_ptr());
    const int64_t n = self.dim() == 0 ? 1 : self.size(-1);
    const T below_one = std::nextafter(T(1), T(0));
    for (int64_t i = 0; i < self.numel(); i += n) {
      const double sum = std::accumulate(gamma + i, gamma + i + n, 0.0);
      for (int64_t j = i; j < i + n; ++j) {
        const T share = static_cast<T>(gamma[j] / sum);
        out[j] = std::min(
            below_one, std::max(std::numeric_limits<T>::min(), share));
      }
    }
  });
  return result;
}

} // namespace at::native

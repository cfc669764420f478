// CPU kernels of the samplers whose parameters are tensors. Element by
// element, in memory order, under the generator's mutex.
//
// Read first: Distributions.h, functors/RejectionSamplers.h.
#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <vector>

#include "aten/CPUGenerator.h"
#include "aten/Dispatch.h"
#include "aten/native/Distributions.h"
#include "aten/native/functors/Distributions.h"
#include "aten/native/functors/RejectionSamplers.h"

namespace at::native {
namespace {

template <typename T>
T* data_of(const TensorBase& t) {
  return static_cast<T*>(t.data_ptr());
}

void poisson_kernel(
    const TensorBase& result,
    const TensorBase& rates,
    const Generator& generator) {
  dispatch_floating_types(result.scalar_type(), "poisson_cpu", [&](auto type) {
    using T = decltype(type);
    CPUGeneratorImpl* const g = cpu_generator(generator);
    std::lock_guard<std::mutex> lock(g->mutex_);
    const T* const rate = data_of<T>(rates);
    T* const out = data_of<T>(result);
    for (int64_t i = 0; i < result.numel(); ++i) {
      const double lambda = static_cast<double>(rate[i]);
      TORCH_CHECK(
          lambda >= 0,
          "invalid Poisson rate, expected rate to be non-negative");
      out[i] = T(static_cast<opmath_type<T>>(
          sample_poisson(lambda, [g] { return g->uniform53(); })));
    }
  });
}

void binomial_kernel(
    const TensorBase& result,
    const TensorBase& count,
    const TensorBase& prob,
    const Generator& generator) {
  const auto run = [&](auto type) {
    using T = decltype(type);
    CPUGeneratorImpl* const g = cpu_generator(generator);
    std::lock_guard<std::mutex> lock(g->mutex_);
    const T* const n = data_of<T>(count);
    const T* const p = data_of<T>(prob);
    T* const out = data_of<T>(result);
    for (int64_t i = 0; i < result.numel(); ++i) {
      out[i] =
          sample_binomial<T>(n[i], p[i], [g] { return g->uniform53(); });
    }
  };
  constexpr TypeSet kTypes = type_set(kFloat) | type_set(kDouble);
  dispatch<kTypes>(result.scalar_type(), "binomial_cpu", run);
}

double standard_normal(CPUGeneratorImpl& g) {
  if (g.next_normal) {
    const double z = *g.next_normal;
    g.next_normal.reset();
    return z;
  }
  const double u1 = g.uniform53();
  const double u2 = g.uniform53();
  const double radius = std::sqrt(-2.0 * std::log1p(-u2));
  const double angle = 2.0 * kPi * u1;
  g.next_normal = radius * std::sin(angle);
  return radius * std::cos(angle);
}

void standard_gamma_kernel(
    const TensorBase& result,
    const TensorBase& alphas,
    const Generator& generator) {
  const auto run = [&](auto type) {
    using T = decltype(type);
    CPUGeneratorImpl* const g = cpu_generator(generator);
    std::lock_guard<std::mutex> lock(g->mutex_);
    const T* const alpha = data_of<T>(alphas);
    T* const out = data_of<T>(result);
    for (int64_t i = 0; i < result.numel(); ++i) {
      const T sample = static_cast<T>(sample_gamma<T>(
          alpha[i],
          [g] { return g->uniform53(); },
          [g] { return standard_normal(*g); }));
      out[i] = std::max(std::numeric_limits<T>::min(), sample);
    }
  };
  constexpr TypeSet kTypes = type_set(kFloat) | type_set(kDouble);
  dispatch<kTypes>(result.scalar_type(), "gamma_cpu", run);
}

// The running sum of one row, divided by its total.
template <typename T, typename A>
void cumulative(const T* weights, int64_t n, std::vector<A>& sums) {
  A sum = 0;
  for (int64_t j = 0; j < n; ++j) {
    const A w = static_cast<A>(weights[j]);
    TORCH_CHECK(
        w >= 0,
        "invalid multinomial distribution (encountering probability entry "
        "< 0)");
    TORCH_CHECK(
        std::isfinite(w),
        "invalid multinomial distribution (encountering probability entry = "
        "infinity or NaN)");
    sum += w;
    sums[j] = sum;
  }
  TORCH_CHECK(
      sum > 0,
      "invalid multinomial distribution (sum of probabilities <= 0)");
  if (sum < 0 || sum != A(1)) {
    for (A& s : sums) {
      s /= sum;
    }
  }
  sums.back() = 1;
}

// With replacement: each sample is the first index whose sum reaches u.
void multinomial_kernel(
    const TensorBase& result,
    const TensorBase& weights,
    const Generator& generator) {
  dispatch_floating_types(weights.scalar_type(), "multinomial", [&](auto type) {
    using T = decltype(type);
    using A = opmath_type<T>;
    CPUGeneratorImpl* const g = cpu_generator(generator);
    std::lock_guard<std::mutex> lock(g->mutex_);
    const int64_t rows = result.sizes()[0];
    const int64_t samples = result.sizes()[1];
    const int64_t n = weights.sizes()[1];
    std::vector<A> sums(static_cast<size_t>(n));
    int64_t* out = data_of<int64_t>(result);
    for (int64_t i = 0; i < rows; ++i) {
      cumulative(data_of<T>(weights) + i * n, n, sums);
      for (int64_t s = 0; s < samples; ++s) {
        const double u = g->uniform53();
        const auto found = std::lower_bound(
            sums.begin(), sums.end(), u, [](A sum, double x) {
              return static_cast<double>(sum) < x;
            });
        *out++ = found - sums.begin();
      }
    }
  });
}

} // namespace

REGISTER_DISPATCH(poisson_stub, poisson_kernel);
REGISTER_DISPATCH(binomial_stub, binomial_kernel);
REGISTER_DISPATCH(standard_gamma_stub, standard_gamma_kernel);
REGISTER_DISPATCH(multinomial_stub, multinomial_kernel);

} // namespace at::native

// CUDA kernels of the samplers whose parameters are tensors. Element i draws
// from stream i of the generator, so results do not depend on the grid. The
// formulas are the CPU's; the numbers are not PyTorch's CUDA numbers, only
// their distribution is.
//
// Read first: functors/RejectionSamplers.h, Distributions.cuh.
#include <cmath>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/native/Distributions.h"
#include "aten/native/cuda/Distributions.cuh"
#include "aten/native/functors/RejectionSamplers.h"

namespace at::native {
namespace {

// Words a sample may take before the next launch's could follow it: rejection
// has no bound, but hundreds of draws do not happen.
constexpr uint64_t kIncrement = 1024;

// Numbers of one stream in double.
class Stream {
 public:
  __device__ Stream(const PhiloxArgs& args, int64_t i)
      : engine_(args.seed, static_cast<uint64_t>(i), args.offset) {}

  // [0, 1)
  __device__ double uniform() {
    if (left_ == 0) {
      double v[2];
      DrawUniform<double>()(engine_, v);
      uniform_ = v[1];
      left_ = 1;
      return 1 - v[0];
    }
    left_ = 0;
    return 1 - uniform_;
  }
  __device__ double normal() {
    return at::cuda::philox_normal_double(engine_()).first;
  }

 private:
  Philox4x32 engine_;
  double uniform_ = 0;
  int left_ = 0;
};

template <typename T>
struct Poisson {
  T* out;
  const T* rates;
  PhiloxArgs args;
  __device__ void operator()(int64_t i) const {
    const double rate =
        static_cast<double>(static_cast<opmath_type<T>>(rates[i]));
    CUDA_KERNEL_ASSERT(
        rate >= 0 && "invalid Poisson rate, expected rate to be non-negative");
    Stream stream(args, i);
    const int64_t k =
        sample_poisson(rate, [&stream] { return stream.uniform(); });
    out[i] = static_cast<T>(static_cast<opmath_type<T>>(k));
  }
};

void poisson_kernel(
    const TensorBase& result,
    const TensorBase& rates,
    const Generator& generator) {
  dispatch_floating_types(result.scalar_type(), "poisson_cuda", [&](auto type) {
    using T = decltype(type);
    for_each_index(
        result.numel(),
        Poisson<T>{
            data_of<T>(result),
            data_of<T>(rates),
            at::cuda::philox_args(generator, kIncrement)});
  });
}

template <typename T>
struct Binomial {
  T* out;
  const T* counts;
  const T* probs;
  PhiloxArgs args;
  __device__ void operator()(int64_t i) const {
    Stream stream(args, i);
    out[i] = sample_binomial<T>(
        counts[i], probs[i], [&stream] { return stream.uniform(); });
  }
};

void binomial_kernel(
    const TensorBase& result,
    const TensorBase& count,
    const TensorBase& prob,
    const Generator& generator) {
  constexpr TypeSet kTypes = type_set(kFloat) | type_set(kDouble);
  dispatch<kTypes>(result.scalar_type(), "binomial_cuda", [&](auto type) {
    using T = decltype(type);
    for_each_index(
        result.numel(),
        Binomial<T>{
            data_of<T>(result),
            data_of<T>(count),
            data_of<T>(prob),
            at::cuda::philox_args(generator, kIncrement)});
  });
}

template <typename T>
struct Gamma {
  T* out;
  const T* alphas;
  PhiloxArgs args;
  __device__ void operator()(int64_t i) const {
    Stream stream(args, i);
    const T sample = static_cast<T>(sample_gamma<T>(
        alphas[i],
        [&stream] { return stream.uniform(); },
        [&stream] { return stream.normal(); }));
    constexpr T kSmallest = std::numeric_limits<T>::min();
    out[i] = sample > kSmallest ? sample : kSmallest;
  }
};

void standard_gamma_kernel(
    const TensorBase& result,
    const TensorBase& alphas,
    const Generator& generator) {
  constexpr TypeSet kTypes = type_set(kFloat) | type_set(kDouble);
  dispatch<kTypes>(result.scalar_type(), "gamma_cuda", [&](auto type) {
    using T = decltype(type);
    for_each_index(
        result.numel(),
        Gamma<T>{
            data_of<T>(result),
            data_of<T>(alphas),
            at::cuda::philox_args(generator, kIncrement)});
  });
}

// ------------------------------------------------------------- multinomial

// The running sum of one row of n weights, a thread each: simple, and short
// beside what made the weights.
template <typename T>
struct RunningSums {
  using A = opmath_type<T>;
  const T* weights;
  A* sums;
  int64_t n;
  __device__ void operator()(int64_t row) const {
    const T* const w = weights + row * n;
    A* const s = sums + row * n;
    A sum = 0;
    for (int64_t j = 0; j < n; ++j) {
      const A v = static_cast<A>(w[j]);
      CUDA_KERNEL_ASSERT(
          v >= 0 && std::isfinite(v) && "invalid multinomial distribution");
      sum += v;
      s[j] = sum;
    }
    CUDA_KERNEL_ASSERT(
        sum > 0 &&
        "invalid multinomial distribution (sum of probabilities <= 0)");
  }
};

// Sample i of all rows: the first index whose sum reaches u times the total.
template <typename A>
struct SearchSums {
  const A* sums;
  int64_t* out;
  int64_t n, samples;
  PhiloxArgs args;
  __device__ void operator()(int64_t i) const {
    const A* const s = sums + i / samples * n;
    Stream stream(args, i);
    // (0, total]: an index of weight zero has no part of it.
    const double u = (1 - stream.uniform()) * static_cast<double>(s[n - 1]);
    int64_t low = 0;
    int64_t high = n - 1;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (static_cast<double>(s[middle]) < u) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    out[i] = low;
  }
};

void multinomial_kernel(
    const TensorBase& result,
    const TensorBase& weights,
    const Generator& generator) {
  dispatch_floating_types(
      weights.scalar_type(), "multinomial_kernel_cuda", [&](auto type) {
        using T = decltype(type);
        using A = opmath_type<T>;
        const int64_t rows = result.sizes()[0];
        const int64_t n = weights.sizes()[1];
        const c10::DataPtr memory =
            at::cuda::scratch(static_cast<size_t>(rows * n) * sizeof(A));
        auto* const sums = static_cast<A*>(memory.get());
        for_each_index(rows, RunningSums<T>{data_of<T>(weights), sums, n});
        for_each_index(
            result.numel(),
            SearchSums<A>{
                sums,
                data_of<int64_t>(result),
                n,
                result.sizes()[1],
                at::cuda::philox_args(generator, kIncrement)});
      });
}

} // namespace

REGISTER_DISPATCH(poisson_stub, poisson_kernel);
REGISTER_DISPATCH(binomial_stub, binomial_kernel);
REGISTER_DISPATCH(standard_gamma_stub, standard_gamma_kernel);
REGISTER_DISPATCH(multinomial_stub, multinomial_kernel);

} // namespace at::native

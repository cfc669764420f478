// Layer norm on CUDA: rows by a warp or a block each, the derivatives of
// weight and bias by the reduction driver. Batch norm: Normalization.cu.
#include "aten/native/Normalization.h"

#include <cmath>

#include "aten/Dispatch.h"
#include "aten/native/cuda/Reduce.cuh"
#include "aten/native/cuda/RowLoop.cuh"

namespace at::native {
namespace {

template <typename A>
struct Pair {
  A first, second;
};
struct AddPairs {
  template <typename A>
  C10_HOST_DEVICE Pair<A> operator()(const Pair<A>& a, const Pair<A>& b) const {
    return {a.first + b.first, a.second + b.second};
  }
};

// The kGroup threads that share a row: a warp, or the whole block.
template <int kGroup>
struct Group {
  static constexpr int kGroups = kThreads / kGroup; // of a block

  static __device__ int thread() {
    return static_cast<int>(threadIdx.x) % kGroup;
  }
  static __device__ int64_t first_row() {
    return int64_t{blockIdx.x} * kGroups +
        static_cast<int>(threadIdx.x) / kGroup;
  }
  static __device__ int64_t row_step() { return int64_t{gridDim.x} * kGroups; }

  template <typename A>
  static __device__ Pair<A> sum(const Pair<A>& value, Pair<A>* shared) {
    if constexpr (kGroup == 32) {
      return warp_reduce(value, AddPairs());
    } else {
      return block_reduce(value, AddPairs(), Pair<A>{A(0), A(0)}, shared);
    }
  }
};

// ----------------------------------------------------------------- forward

template <int kGroup, typename S>
__global__ void __launch_bounds__(kThreads)
    layer_norm_rows(const LayerNormCall c) {
  using A = opmath_type<S>;
  using G = Group<kGroup>;
  AT_SHARED_ARRAY(Pair<A>, shared, 32);
  const A* const weight = static_cast<const A*>(c.weight);
  const A* const bias = static_cast<const A*>(c.bias);
  const A count = static_cast<A>(c.n);
  S* const nowhere = nullptr;
  for (int64_t r = G::first_row(); r < c.rows; r += G::row_step()) {
    const S* const in[1] = {static_cast<const S*>(c.x) + r * c.n};
    S* const y = static_cast<S*>(c.y) + r * c.n;
    Pair<A> sums{A(0), A(0)};
    each_in_row(
        in, nowhere, c.n, G::thread(), kGroup, [&](int64_t, const S(&x)[1]) {
          sums.first += static_cast<A>(x[0]);
          return x[0];
        });
    const A mean = G::sum(sums, shared).first / count;
    each_in_row(
        in, nowhere, c.n, G::thread(), kGroup, [&](int64_t, const S(&x)[1]) {
          const A d = static_cast<A>(x[0]) - mean;
          sums.second += d * d;
          return x[0];
        });
    const A var = G::sum(sums, shared).second / count;
    const A rstd = A(1) / std::sqrt(var + static_cast<A>(c.eps));
    if (G::thread() == 0) {
      static_cast<A*>(c.mean)[r] = mean;
      static_cast<A*>(c.rstd)[r] = rstd;
    }
    each_in_row(
        in, y, c.n, G::thread(), kGroup, [&](int64_t i, const S(&x)[1]) {
          const A v = (static_cast<A>(x[0]) - mean) * rstd;
          return static_cast<S>(
              (weight ? v * weight[i] : v) + (bias ? bias[i] : A(0)));
        });
  }
}

// Longer rows take a block.
constexpr int64_t kMaxWarpRow = 1024;

void layer_norm_kernel(const LayerNormCall& c) {
  if (c.rows == 0) {
    return;
  }
  dispatch_floating_types(c.dtype, "LayerNormKernelImpl", [&](auto type) {
    using S = decltype(type);
    const bool short_rows = c.n <= kMaxWarpRow;
    launch(
        short_rows ? layer_norm_rows<32, S> : layer_norm_rows<kThreads, S>,
        grid_for(c.rows, short_rows ? kThreads / 32 : 1),
        dim3(kThreads),
        c);
  });
}

// ---------------------------------------------------------------- backward

// With v = (x - mean) rstd and h = grad weight:
// grad_x = rstd (h - mean(h) - v mean(h v)).
template <int kGroup, typename S>
__global__ void __launch_bounds__(kThreads)
    layer_norm_grad_x(const LayerNormBackwardCall c) {
  using A = opmath_type<S>;
  using G = Group<kGroup>;
  AT_SHARED_ARRAY(Pair<A>, shared, 32);
  const A* const weight = static_cast<const A*>(c.weight);
  const A count = static_cast<A>(c.n);
  S* const nowhere = nullptr;
  for (int64_t r = G::first_row(); r < c.rows; r += G::row_step()) {
    const S* const in[2] = {
        static_cast<const S*>(c.grad) + r * c.n,
        static_cast<const S*>(c.x) + r * c.n};
    const A mean = static_cast<const A*>(c.mean)[r];
    const A rstd = static_cast<const A*>(c.rstd)[r];
    const auto h_of = [&](int64_t i, const S& grad) {
      return weight ? static_cast<A>(grad) * weight[i] : static_cast<A>(grad);
    };
    const auto v_of = [&](const S& x) {
      return (static_cast<A>(x) - mean) * rstd;
    };
    Pair<A> sums{A(0), A(0)};
    each_in_row(
        in, nowhere, c.n, G::thread(), kGroup, [&](int64_t i, const S(&x)[2]) {
          const A h = h_of(i, x[0]);
          sums.first += h;
          sums.second += h * v_of(x[1]);
          return x[0];
        });
    sums = G::sum(sums, shared);
    const A mean_h = sums.first / count;
    const A mean_hv = sums.second / count;
    each_in_row(
        in,
        static_cast<S*>(c.grad_x) + r * c.n,
        c.n,
        G::thread(),
        kGroup,
        [&](int64_t i, const S(&x)[2]) {
          return static_cast<S>(
              rstd * (h_of(i, x[0]) - mean_h - v_of(x[1]) * mean_hv));
        });
  }
}

// Down the rows: grad_weight sums grad v, grad_bias sums grad. A reduction of
// two tensors (see ReduceLane.h); the index is the row.
template <typename S>
struct ParameterBody {
  using A = opmath_type<S>;
  struct Element {
    S grad, x;
  };
  using Part = Pair<A>;
  using Total = Pair<double>;
  struct Shift {};
  static constexpr int kWide = 1;
  const S* grad;
  const S* x;
  const A* mean;
  const A* rstd;
  A* grad_weight; // or null
  A* grad_bias; // or null

  C10_HOST_DEVICE Element read(int64_t at) const { return {grad[at], x[at]}; }
  C10_HOST_DEVICE Shift shift_of(int64_t) const { return {}; }
  C10_HOST_DEVICE Part start() const { return {A(0), A(0)}; }
  C10_HOST_DEVICE Part
  step(const Part& a, const Element& e, int64_t row, Shift) const {
    const A g = static_cast<A>(e.grad);
    const A v = (static_cast<A>(e.x) - mean[row]) * rstd[row];
    return {a.first + g * v, a.second + g};
  }
  C10_HOST_DEVICE Total none() const { return {0, 0}; }
  C10_HOST_DEVICE Total add(const Total& a, const Part& b) const {
    return {
        a.first + static_cast<double>(b.first),
        a.second + static_cast<double>(b.second)};
  }
  C10_HOST_DEVICE Total join(const Total& a, const Total& b) const {
    return AddPairs()(a, b);
  }
  C10_HOST_DEVICE void store(int64_t out, const Total& total) const {
    if (grad_weight) {
      grad_weight[out] = static_cast<A>(total.first);
    }
    if (grad_bias) {
      grad_bias[out] = static_cast<A>(total.second);
    }
  }
};

template <typename S>
void layer_norm_grad_parameters(const LayerNormBackwardCall& c) {
  using A = opmath_type<S>;
  ReducePlan plan;
  plan.kept_sizes = {c.n};
  plan.kept_strides = {1};
  plan.reduced_sizes = {c.rows};
  plan.reduced_strides = {c.n};
  plan.outputs = c.n;
  plan.count = c.rows;
  launch_reduce(
      ParameterBody<S>{
          static_cast<const S*>(c.grad),
          static_cast<const S*>(c.x),
          static_cast<const A*>(c.mean),
          static_cast<const A*>(c.rstd),
          static_cast<A*>(c.grad_weight),
          static_cast<A*>(c.grad_bias)},
      plan);
}

void layer_norm_backward_kernel(const LayerNormBackwardCall& c) {
  dispatch_floating_types(
      c.dtype, "LayerNormBackwardKernelImpl", [&](auto type) {
        using S = decltype(type);
        if (c.grad_x && c.rows > 0) {
          const bool short_rows = c.n <= kMaxWarpRow;
          launch(
              short_rows ? layer_norm_grad_x<32, S>
                         : layer_norm_grad_x<kThreads, S>,
              grid_for(c.rows, short_rows ? kThreads / 32 : 1),
              dim3(kThreads),
              c);
        }
        if (c.grad_weight || c.grad_bias) {
          layer_norm_grad_parameters<S>(c);
        }
      });
}

} // namespace

REGISTER_DISPATCH(layer_norm_stub, layer_norm_kernel);
REGISTER_DISPATCH(layer_norm_backward_stub, layer_norm_backward_kernel);

} // namespace at::native

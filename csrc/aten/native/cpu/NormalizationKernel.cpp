// Layer norm (rows) and batch norm (channels): two passes for the moments,
// one for the result. Plain loops over contiguous runs, which the compiler
// vectorises where no order of summation is at stake; sums go through lanes.
#include <algorithm>
#include <cmath>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/native/Normalization.h"

namespace at::native {
namespace {

constexpr int kLanes = 16;

// The sum of f(i) for i in [0, n), in sixteen interleaved parts.
template <typename A, typename F>
A lane_sum(int64_t n, const F& f) {
  A lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int l = 0; l < kLanes; ++l) {
      lanes[l] += f(i + l);
    }
  }
  A sum = A(0);
  for (; i < n; ++i) {
    sum += f(i);
  }
  for (int l = 0; l < kLanes; ++l) {
    sum += lanes[l];
  }
  return sum;
}

template <typename F>
void for_rows(int64_t rows, int64_t n, const F& f) {
  parallel_for(
      0, rows, 1 + kGrainSize / std::max<int64_t>(1, n), f);
}

// -------------------------------------------------------------- layer norm

template <typename S>
void layer_norm_rows(const LayerNormCall& c, int64_t begin, int64_t end) {
  using A = opmath_type<S>;
  const A* const weight = static_cast<const A*>(c.weight);
  const A* const bias = static_cast<const A*>(c.bias);
  const A count = static_cast<A>(c.n);
  for (int64_t r = begin; r < end; ++r) {
    const S* const x = static_cast<const S*>(c.x) + r * c.n;
    S* const y = static_cast<S*>(c.y) + r * c.n;
    const A mean =
        lane_sum<A>(c.n, [x](int64_t i) { return A(x[i]); }) / count;
    const A var = lane_sum<A>(c.n, [x, mean](int64_t i) {
      const A d = A(x[i]) - mean;
      return d * d;
    }) / count;
    const A rstd = A(1) / std::sqrt(var + static_cast<A>(c.eps));
    static_cast<A*>(c.mean)[r] = mean;
    static_cast<A*>(c.rstd)[r] = rstd;
    for (int64_t i = 0; i < c.n; ++i) {
      const A v = (A(x[i]) - mean) * rstd;
      y[i] = S((weight ? v * weight[i] : v) + (bias ? bias[i] : A(0)));
    }
  }
}

void layer_norm_kernel(const LayerNormCall& call) {
  dispatch_floating_types(call.dtype, "LayerNormKernelImpl", [&](auto type) {
    for_rows(call.rows, call.n, [&](int64_t begin, int64_t end) {
      layer_norm_rows<decltype(type)>(call, begin, end);
    });
  });
}

// With v = (x - mean) rstd and h = grad weight:
// grad_x = rstd (h - mean(h) - v mean(h v)).
template <typename S>
void layer_norm_grad_x(
    const LayerNormBackwardCall& c,
    int64_t begin,
    int64_t end) {
  using A = opmath_type<S>;
  const A* const weight = static_cast<const A*>(c.weight);
  const A count = static_cast<A>(c.n);
  for (int64_t r = begin; r < end; ++r) {
    const S* const x = static_cast<const S*>(c.x) + r * c.n;
    const S* const grad = static_cast<const S*>(c.grad) + r * c.n;
    S* const out = static_cast<S*>(c.grad_x) + r * c.n;
    const A mean = static_cast<const A*>(c.mean)[r];
    const A rstd = static_cast<const A*>(c.rstd)[r];
    const auto h = [=](int64_t i) {
      return weight ? A(grad[i]) * weight[i] : A(grad[i]);
    };
    const auto v = [=](int64_t i) { return (A(x[i]) - mean) * rstd; };
    const A mean_h = lane_sum<A>(c.n, h) / count;
    const A mean_hv =
        lane_sum<A>(c.n, [&](int64_t i) { return h(i) * v(i); }) / count;
    for (int64_t i = 0; i < c.n; ++i) {
      out[i] = S(rstd * (h(i) - mean_h - v(i) * mean_hv));
    }
  }
}

// grad_weight = sum over rows of grad v; grad_bias = sum over rows of grad.
template <typename S>
void layer_norm_grad_parameters(
    const LayerNormBackwardCall& c,
    int64_t begin,
    int64_t end) {
  using A = opmath_type<S>;
  A* const gw = static_cast<A*>(c.grad_weight);
  A* const gb = static_cast<A*>(c.grad_bias);
  for (int64_t r = 0; r < c.rows; ++r) {
    const S* const x = static_cast<const S*>(c.x) + r * c.n;
    const S* const grad = static_cast<const S*>(c.grad) + r * c.n;
    const A mean = static_cast<const A*>(c.mean)[r];
    const A rstd = static_cast<const A*>(c.rstd)[r];
    if (gw) {
      for (int64_t i = begin; i < end; ++i) {
        gw[i] += A(grad[i]) * ((A(x[i]) - mean) * rstd);
      }
    }
    if (gb) {
      for (int64_t i = begin; i < end; ++i) {
        gb[i] += A(grad[i]);
      }
    }
  }
}

void layer_norm_backward_kernel(const LayerNormBackwardCall& c) {
  dispatch_floating_types(
      c.dtype, "LayerNormBackwardKernelImpl", [&](auto type) {
        using S = decltype(type);
        using A = opmath_type<S>;
        if (c.grad_x) {
          for_rows(c.rows, c.n, [&](int64_t begin, int64_t end) {
            layer_norm_grad_x<S>(c, begin, end);
          });
        }
        for (void* p : {c.grad_weight, c.grad_bias}) {
          if (p) {
            std::fill_n(static_cast<A*>(p), c.n, A(0));
          }
        }
        for_rows(c.n, c.rows, [&](int64_t begin, int64_t end) {
          layer_norm_grad_parameters<S>(c, begin, end);
        });
      });
}

// ---------------------------------------------------------------- channels

// f(channel, offset of its first element) for every image, in order; threads
// take ranges of channels.
template <typename F>
void for_channels(const ChannelShape& s, const F& f) {
  for_rows(s.channels, s.batch * s.size, [&](int64_t begin, int64_t end) {
    for (int64_t n = 0; n < s.batch; ++n) {
      for (int64_t c = begin; c < end; ++c) {
        f(c, (n * s.channels + c) * s.size);
      }
    }
  });
}

template <typename F>
void for_dtype(const ChannelShape& s, const F& f) {
  dispatch_floating_types(s.dtype, "batch_norm", f);
}

void channel_moments_kernel(
    const ChannelShape& s,
    const void* data,
    double* mean,
    double* var) {
  for_dtype(s, [&](auto type) {
    using S = decltype(type);
    using A = opmath_type<S>;
    const S* const x = static_cast<const S*>(data);
    const double count = static_cast<double>(s.batch * s.size);
    std::fill_n(mean, s.channels, 0.0);
    std::fill_n(var, s.channels, 0.0);
    for_channels(s, [&](int64_t c, int64_t at) {
      mean[c] += static_cast<double>(lane_sum<A>(
          s.size, [&](int64_t i) { return A(x[at + i]); }));
    });
    for (int64_t c = 0; c < s.channels; ++c) {
      mean[c] /= count;
    }
    for_channels(s, [&](int64_t c, int64_t at) {
      const A m = static_cast<A>(mean[c]);
      var[c] += static_cast<double>(lane_sum<A>(s.size, [&](int64_t i) {
        const A d = A(x[at + i]) - m;
        return d * d;
      }));
    });
    for (int64_t c = 0; c < s.channels; ++c) {
      var[c] /= count;
    }
  });
}

void channel_affine_kernel(
    const ChannelShape& s,
    const void* data,
    const double* scale,
    const double* shift,
    void* out) {
  for_dtype(s, [&](auto type) {
    using S = decltype(type);
    using A = opmath_type<S>;
    const S* const x = static_cast<const S*>(data);
    S* const y = static_cast<S*>(out);
    for_channels(s, [&](int64_t c, int64_t at) {
      const A a = static_cast<A>(scale[c]);
      const A b = static_cast<A>(shift[c]);
      for (int64_t i = at; i < at + s.size; ++i) {
        y[i] = S(A(x[i]) * a + b);
      }
    });
  });
}

void channel_dots_kernel(
    const ChannelShape& s,
    const void* grads,
    const void* data,
    const double* mean,
    double* sum,
    double* dot) {
  for_dtype(s, [&](auto type) {
    using S = decltype(type);
    using A = opmath_type<S>;
    const S* const g = static_cast<const S*>(grads);
    const S* const x = static_cast<const S*>(data);
    std::fill_n(sum, s.channels, 0.0);
    std::fill_n(dot, s.channels, 0.0);
    for_channels(s, [&](int64_t c, int64_t at) {
      const A m = static_cast<A>(mean[c]);
      sum[c] += static_cast<double>(lane_sum<A>(
          s.size, [&](int64_t i) { return A(g[at + i]); }));
      dot[c] += static_cast<double>(lane_sum<A>(s.size, [&](int64_t i) {
        return A(g[at + i]) * (A(x[at + i]) - m);
      }));
    });
  });
}

void channel_combine_kernel(
    const ChannelShape& s,
    const void* grads,
    const void* data,
    const double* mean,
    const double* by_grad,
    const double* by_x,
    const double* constant,
    void* out) {
  for_dtype(s, [&](auto type) {
    using S = decltype(type);
    using A = opmath_type<S>;
    const S* const g = static_cast<const S*>(grads);
    const S* const x = static_cast<const S*>(data);
    S* const grad_x = static_cast<S*>(out);
    for_channels(s, [&](int64_t c, int64_t at) {
      const A m = static_cast<A>(mean[c]);
      const A a = static_cast<A>(by_grad[c]);
      const A b = static_cast<A>(by_x[c]);
      const A k = static_cast<A>(constant[c]);
      for (int64_t i = at; i < at + s.size; ++i) {
        grad_x[i] = S(A(g[i]) * a + (A(x[i]) - m) * b + k);
      }
    });
  });
}

} // namespace

REGISTER_DISPATCH(layer_norm_stub, layer_norm_kernel);
REGISTER_DISPATCH(layer_norm_backward_stub, layer_norm_backward_kernel);
REGISTER_DISPATCH(channel_moments_stub, channel_moments_kernel);
REGISTER_DISPATCH(channel_affine_stub, channel_affine_kernel);
REGISTER_DISPATCH(channel_dots_stub, channel_dots_kernel);
REGISTER_DISPATCH(channel_combine_stub, channel_combine_kernel);

} // namespace at::native

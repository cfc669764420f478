// Pooling kernels: a thread takes whole planes. Max pooling compares one tap
// of the window for a whole output row at a time, so that the inner loop has
// no branches on the border.
#include <algorithm>
#include <limits>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/native/Pooling.h"

namespace at::native {
namespace {

template <typename T>
T* data_of(const TensorBase& t) {
  return static_cast<T*>(t.data_ptr());
}

int64_t ceil_div(int64_t a, int64_t b) {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

template <typename F>
void for_each_plane(const PoolShape& s, const F& f) {
  const int64_t work = 1 + s.in_h * s.in_w;
  parallel_for(0, s.planes, 1 + kGrainSize / work, [&](int64_t b, int64_t e) {
    for (int64_t i = b; i < e; ++i) {
      f(i);
    }
  });
}

// -------------------------------------------------------------------- max

template <typename A>
A lowest() {
  return std::numeric_limits<A>::has_infinity
      ? static_cast<A>(-std::numeric_limits<A>::infinity())
      : std::numeric_limits<A>::lowest();
}

// best[i] = max(best[i], x[i * step]); a NaN wins and stays.
template <typename T, typename A>
void take_larger(const T* x, int64_t n, int64_t step, A* best) {
  if (step == 1) {
    for (int64_t i = 0; i < n; ++i) {
      const A v = static_cast<A>(x[i]);
      best[i] = v > best[i] || v != v ? v : best[i];
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    const A v = static_cast<A>(x[i * step]);
    best[i] = v > best[i] || v != v ? v : best[i];
  }
}

// The same with where[i], the position of best[i], which starts at `first`.
template <typename T, typename A>
void take_larger_at(
    const T* x,
    int64_t n,
    int64_t step,
    int32_t first,
    A* best,
    int32_t* where) {
  for (int64_t i = 0; i < n; ++i) {
    const A v = static_cast<A>(x[i * step]);
    const bool larger = v > best[i] || v != v;
    best[i] = larger ? v : best[i];
    where[i] = larger ? first + static_cast<int32_t>(i * step) : where[i];
  }
}

template <typename T>
void max_pool_plane(
    const PoolShape& s,
    const T* x,
    T* out,
    int64_t* indices) {
  using A = opmath_type<T>;
  std::vector<A> best(static_cast<size_t>(s.out_w));
  std::vector<int32_t> where(static_cast<size_t>(indices ? s.out_w : 0));
  for (int64_t oh = 0; oh < s.out_h; ++oh) {
    const int64_t h0 = oh * s.stride_h - s.pad_h;
    std::fill(best.begin(), best.end(), lowest<A>());
    // The first tap inside the image, should nothing be larger than lowest.
    const int64_t first_h =
        h0 < 0 ? h0 + ceil_div(-h0, s.dilation_h) * s.dilation_h : h0;
    for (size_t ow = 0; ow < where.size(); ++ow) {
      const int64_t w0 = static_cast<int64_t>(ow) * s.stride_w - s.pad_w;
      const int64_t first_w =
          w0 < 0 ? w0 + ceil_div(-w0, s.dilation_w) * s.dilation_w : w0;
      where[ow] = static_cast<int32_t>(first_h * s.in_w + first_w);
    }
    for (int64_t kh = 0; kh < s.kernel_h; ++kh) {
      const int64_t h = h0 + kh * s.dilation_h;
      if (h < 0 || h >= s.in_h) {
        continue;
      }
      for (int64_t kw = 0; kw < s.kernel_w; ++kw) {
        const int64_t shift = kw * s.dilation_w - s.pad_w;
        const int64_t begin = ceil_div(-shift, s.stride_w);
        const int64_t end =
            std::min(s.out_w, ceil_div(s.in_w - shift, s.stride_w));
        if (begin >= end) {
          continue;
        }
        const int64_t at = h * s.in_w + begin * s.stride_w + shift;
        if (indices) {
          take_larger_at(
              x + at,
              end - begin,
              s.stride_w,
              static_cast<int32_t>(at),
              best.data() + begin,
              where.data() + begin);
        } else {
          take_larger(
              x + at, end - begin, s.stride_w, best.data() + begin);
        }
      }
    }
    for (int64_t ow = 0; ow < s.out_w; ++ow) {
      out[oh * s.out_w + ow] = static_cast<T>(best[ow]);
      if (indices) {
        indices[oh * s.out_w + ow] = where[ow];
      }
    }
  }
}

void max_pool2d_kernel(
    const TensorBase& out,
    const TensorBase& indices,
    const TensorBase& input,
    const PoolShape& s) {
  dispatch_all_types(input.scalar_type(), "max_pool2d", [&](auto type) {
    using T = decltype(type);
    const int64_t in_size = s.in_h * s.in_w;
    const int64_t out_size = s.out_h * s.out_w;
    for_each_plane(s, [&](int64_t i) {
      max_pool_plane(
          s,
          data_of<T>(input) + i * in_size,
          data_of<T>(out) + i * out_size,
          indices.defined() ? data_of<int64_t>(indices) + i * out_size
                            : nullptr);
    });
  });
}

void max_pool2d_backward_kernel(
    const TensorBase& grad_input,
    const TensorBase& grad_output,
    const TensorBase& indices,
    const PoolShape& s) {
  dispatch_floating_types(
      grad_output.scalar_type(), "max_pool2d_backward", [&](auto type) {
        using T = decltype(type);
        const int64_t in_size = s.in_h * s.in_w;
        const int64_t out_size = s.out_h * s.out_w;
        for_each_plane(s, [&](int64_t i) {
          T* const to = data_of<T>(grad_input) + i * in_size;
          const T* const from = data_of<T>(grad_output) + i * out_size;
          const int64_t* const at = data_of<int64_t>(indices) + i * out_size;
          std::fill_n(to, in_size, T(0));
          for (int64_t o = 0; o < out_size; ++o) {
            to[at[o]] = T(to[at[o]] + from[o]);
          }
        });
      });
}

// ---------------------------------------------------------------- average

struct Window {
  int64_t h0, h1, w0, w1; // inside the image
  int64_t count; // to divide by
};

Window window_at(const PoolShape& s, int64_t oh, int64_t ow) {
  Window w;
  w.h0 = oh * s.stride_h - s.pad_h;
  w.w0 = ow * s.stride_w - s.pad_w;
  w.h1 = std::min(w.h0 + s.kernel_h, s.in_h + s.pad_h);
  w.w1 = std::min(w.w0 + s.kernel_w, s.in_w + s.pad_w);
  const int64_t with_padding = (w.h1 - w.h0) * (w.w1 - w.w0);
  w.h0 = std::max<int64_t>(w.h0, 0);
  w.w0 = std::max<int64_t>(w.w0, 0);
  w.h1 = std::min(w.h1, s.in_h);
  w.w1 = std::min(w.w1, s.in_w);
  w.count = s.divisor != 0      ? s.divisor
      : s.count_include_pad     ? with_padding
                                : (w.h1 - w.h0) * (w.w1 - w.w0);
  return w;
}

// The part of the input that belongs to output o of n.
Window adaptive_window(const PoolShape& s, int64_t oh, int64_t ow) {
  Window w;
  w.h0 = oh * s.in_h / s.out_h;
  w.h1 = ceil_div((oh + 1) * s.in_h, s.out_h);
  w.w0 = ow * s.in_w / s.out_w;
  w.w1 = ceil_div((ow + 1) * s.in_w, s.out_w);
  w.count = (w.h1 - w.h0) * (w.w1 - w.w0);
  return w;
}

template <typename T, typename At>
void average(const PoolShape& s, const T* x, T* out, const At& at) {
  using A = opmath_type<T>;
  for (int64_t oh = 0; oh < s.out_h; ++oh) {
    for (int64_t ow = 0; ow < s.out_w; ++ow) {
      const Window w = at(s, oh, ow);
      A sum = A(0);
      for (int64_t h = w.h0; h < w.h1; ++h) {
        for (int64_t i = w.w0; i < w.w1; ++i) {
          sum = static_cast<A>(sum + static_cast<A>(x[h * s.in_w + i]));
        }
      }
      const bool empty = w.h0 >= w.h1 || w.w0 >= w.w1;
      *out++ = empty ? T(0) : T(static_cast<A>(sum / static_cast<A>(w.count)));
    }
  }
}

template <typename T, typename At>
void spread(const PoolShape& s, const T* grad, T* to, const At& at) {
  using A = opmath_type<T>;
  std::fill_n(to, s.in_h * s.in_w, T(0));
  for (int64_t oh = 0; oh < s.out_h; ++oh) {
    for (int64_t ow = 0; ow < s.out_w; ++ow) {
      const Window w = at(s, oh, ow);
      const A share = static_cast<A>(
          static_cast<A>(*grad++) / static_cast<A>(w.count));
      for (int64_t h = w.h0; h < w.h1; ++h) {
        for (int64_t i = w.w0; i < w.w1; ++i) {
          T& sum = to[h * s.in_w + i];
          sum = T(static_cast<A>(static_cast<A>(sum) + share));
        }
      }
    }
  }
}

template <bool kAdaptive>
void average_kernel(
    const TensorBase& out,
    const TensorBase& input,
    const PoolShape& s) {
  constexpr TypeSet kTypes =
      kFloatingTypes | (kAdaptive ? 0 : type_set(kLong));
  dispatch<kTypes>(
      input.scalar_type(),
      kAdaptive ? "adaptive_avg_pool2d" : "avg_pool2d",
      [&](auto type) {
        using T = decltype(type);
        for_each_plane(s, [&](int64_t i) {
          average(
              s,
              data_of<T>(input) + i * s.in_h * s.in_w,
              data_of<T>(out) + i * s.out_h * s.out_w,
              kAdaptive ? adaptive_window : window_at);
        });
      });
}

template <bool kAdaptive>
void average_backward_kernel(
    const TensorBase& grad_input,
    const TensorBase& grad_output,
    const PoolShape& s) {
  dispatch_floating_types(
      grad_output.scalar_type(), "avg_pool2d_backward", [&](auto type) {
        using T = decltype(type);
        for_each_plane(s, [&](int64_t i) {
          spread(
              s,
              data_of<T>(grad_output) + i * s.out_h * s.out_w,
              data_of<T>(grad_input) + i * s.in_h * s.in_w,
              kAdaptive ? adaptive_window : window_at);
        });
      });
}

} // namespace

REGISTER_DISPATCH(max_pool2d_stub, max_pool2d_kernel);
REGISTER_DISPATCH(max_pool2d_backward_stub, max_pool2d_backward_kernel);
REGISTER_DISPATCH(avg_pool2d_stub, average_kernel<false>);
REGISTER_DISPATCH(avg_pool2d_backward_stub, average_backward_kernel<false>);
REGISTER_DISPATCH(adaptive_avg_pool2d_stub, average_kernel<true>);
REGISTER_DISPATCH(
    adaptive_avg_pool2d_backward_stub,
    average_backward_kernel<true>);

} // namespace at::native

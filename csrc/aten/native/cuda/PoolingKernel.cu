// Pooling on CUDA: a thread makes one element of the result. The backward
// kernels gather: an element of grad_input asks the windows that hold it, so
// that no sum depends on the order of threads.
#include "aten/native/Pooling.h"

#include <algorithm>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/native/cuda/Launch.cuh"

namespace at::native {
namespace {

template <typename T>
T* data_of(const TensorBase& t) {
  return static_cast<T*>(t.data_ptr());
}

__device__ __forceinline__ int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}
__device__ __forceinline__ int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}
__device__ __forceinline__ int64_t ceil_div(int64_t a, int64_t b) {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

// Where element i of planes of h x w lies.
struct Place {
  int64_t plane, h, w;
};
__device__ __forceinline__ Place place_of(int64_t i, int64_t h, int64_t w) {
  const int64_t row = i / w;
  return {row / h, row % h, i - row * w};
}

// -------------------------------------------------------------------- max

template <typename A>
__device__ A lowest() {
  return std::numeric_limits<A>::has_infinity
      ? static_cast<A>(-std::numeric_limits<A>::infinity())
      : std::numeric_limits<A>::lowest();
}

template <typename T>
struct MaxPool {
  const PoolShape s;
  const T* x;
  T* out;
  int64_t* indices; // null: not wanted

  // A NaN wins and stays.
  __device__ void operator()(int64_t i) const {
    using A = opmath_type<T>;
    const Place at = place_of(i, s.out_h, s.out_w);
    const T* plane = x + at.plane * s.in_h * s.in_w;
    const int64_t h0 = at.h * s.stride_h - s.pad_h;
    const int64_t w0 = at.w * s.stride_w - s.pad_w;
    // The first tap inside the image, should nothing be larger than lowest.
    const int64_t first_h = h0 + ceil_div(-h0, s.dilation_h) * s.dilation_h;
    const int64_t first_w = w0 + ceil_div(-w0, s.dilation_w) * s.dilation_w;
    const int64_t end_h =
        smaller(h0 + (s.kernel_h - 1) * s.dilation_h + 1, s.in_h);
    const int64_t end_w =
        smaller(w0 + (s.kernel_w - 1) * s.dilation_w + 1, s.in_w);
    A best = lowest<A>();
    int64_t where = first_h * s.in_w + first_w;
    for (int64_t h = first_h; h < end_h; h += s.dilation_h) {
      for (int64_t w = first_w; w < end_w; w += s.dilation_w) {
        const A v = static_cast<A>(plane[h * s.in_w + w]);
        if (v > best || v != v) {
          best = v;
          where = h * s.in_w + w;
        }
      }
    }
    out[i] = static_cast<T>(best);
    if (indices) {
      indices[i] = where;
    }
  }
};

void max_pool2d_kernel(
    const TensorBase& out,
    const TensorBase& indices,
    const TensorBase& input,
    const PoolShape& s) {
  dispatch_all_types(input.scalar_type(), "max_pool2d", [&](auto type) {
    using T = decltype(type);
    for_each_index(
        s.planes * s.out_h * s.out_w,
        MaxPool<T>{
            s,
            data_of<T>(input),
            data_of<T>(out),
            indices.defined() ? data_of<int64_t>(indices) : nullptr});
  });
}

// Outputs [begin, end) along one dimension whose windows may hold input i.
struct Reach {
  int64_t begin, end;
};
__device__ __forceinline__ Reach windows_over(
    int64_t i,
    int64_t out,
    int64_t kernel,
    int64_t stride,
    int64_t pad,
    int64_t dilation) {
  const int64_t span = (kernel - 1) * dilation + 1;
  return {
      ceil_div(i + pad - span + 1, stride),
      smaller(out, (i + pad) / stride + 1)};
}

template <typename T>
struct MaxPoolBackward {
  const PoolShape s;
  const T* grad;
  const int64_t* indices;
  T* to;

  __device__ void operator()(int64_t i) const {
    using A = opmath_type<T>;
    const Place at = place_of(i, s.in_h, s.in_w);
    const int64_t here = at.h * s.in_w + at.w;
    const int64_t plane = at.plane * s.out_h * s.out_w;
    const Reach rows = windows_over(
        at.h, s.out_h, s.kernel_h, s.stride_h, s.pad_h, s.dilation_h);
    const Reach columns = windows_over(
        at.w, s.out_w, s.kernel_w, s.stride_w, s.pad_w, s.dilation_w);
    A sum = A(0);
    for (int64_t oh = rows.begin; oh < rows.end; ++oh) {
      for (int64_t ow = columns.begin; ow < columns.end; ++ow) {
        const int64_t o = plane + oh * s.out_w + ow;
        if (indices[o] == here) {
          sum += static_cast<A>(grad[o]);
        }
      }
    }
    to[i] = static_cast<T>(sum);
  }
};

void max_pool2d_backward_kernel(
    const TensorBase& grad_input,
    const TensorBase& grad_output,
    const TensorBase& indices,
    const PoolShape& s) {
  dispatch_floating_types(
      grad_output.scalar_type(), "max_pool2d_backward", [&](auto type) {
        using T = decltype(type);
        for_each_index(
            s.planes * s.in_h * s.in_w,
            MaxPoolBackward<T>{
                s,
                data_of<T>(grad_output),
                data_of<int64_t>(indices),
                data_of<T>(grad_input)});
      });
}

// ---------------------------------------------------------------- average

struct Window {
  int64_t h0, h1, w0, w1; // inside the image
  int64_t count; // to divide by
};

// A window of the given kernel, and which of them hold an input.
struct Fixed {
  static __device__ Window at(const PoolShape& s, int64_t oh, int64_t ow) {
    Window w;
    w.h0 = oh * s.stride_h - s.pad_h;
    w.w0 = ow * s.stride_w - s.pad_w;
    w.h1 = smaller(w.h0 + s.kernel_h, s.in_h + s.pad_h);
    w.w1 = smaller(w.w0 + s.kernel_w, s.in_w + s.pad_w);
    const int64_t with_padding = (w.h1 - w.h0) * (w.w1 - w.w0);
    w.h0 = larger(w.h0, 0);
    w.w0 = larger(w.w0, 0);
    w.h1 = smaller(w.h1, s.in_h);
    w.w1 = smaller(w.w1, s.in_w);
    w.count = s.divisor != 0  ? s.divisor
        : s.count_include_pad ? with_padding
                              : (w.h1 - w.h0) * (w.w1 - w.w0);
    return w;
  }
  static __device__ Reach rows(const PoolShape& s, int64_t h) {
    return windows_over(h, s.out_h, s.kernel_h, s.stride_h, s.pad_h, 1);
  }
  static __device__ Reach columns(const PoolShape& s, int64_t w) {
    return windows_over(w, s.out_w, s.kernel_w, s.stride_w, s.pad_w, 1);
  }
};

// The part of the input that belongs to output o of n. Parts of neighbours
// may share elements.
struct Adaptive {
  static __device__ Window at(const PoolShape& s, int64_t oh, int64_t ow) {
    Window w;
    w.h0 = oh * s.in_h / s.out_h;
    w.h1 = ceil_div((oh + 1) * s.in_h, s.out_h);
    w.w0 = ow * s.in_w / s.out_w;
    w.w1 = ceil_div((ow + 1) * s.in_w, s.out_w);
    w.count = (w.h1 - w.h0) * (w.w1 - w.w0);
    return w;
  }
  static __device__ Reach rows(const PoolShape& s, int64_t h) {
    return {h * s.out_h / s.in_h, ceil_div((h + 1) * s.out_h, s.in_h)};
  }
  static __device__ Reach columns(const PoolShape& s, int64_t w) {
    return {w * s.out_w / s.in_w, ceil_div((w + 1) * s.out_w, s.in_w)};
  }
};

template <typename T, typename Windows>
struct Average {
  const PoolShape s;
  const T* x;
  T* out;

  __device__ void operator()(int64_t i) const {
    using A = opmath_type<T>;
    const Place at = place_of(i, s.out_h, s.out_w);
    const T* plane = x + at.plane * s.in_h * s.in_w;
    const Window w = Windows::at(s, at.h, at.w);
    A sum = A(0);
    for (int64_t h = w.h0; h < w.h1; ++h) {
      for (int64_t c = w.w0; c < w.w1; ++c) {
        sum += static_cast<A>(plane[h * s.in_w + c]);
      }
    }
    const bool empty = w.h0 >= w.h1 || w.w0 >= w.w1;
    out[i] = empty
        ? T(0)
        : static_cast<T>(static_cast<A>(sum / static_cast<A>(w.count)));
  }
};

template <typename T, typename Windows>
struct Spread {
  const PoolShape s;
  const T* grad;
  T* to;

  __device__ void operator()(int64_t i) const {
    using A = opmath_type<T>;
    const Place at = place_of(i, s.in_h, s.in_w);
    const T* plane = grad + at.plane * s.out_h * s.out_w;
    const Reach rows = Windows::rows(s, at.h);
    const Reach columns = Windows::columns(s, at.w);
    A sum = A(0);
    for (int64_t oh = rows.begin; oh < rows.end; ++oh) {
      for (int64_t ow = columns.begin; ow < columns.end; ++ow) {
        const Window w = Windows::at(s, oh, ow);
        sum +=
            static_cast<A>(plane[oh * s.out_w + ow]) / static_cast<A>(w.count);
      }
    }
    to[i] = static_cast<T>(sum);
  }
};

template <typename Windows>
void average_kernel(
    const TensorBase& out,
    const TensorBase& input,
    const PoolShape& s) {
  constexpr bool kAdaptive = std::is_same<Windows, Adaptive>::value;
  constexpr TypeSet kTypes = kFloatingTypes | (kAdaptive ? 0 : type_set(kLong));
  dispatch<kTypes>(
      input.scalar_type(),
      kAdaptive ? "adaptive_avg_pool2d_cuda" : "avg_pool2d_out_cuda_frame",
      [&](auto type) {
        using T = decltype(type);
        for_each_index(
            s.planes * s.out_h * s.out_w,
            Average<T, Windows>{s, data_of<T>(input), data_of<T>(out)});
      });
}

template <typename Windows>
void average_backward_kernel(
    const TensorBase& grad_input,
    const TensorBase& grad_output,
    const PoolShape& s) {
  dispatch_floating_types(
      grad_output.scalar_type(),
      "avg_pool2d_backward_out_cuda_frame",
      [&](auto type) {
        using T = decltype(type);
        for_each_index(
            s.planes * s.in_h * s.in_w,
            Spread<T, Windows>{
                s, data_of<T>(grad_output), data_of<T>(grad_input)});
      });
}

} // namespace

REGISTER_DISPATCH(max_pool2d_stub, max_pool2d_kernel);
REGISTER_DISPATCH(max_pool2d_backward_stub, max_pool2d_backward_kernel);
REGISTER_DISPATCH(avg_pool2d_stub, average_kernel<Fixed>);
REGISTER_DISPATCH(avg_pool2d_backward_stub, average_backward_kernel<Fixed>);
REGISTER_DISPATCH(adaptive_avg_pool2d_stub, average_kernel<Adaptive>);
REGISTER_DISPATCH(
    adaptive_avg_pool2d_backward_stub,
    average_backward_kernel<Adaptive>);

} // namespace at::native

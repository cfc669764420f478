// softmax and log_softmax on CUDA. A contiguous tensor is seen as (outer,
// size, inner). Rows (inner == 1) of up to 1,024 elements are kept in the
// registers of a warp; longer ones are read twice by a block; columns are read
// twice by the threads that share them. Shapes: native/SoftMax.cpp.
#include "aten/native/SoftMax.h"

#include <cmath>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/cuda/BlockReduce.cuh"
#include "aten/native/cuda/RowLaunch.cuh"
#include "aten/native/cuda/RowLoop.cuh"
#include "aten/native/cuda/SoftMaxSum.h"
#include "generated/native/SoftMax.h"
#include "generated/ops/Copy.h"

namespace at::native {
namespace {

constexpr int kRowsPerBlock = kThreads / 32; // of the warp kernels
constexpr int64_t kMaxWarpRow = 1024;

struct Larger {
  template <typename A>
  __device__ A operator()(A a, A b) const {
    return a > b ? a : b;
  }
};
struct Plus {
  template <typename A>
  __device__ A operator()(A a, A b) const {
    return a + b;
  }
};

// ---------------------------------------------------------------- formulas

// kLog: x - top - log(sum), else exp(x - top) / sum. `last` is prepared once
// per line.
template <bool kLog, typename A>
__device__ A last_of(A sum) {
  return kLog ? std::log(sum) : A(1) / sum;
}
template <bool kLog, typename A>
__device__ A softmax_of(A x, A top, A last) {
  return kLog ? x - top - last : std::exp(x - top) * last;
}

// softmax: (grad - sum(grad y)) y; log_softmax: grad - exp(y) sum(grad).
template <bool kLog, typename A>
__device__ A summand(A grad, A y) {
  return kLog ? grad : grad * y;
}
template <bool kLog, typename A>
__device__ A grad_of(A grad, A y, A sum) {
  return kLog ? grad - std::exp(y) * sum : (grad - sum) * y;
}

// ----------------------------------------------------- short rows: one warp

// Lane l holds the elements l, l + 32, ...: kPerLane of them. x: (rows, n).
template <bool kLog, int kPerLane, typename S, typename O>
__global__ void __launch_bounds__(kThreads)
    softmax_warp(const S* x, O* out, int64_t rows, int n) {
  using A = opmath_type<S>;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  int64_t row = int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / 32;
  for (; row < rows; row += int64_t{gridDim.x} * kRowsPerBlock) {
    A v[kPerLane];
    A top = -std::numeric_limits<A>::infinity();
#pragma unroll
    for (int k = 0; k < kPerLane; ++k) {
      const int i = lane + 32 * k;
      v[k] = i < n ? static_cast<A>(x[row * n + i])
                   : -std::numeric_limits<A>::infinity();
      top = Larger()(top, v[k]);
    }
    top = warp_reduce(top, Larger());
    A sum = A(0);
#pragma unroll
    for (int k = 0; k < kPerLane; ++k) {
      if (lane + 32 * k < n) {
        sum += std::exp(v[k] - top);
      }
    }
    const A last = last_of<kLog>(warp_reduce(sum, Plus()));
#pragma unroll
    for (int k = 0; k < kPerLane; ++k) {
      const int i = lane + 32 * k;
      if (i < n) {
        out[row * n + i] = static_cast<O>(softmax_of<kLog>(v[k], top, last));
      }
    }
  }
}

template <bool kLog, int kPerLane, typename T, typename O>
__global__ void __launch_bounds__(kThreads)
    backward_warp(const T* grad, const T* y, O* out, int64_t rows, int n) {
  using A = opmath_type<T>;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  int64_t row = int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / 32;
  for (; row < rows; row += int64_t{gridDim.x} * kRowsPerBlock) {
    A g[kPerLane];
    A v[kPerLane];
    A sum = A(0);
#pragma unroll
    for (int k = 0; k < kPerLane; ++k) {
      const int i = lane + 32 * k;
      g[k] = i < n ? static_cast<A>(grad[row * n + i]) : A(0);
      v[k] = i < n ? static_cast<A>(y[row * n + i]) : A(0);
      sum += summand<kLog>(g[k], v[k]);
    }
    sum = warp_reduce(sum, Plus());
#pragma unroll
    for (int k = 0; k < kPerLane; ++k) {
      const int i = lane + 32 * k;
      if (i < n) {
        out[row * n + i] = static_cast<O>(grad_of<kLog>(g[k], v[k], sum));
      }
    }
  }
}

// ----------------------------------------------------- long rows: one block

template <bool kLog, typename S, typename O>
__global__ void __launch_bounds__(1024)
    softmax_block(const S* x, O* out, int64_t rows, int64_t n) {
  using A = opmath_type<S>;
  using Sum = SoftMaxSum<A>;
  AT_SHARED_ARRAY(Sum, shared, 32);
  const int thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  for (int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
    const S* const in[1] = {x + row * n};
    Sum mine = Sum::none();
    each_in_row(
        in,
        static_cast<S*>(nullptr),
        n,
        thread,
        threads,
        [&](int64_t, const S(&v)[1]) {
          mine.add(static_cast<A>(v[0]));
          return v[0];
        });
    const Sum all = block_reduce(
        mine,
        [](const Sum& a, const Sum& b) { return a.join(b); },
        Sum::none(),
        shared);
    const A last = last_of<kLog>(all.sum);
    each_in_row(
        in, out + row * n, n, thread, threads, [&](int64_t, const S(&v)[1]) {
          return static_cast<O>(
              softmax_of<kLog>(static_cast<A>(v[0]), all.top, last));
        });
  }
}

template <bool kLog, typename T, typename O>
__global__ void __launch_bounds__(1024)
    backward_block(const T* grad, const T* y, O* out, int64_t rows, int64_t n) {
  using A = opmath_type<T>;
  AT_SHARED_ARRAY(A, shared, 32);
  const int thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  for (int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
    const T* const in[2] = {grad + row * n, y + row * n};
    A mine = A(0);
    each_in_row(
        in,
        static_cast<T*>(nullptr),
        n,
        thread,
        threads,
        [&](int64_t, const T(&v)[2]) {
          mine += summand<kLog>(static_cast<A>(v[0]), static_cast<A>(v[1]));
          return v[0];
        });
    const A sum = block_reduce(mine, Plus(), A(0), shared);
    each_in_row(
        in, out + row * n, n, thread, threads, [&](int64_t, const T(&v)[2]) {
          return static_cast<O>(
              grad_of<kLog>(static_cast<A>(v[0]), static_cast<A>(v[1]), sum));
        });
  }
}

// ---------------------------------------------------------------- columns

// A block of (x, y) threads: x neighbouring columns, y threads share each.
// line(first element of a column) for every column of this thread; `real` is
// false for a thread beside the last one, which must still meet the others.
template <typename F>
__device__ void for_columns(const SoftMaxShape& shape, const F& line) {
  const int64_t width = blockDim.x;
  const int64_t tiles = (shape.inner + width - 1) / width;
  for (int64_t t = blockIdx.x; t < shape.outer * tiles; t += gridDim.x) {
    const int64_t column = t % tiles * width + threadIdx.x;
    const bool real = column < shape.inner;
    line(t / tiles * shape.size * shape.inner + (real ? column : 0), real);
  }
}

// op over the threads of one column; each gets the answer.
template <typename T, typename Op>
__device__ T join_column(T value, const Op& op, T* shared) {
  const int at = static_cast<int>(threadIdx.y * blockDim.x + threadIdx.x);
  shared[at] = value;
  __syncthreads();
  value = shared[threadIdx.x];
  for (unsigned y = 1; y < blockDim.y; ++y) {
    value = op(value, shared[y * blockDim.x + threadIdx.x]);
  }
  __syncthreads();
  return value;
}

template <bool kLog, typename S, typename O>
__global__ void __launch_bounds__(kThreads)
    softmax_columns(const S* x, O* out, const SoftMaxShape shape) {
  using A = opmath_type<S>;
  using Sum = SoftMaxSum<A>;
  AT_SHARED_ARRAY(Sum, shared, kThreads);
  for_columns(shape, [&](int64_t first, bool real) {
    Sum mine = Sum::none();
    for (int64_t d = threadIdx.y; real && d < shape.size; d += blockDim.y) {
      mine.add(static_cast<A>(x[first + d * shape.inner]));
    }
    const Sum all = join_column(
        mine, [](const Sum& a, const Sum& b) { return a.join(b); }, shared);
    const A last = last_of<kLog>(all.sum);
    for (int64_t d = threadIdx.y; real && d < shape.size; d += blockDim.y) {
      const int64_t i = first + d * shape.inner;
      out[i] =
          static_cast<O>(softmax_of<kLog>(static_cast<A>(x[i]), all.top, last));
    }
  });
}

template <bool kLog, typename T, typename O>
__global__ void __launch_bounds__(kThreads) backward_columns(
    const T* grad,
    const T* y,
    O* out,
    const SoftMaxShape shape) {
  using A = opmath_type<T>;
  AT_SHARED_ARRAY(A, shared, kThreads);
  for_columns(shape, [&](int64_t first, bool real) {
    A mine = A(0);
    for (int64_t d = threadIdx.y; real && d < shape.size; d += blockDim.y) {
      const int64_t i = first + d * shape.inner;
      mine += summand<kLog>(static_cast<A>(grad[i]), static_cast<A>(y[i]));
    }
    const A sum = join_column(mine, Plus(), shared);
    for (int64_t d = threadIdx.y; real && d < shape.size; d += blockDim.y) {
      const int64_t i = first + d * shape.inner;
      out[i] = static_cast<O>(
          grad_of<kLog>(static_cast<A>(grad[i]), static_cast<A>(y[i]), sum));
    }
  });
}

// ---------------------------------------------------------------- launches

// Calls the one of the three that suits, with its grid: warp(kPerLane, grid),
// block(grid, threads) or columns(grid, threads).
template <typename Warp, typename Block, typename Columns>
void choose_kernel(
    const SoftMaxShape& s,
    const Warp& warp,
    const Block& block,
    const Columns& columns) {
  if (s.inner > 1) {
    const int64_t x = std::min<int64_t>(32, detail::ceil_power_of_two(s.inner));
    const int64_t y = std::min(kThreads / x, detail::ceil_power_of_two(s.size));
    columns(
        grid_for(s.outer * detail::ceil_div(s.inner, x), 1),
        dim3(static_cast<unsigned>(x), static_cast<unsigned>(y)));
  } else if (s.size > kMaxWarpRow) {
    block(grid_for(s.outer, 1), dim3(s.size > 4096 ? 1024 : kThreads));
  } else {
    const dim3 grid = grid_for(s.outer, kRowsPerBlock);
    if (s.size <= 64) {
      warp(std::integral_constant<int, 2>(), grid);
    } else if (s.size <= 256) {
      warp(std::integral_constant<int, 8>(), grid);
    } else {
      warp(std::integral_constant<int, 32>(), grid);
    }
  }
}

template <bool kLog, typename S, typename O>
void launch_softmax(const Tensor& input, const Tensor& out, SoftMaxShape s) {
  const S* const x = pointer<S>(input);
  O* const y = pointer<O>(out);
  choose_kernel(
      s,
      [&](auto per_lane, dim3 grid) {
        launch(
            softmax_warp<kLog, decltype(per_lane)::value, S, O>,
            grid,
            dim3(kThreads),
            x,
            y,
            s.outer,
            static_cast<int>(s.size));
      },
      [&](dim3 grid, dim3 threads) {
        launch(softmax_block<kLog, S, O>, grid, threads, x, y, s.outer, s.size);
      },
      [&](dim3 grid, dim3 threads) {
        launch(softmax_columns<kLog, S, O>, grid, threads, x, y, s);
      });
}

template <bool kLog, typename T, typename O>
void launch_backward(
    const Tensor& grad_output,
    const Tensor& output,
    const Tensor& grad_input,
    SoftMaxShape s) {
  const T* const g = pointer<T>(grad_output);
  const T* const y = pointer<T>(output);
  O* const to = pointer<O>(grad_input);
  choose_kernel(
      s,
      [&](auto per_lane, dim3 grid) {
        launch(
            backward_warp<kLog, decltype(per_lane)::value, T, O>,
            grid,
            dim3(kThreads),
            g,
            y,
            to,
            s.outer,
            static_cast<int>(s.size));
      },
      [&](dim3 grid, dim3 threads) {
        launch(
            backward_block<kLog, T, O>,
            grid,
            threads,
            g,
            y,
            to,
            s.outer,
            s.size);
      },
      [&](dim3 grid, dim3 threads) {
        launch(backward_columns<kLog, T, O>, grid, threads, g, y, to, s);
      });
}

// ------------------------------------------------------------------ bodies

// f(dense) with `out`, or with a dense stand-in that is copied to it.
template <typename F>
void into_contiguous(const Tensor& out, const F& f) {
  if (out.is_contiguous()) {
    f(out);
    return;
  }
  const Tensor dense(
      at::detail::empty(out.sizes(), out.scalar_type(), out.device()));
  f(dense);
  at::detail::copy_(out, dense);
}

template <bool kLog>
void forward(
    const Tensor& self,
    int64_t dim,
    bool half_to_float,
    const Tensor& out) {
  TORCH_CHECK(
      !half_to_float || self.scalar_type() == kHalf,
      "conversion is supported for Half type only");
  const Tensor input = self.contiguous();
  dispatch_floating_types(self.scalar_type(), "host_softmax", [&](auto type) {
    using S = decltype(type);
    if (self.numel() == 0) {
      return;
    }
    const SoftMaxShape shape = softmax_shape(self, dim);
    into_contiguous(out, [&](const Tensor& dense) {
      if constexpr (std::is_same<S, Half>::value) {
        if (half_to_float) {
          launch_softmax<kLog, S, float>(input, dense, shape);
          return;
        }
      }
      launch_softmax<kLog, S, S>(input, dense, shape);
    });
  });
}

template <bool kLog>
void backward(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    ScalarType input_dtype,
    const Tensor& grad_input) {
  const ScalarType dtype = grad_output.scalar_type();
  TORCH_CHECK(
      dtype == input_dtype || (dtype == kFloat && input_dtype == kHalf),
      "expected input and grad types to match, or input to be at::Half and "
      "grad to be at::Float");
  const Tensor grad = grad_output.contiguous();
  const Tensor y = output.to(dtype).contiguous();
  dispatch_floating_types(dtype, "host_softmax_backward", [&](auto type) {
    using T = decltype(type);
    if (output.numel() == 0) {
      return;
    }
    const SoftMaxShape shape = softmax_shape(output, dim);
    into_contiguous(grad_input, [&](const Tensor& dense) {
      if constexpr (std::is_same<T, float>::value) {
        if (input_dtype == kHalf) {
          launch_backward<kLog, T, Half>(grad, y, dense, shape);
          return;
        }
      }
      launch_backward<kLog, T, T>(grad, y, dense, shape);
    });
  });
}

} // namespace

void softmax_cuda_out(
    const Tensor& self,
    int64_t dim,
    bool half_to_float,
    const Tensor& out) {
  forward<false>(self, dim, half_to_float, out);
}
void log_softmax_cuda_out(
    const Tensor& self,
    int64_t dim,
    bool half_to_float,
    const Tensor& out) {
  forward<true>(self, dim, half_to_float, out);
}
void softmax_backward_cuda_out(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    ScalarType input_dtype,
    const Tensor& grad_input) {
  backward<false>(grad_output, output, dim, input_dtype, grad_input);
}
void log_softmax_backward_cuda_out(
    const Tensor& grad_output,
    const Tensor& output,
    int64_t dim,
    ScalarType input_dtype,
    const Tensor& grad_input) {
  backward<true>(grad_output, output, dim, input_dtype, grad_input);
}

} // namespace at::native

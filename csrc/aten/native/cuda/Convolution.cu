// Convolutions on CUDA: the built-in provider (im2col and products), kernels
// for the bias, and the choice between that and cuDNN (CudnnConv.cpp).
// native/Convolution.cpp does the rest for both devices.
#include "aten/native/Convolution.h"

#include <algorithm>

#include "aten/Dispatch.h"
#include "aten/native/blas/Products.h"
#include "aten/native/cuda/CudnnConv.h"
#include "aten/native/cuda/Launch.cuh"
#include "generated/native/Convolution.h"

namespace at::native {
namespace {

using blas::GemmCall;
using conv::ConvProblem;
using conv::ConvProvider;

// Columns of as many images at once as fit.
constexpr int64_t kWorkspaceBytes = int64_t{64} << 20;

// The geometry of one channel, fit for a kernel argument.
struct Geometry {
  int64_t in[3], out[3], kernel[3], stride[3], padding[3], dilation[3];

  explicit Geometry(const ConvProblem& p) {
    for (int d = 0; d < 3; ++d) {
      in[d] = p.in[static_cast<size_t>(d)];
      out[d] = p.out[static_cast<size_t>(d)];
      kernel[d] = p.kernel[static_cast<size_t>(d)];
      stride[d] = p.stride[static_cast<size_t>(d)];
      padding[d] = p.padding[static_cast<size_t>(d)];
      dilation[d] = p.dilation[static_cast<size_t>(d)];
    }
  }
  __device__ int64_t in_size() const { return in[0] * in[1] * in[2]; }
  __device__ int64_t out_size() const { return out[0] * out[1] * out[2]; }
  __device__ int64_t kernel_size() const {
    return kernel[0] * kernel[1] * kernel[2];
  }
};

// A flat number as three coordinates, the last one fastest.
struct Position {
  int64_t at[3];
  __device__ Position(int64_t flat, const int64_t (&sizes)[3])
      : at{flat / (sizes[1] * sizes[2]),
           flat / sizes[2] % sizes[1],
           flat % sizes[2]} {}
};

uint32_t grid_for(int64_t n) {
  return static_cast<uint32_t>(
      std::clamp<int64_t>((n + kThreads - 1) / kThreads, 1, 1 << 20));
}

// columns: (images, channels, kernel, out); x: image_step elements from one
// image to the next. One element of the columns per step of a thread.
template <typename T>
__global__ void __launch_bounds__(kThreads) im2col_kernel(
    const Geometry g,
    const T* x,
    int64_t image_step,
    int64_t channels,
    int64_t n,
    T* columns) {
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    const Position o(i % g.out_size(), g.out);
    const int64_t row = i / g.out_size();
    const Position k(row % g.kernel_size(), g.kernel);
    const int64_t channel = row / g.kernel_size();
    int64_t offset = 0;
    bool inside = true;
#pragma unroll
    for (int d = 0; d < 3; ++d) {
      const int64_t at =
          o.at[d] * g.stride[d] - g.padding[d] + k.at[d] * g.dilation[d];
      inside = inside && at >= 0 && at < g.in[d];
      offset = offset * g.in[d] + at;
    }
    columns[i] = inside ? x[channel / channels * image_step +
                            channel % channels * g.in_size() + offset]
                        : T(0);
  }
}

// The reverse: every pixel gathers what the columns hold of it, so that no
// two threads write to one place.
template <typename T>
__global__ void __launch_bounds__(kThreads) col2im_kernel(
    const Geometry g,
    const T* columns,
    int64_t image_step,
    int64_t channels,
    int64_t n,
    T* x) {
  using Acc = opmath_type<T>;
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    const Position at(i % g.in_size(), g.in);
    const int64_t channel = i / g.in_size();
    const T* const mine = columns + channel * g.kernel_size() * g.out_size();
    Acc sum(0);
    for (int64_t row = 0; row < g.kernel_size(); ++row) {
      const Position k(row, g.kernel);
      int64_t offset = 0;
      bool inside = true;
#pragma unroll
      for (int d = 0; d < 3; ++d) {
        const int64_t shifted =
            at.at[d] + g.padding[d] - k.at[d] * g.dilation[d];
        const int64_t o = shifted / g.stride[d];
        inside = inside && shifted >= 0 && shifted % g.stride[d] == 0 &&
            o < g.out[d];
        offset = offset * g.out[d] + o;
      }
      if (inside) {
        sum += static_cast<Acc>(mine[row * g.out_size() + offset]);
      }
    }
    x[channel / channels * image_step + channel % channels * g.in_size() +
      i % g.in_size()] = static_cast<T>(sum);
  }
}

// ------------------------------------------------------------------- bias

// y: (N, channels, size)
template <typename T>
__global__ void __launch_bounds__(kThreads) add_bias_kernel(
    T* y,
    const T* bias,
    int64_t channels,
    int64_t size,
    int64_t n) {
  using Acc = opmath_type<T>;
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    y[i] = static_cast<T>(
        static_cast<Acc>(y[i]) + static_cast<Acc>(bias[i / size % channels]));
  }
}

// One block per channel, its sums added in a fixed order.
template <typename T>
__global__ void __launch_bounds__(kThreads) sum_bias_kernel(
    const T* grad_y,
    T* grad_bias,
    int64_t channels,
    int64_t size,
    int64_t images) {
  using Acc = opmath_type<T>;
  __shared__ Acc sums[kThreads];
  Acc sum(0);
  for (int64_t i = threadIdx.x; i < images * size; i += kThreads) {
    sum += static_cast<Acc>(
        grad_y[(i / size * channels + blockIdx.x) * size + i % size]);
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    grad_bias[blockIdx.x] = static_cast<T>(sums[0]);
  }
}

template <typename F>
void for_dtype(const ConvProblem& p, const F& f) {
  dispatch_all_types(p.dtype, "slow_conv2d_cuda", f);
}

} // namespace

void add_bias_cuda(const ConvProblem& p, const void* bias, void* y) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const int64_t n = p.batch * p.out_channels * p.out_size();
    launch(
        add_bias_kernel<T>,
        grid_for(n),
        kThreads,
        static_cast<T*>(y),
        static_cast<const T*>(bias),
        p.out_channels,
        p.out_size(),
        n);
  });
}

void sum_bias_cuda(const ConvProblem& p, const void* grad_y, void* grad_bias) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    launch(
        sum_bias_kernel<T>,
        static_cast<uint32_t>(p.out_channels),
        kThreads,
        static_cast<const T*>(grad_y),
        static_cast<T*>(grad_bias),
        p.out_channels,
        p.out_size(),
        p.batch);
  });
}

namespace {

// -------------------------------------------------------- built-in provider

// Sizes of one group, and a workspace for the columns of some images.
template <typename T>
struct Plan {
  const ConvProblem& p;
  const Geometry geometry;
  const int64_t channels, outputs, depth; // depth: rows of the columns
  const int64_t images; // whose columns the workspace holds
  const c10::DataPtr workspace;

  explicit Plan(const ConvProblem& problem)
      : p(problem),
        geometry(problem),
        channels(p.in_channels / p.groups),
        outputs(p.out_channels / p.groups),
        depth(channels * p.kernel_size()),
        images(
            std::clamp<int64_t>(
                kWorkspaceBytes / (column_size() * int64_t{sizeof(T)}),
                1,
                p.batch)),
        workspace(
            at::cuda::scratch(
                static_cast<size_t>(images * column_size()) * sizeof(T))) {}

  int64_t column_size() const { return depth * p.out_size(); }
  T* columns() const { return static_cast<T*>(workspace.get()); }
  int64_t x_step() const { return p.in_channels * p.in_size(); }
  int64_t y_step() const { return p.out_channels * p.out_size(); }

  // f(group, first image, how many)
  template <typename F>
  void for_each_piece(const F& f) const {
    for (int64_t g = 0; g < p.groups; ++g) {
      for (int64_t n = 0; n < p.batch; n += images) {
        f(g, n, std::min(images, p.batch - n));
      }
    }
  }
  template <typename U>
  U* x_at(U* x, int64_t g, int64_t n) const {
    return x + n * x_step() + g * channels * p.in_size();
  }
  template <typename U>
  U* y_at(U* y, int64_t g, int64_t n) const {
    return y + n * y_step() + g * outputs * p.out_size();
  }
  template <typename U>
  U* w_at(U* w, int64_t g) const {
    return w + g * outputs * depth;
  }

  void fill_columns(const T* x, int64_t count) const {
    const int64_t n = count * column_size();
    launch(
        im2col_kernel<T>,
        grid_for(n),
        kThreads,
        geometry,
        x,
        x_step(),
        channels,
        n,
        columns());
  }
};

GemmCall product(
    const ConvProblem& p,
    int64_t m,
    int64_t n,
    int64_t k,
    blas::Matrix a,
    blas::Matrix b,
    void* c) {
  GemmCall call;
  call.dtype = p.dtype;
  call.m = m;
  call.n = n;
  call.k = k;
  call.a = a;
  call.b = b;
  call.c = c;
  call.ldc = n;
  return call;
}

void im2col_forward(
    const ConvProblem& p,
    const void* x,
    const void* w,
    const void* bias,
    void* y) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const Plan<T> plan(p);
    plan.for_each_piece([&](int64_t g, int64_t n, int64_t count) {
      plan.fill_columns(plan.x_at(static_cast<const T*>(x), g, n), count);
      GemmCall call = product(
          p,
          plan.outputs,
          p.out_size(),
          plan.depth,
          {plan.w_at(static_cast<const T*>(w), g), plan.depth, false},
          {plan.columns(), p.out_size(), false},
          plan.y_at(static_cast<T*>(y), g, n));
      call.batch = count;
      call.b_stride = plan.column_size();
      call.c_stride = plan.y_step();
      gemm_stub(c10::kCUDA, call);
    });
  });
  if (bias != nullptr) {
    add_bias_cuda(p, bias, y);
  }
}

void im2col_backward_input(
    const ConvProblem& p,
    const void* grad_y,
    const void* w,
    void* grad_x) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const Plan<T> plan(p);
    plan.for_each_piece([&](int64_t g, int64_t n, int64_t count) {
      GemmCall call = product(
          p,
          plan.depth,
          p.out_size(),
          plan.outputs,
          {plan.w_at(static_cast<const T*>(w), g), plan.depth, true},
          {plan.y_at(static_cast<const T*>(grad_y), g, n), p.out_size(), false},
          plan.columns());
      call.batch = count;
      call.b_stride = plan.y_step();
      call.c_stride = plan.column_size();
      gemm_stub(c10::kCUDA, call);
      const int64_t pixels = count * plan.channels * p.in_size();
      launch(
          col2im_kernel<T>,
          grid_for(pixels),
          kThreads,
          plan.geometry,
          static_cast<const T*>(plan.columns()),
          plan.x_step(),
          plan.channels,
          pixels,
          plan.x_at(static_cast<T*>(grad_x), g, n));
    });
  });
}

void im2col_backward_weight(
    const ConvProblem& p,
    const void* grad_y,
    const void* x,
    void* grad_w,
    void* grad_bias) {
  if (grad_bias != nullptr) {
    sum_bias_cuda(p, grad_y, grad_bias);
  }
  if (grad_w == nullptr) {
    return;
  }
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const Plan<T> plan(p);
    plan.for_each_piece([&](int64_t g, int64_t n, int64_t count) {
      plan.fill_columns(plan.x_at(static_cast<const T*>(x), g, n), count);
      // All images add to one gradient, one after the other.
      for (int64_t i = 0; i < count; ++i) {
        GemmCall call = product(
            p,
            plan.outputs,
            plan.depth,
            p.out_size(),
            {plan.y_at(static_cast<const T*>(grad_y), g, n + i),
             p.out_size(),
             false},
            {plan.columns() + i * plan.column_size(), p.out_size(), true},
            plan.w_at(static_cast<T*>(grad_w), g));
        call.beta = n + i == 0 ? 0 : 1;
        gemm_stub(c10::kCUDA, call);
      }
    });
  });
}

const ConvProvider im2col_provider = {
    "built-in",
    [] { return true; },
    [](const ConvProblem&) { return true; },
    im2col_forward,
    im2col_backward_input,
    im2col_backward_weight};

const ConvProvider* provider_for(const ConvProblem& problem) {
  const ConvProvider* cudnn = cudnn_conv_provider();
  return cudnn != nullptr && cudnn->available() && cudnn->supports(problem)
      ? cudnn
      : &im2col_provider;
}

bool takes_16bit() {
  const ConvProvider* cudnn = cudnn_conv_provider();
  return cudnn != nullptr && cudnn->available();
}

} // namespace

REGISTER_DISPATCH(conv_provider_stub, provider_for);
REGISTER_DISPATCH(conv_takes_16bit_stub, takes_16bit);

} // namespace at::native

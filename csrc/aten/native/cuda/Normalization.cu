// Batch norm on CUDA. x: (batch, channels, size), contiguous. Sums over a
// channel go through the reduction driver; what is computed once per channel
// is a kernel of one thread per channel, in double; the rest is element-wise.
#include "aten/native/Normalization.h"

#include <cmath>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/cuda/Reduce.cuh"
#include "aten/native/cuda/RowLoop.cuh"
#include "generated/native/Normalization.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

// --------------------------------------------------- reductions per channel

// Elements are summed relative to the first of their run, so that a mean far
// from zero cancels nothing; runs join as in T. Chan et al., Updating formulae
// and a pairwise algorithm for computing sample variances (1979), eq. 2.1.
template <typename A>
struct RunMoments {
  A shift, sum, squares;
  int count;
};
struct Moments {
  double mean, squares, count; // squares of distances from the mean
};

template <typename S>
struct MomentsBody : OneInput<S> {
  using A = opmath_type<S>;
  using Part = RunMoments<A>;
  using Total = Moments;
  struct Shift {};
  double* mean;
  double* var; // biased

  MomentsBody(const S* from, double* mean, double* var)
      : OneInput<S>{from}, mean(mean), var(var) {}

  C10_HOST_DEVICE Shift shift_of(int64_t) const { return {}; }
  C10_HOST_DEVICE Part start() const { return {A(0), A(0), A(0), 0}; }
  C10_HOST_DEVICE Part step(const Part& a, const S& x, int64_t, Shift) const {
    const A value = static_cast<A>(x);
    const A shift = a.count == 0 ? value : a.shift;
    const A d = value - shift;
    return {shift, a.sum + d, a.squares + d * d, a.count + 1};
  }
  C10_HOST_DEVICE Total none() const { return {0, 0, 0}; }
  C10_HOST_DEVICE Total add(const Total& a, const Part& b) const {
    if (b.count == 0) {
      return a;
    }
    const double sum = static_cast<double>(b.sum);
    const double n = b.count;
    return join(
        a,
        Total{
            static_cast<double>(b.shift) + sum / n,
            static_cast<double>(b.squares) - sum * sum / n,
            n});
  }
  C10_HOST_DEVICE Total join(const Total& a, const Total& b) const {
    if (a.count == 0 || b.count == 0) {
      return a.count == 0 ? b : a;
    }
    const double n = a.count + b.count;
    const double d = b.mean - a.mean;
    return {
        a.mean + d * b.count / n,
        a.squares + b.squares + d * d * a.count * b.count / n,
        n};
  }
  C10_HOST_DEVICE void store(int64_t channel, const Total& total) const {
    mean[channel] = total.count == 0 ? 0 / total.count : total.mean;
    const double var_of = total.squares / total.count;
    var[channel] = var_of < 0 ? 0 : var_of;
  }
};

// Sums of grad and of grad (x - mean).
template <typename A>
struct Dots {
  A sum, dot;
};

template <typename S>
struct DotsBody {
  using A = opmath_type<S>;
  struct Element {
    S grad, x;
  };
  using Part = Dots<A>;
  using Total = Dots<double>;
  using Shift = A;
  static constexpr int kWide = static_cast<int>(16 / sizeof(S));
  const S* grad;
  const S* x;
  const double* mean;
  double* sum;
  double* dot;

  C10_HOST_DEVICE int skew(int64_t offset) const {
    return skew_of(grad + offset);
  }
  C10_HOST_DEVICE Element read(int64_t at) const { return {grad[at], x[at]}; }
  template <int N>
  C10_HOST_DEVICE void load(int64_t offset, Element (&to)[N]) const {
    S grads[N];
    S values[N];
    load_word(grad + offset, grads);
    load_word(x + offset, values);
    AT_UNROLL
    for (int k = 0; k < N; ++k) {
      to[k] = {grads[k], values[k]};
    }
  }
  C10_HOST_DEVICE A shift_of(int64_t channel) const {
    return static_cast<A>(mean[channel]);
  }
  C10_HOST_DEVICE Part start() const { return {A(0), A(0)}; }
  C10_HOST_DEVICE Part
  step(const Part& a, const Element& e, int64_t, A channel_mean) const {
    const A g = static_cast<A>(e.grad);
    return {a.sum + g, a.dot + g * (static_cast<A>(e.x) - channel_mean)};
  }
  C10_HOST_DEVICE Total none() const { return {0, 0}; }
  C10_HOST_DEVICE Total add(const Total& a, const Part& b) const {
    return {
        a.sum + static_cast<double>(b.sum), a.dot + static_cast<double>(b.dot)};
  }
  C10_HOST_DEVICE Total join(const Total& a, const Total& b) const {
    return {a.sum + b.sum, a.dot + b.dot};
  }
  C10_HOST_DEVICE void store(int64_t channel, const Total& total) const {
    sum[channel] = total.sum;
    dot[channel] = total.dot;
  }
};

ReducePlan channel_plan(const ChannelShape& s) {
  ReducePlan plan;
  plan.kept_sizes = {s.channels};
  plan.kept_strides = {s.size};
  if (s.size == 1) {
    plan.reduced_sizes = {s.batch};
    plan.reduced_strides = {s.channels};
  } else {
    plan.reduced_sizes = {s.batch, s.size};
    plan.reduced_strides = {s.channels * s.size, 1};
  }
  plan.outputs = s.channels;
  plan.count = s.batch * s.size;
  return plan;
}

// ---------------------------------------------------- one thread per channel

// A vector per channel of any floating dtype, or none.
struct ChannelVector {
  void* data;
  ScalarType dtype;
  int64_t stride;

  explicit ChannelVector(const Tensor& t)
      : data(t.defined() ? t.data_ptr() : nullptr),
        dtype(t.defined() ? t.scalar_type() : kDouble),
        stride(t.defined() && t.dim() > 0 ? t.strides()[0] : 1) {}

  template <typename F>
  __device__ void with_element(int64_t c, const F& f) const {
    switch (dtype) {
      case ScalarType::Float:
        return f(static_cast<float*>(data)[c * stride]);
      case ScalarType::Double:
        return f(static_cast<double*>(data)[c * stride]);
      case ScalarType::Half:
        return f(static_cast<Half*>(data)[c * stride]);
      default:
        return f(static_cast<BFloat16*>(data)[c * stride]);
    }
  }
  __device__ double get(int64_t c, double missing) const {
    double value = missing;
    if (data) {
      with_element(c, [&](auto& x) { value = static_cast<double>(x); });
    }
    return value;
  }
  __device__ void set(int64_t c, double value) const {
    if (data) {
      with_element(c, [&](auto& x) {
        using T = std::decay_t<decltype(x)>;
        x = static_cast<T>(static_cast<opmath_type<T>>(value));
      });
    }
  }
};

void check_vector(const Tensor& t, int64_t channels) {
  TORCH_CHECK(
      !t.defined() || (t.is_floating_point() && t.numel() == channels),
      "batch_norm: expected a floating point vector of ",
      channels,
      " channels");
}

struct ForwardVectors {
  ChannelVector weight, bias, running_mean, running_var, save_mean, save_invstd;
  bool training;
  double momentum, eps, count;
  // Working memory, a vector each. Training: mean and var are given.
  double *mean, *var, *scale, *shift;
};

__global__ void forward_vectors(const ForwardVectors v, int64_t channels) {
  for (int64_t c = global_thread(); c < channels; c += global_threads()) {
    double mean, var;
    if (v.training) {
      mean = v.mean[c];
      var = v.var[c];
      const double unbiased = var * (v.count / (v.count - 1));
      v.running_mean.set(
          c, v.momentum * mean + (1 - v.momentum) * v.running_mean.get(c, 0));
      v.running_var.set(
          c,
          v.momentum * unbiased + (1 - v.momentum) * v.running_var.get(c, 1));
    } else {
      mean = v.running_mean.get(c, 0);
      var = v.running_var.get(c, 1);
    }
    const double invstd = 1 / std::sqrt(var + v.eps);
    v.save_mean.set(c, mean);
    v.save_invstd.set(c, invstd);
    const double scale = invstd * v.weight.get(c, 1);
    v.scale[c] = scale;
    v.shift[c] = v.bias.get(c, 0) - mean * scale;
  }
}

// With v = (x - mean) invstd and M the elements of a channel. Training:
// grad_x = w invstd (grad - sum(grad) / M - v sum(grad v) / M); in
// evaluation the statistics are constants: grad_x = w invstd grad.
struct BackwardVectors {
  ChannelVector weight, grad_weight, grad_bias;
  bool training;
  double count;
  // grad_x = grad by_grad + (x - mean) by_x + constant.
  double *invstd, *sum, *dot, *by_grad, *by_x, *constant;
};

__global__ void backward_vectors(const BackwardVectors v, int64_t channels) {
  for (int64_t c = global_thread(); c < channels; c += global_threads()) {
    const double invstd = v.invstd[c];
    const double a = v.weight.get(c, 1) * invstd;
    v.by_grad[c] = a;
    v.by_x[c] = v.training ? -a * invstd * invstd * v.dot[c] / v.count : 0.0;
    v.constant[c] = v.training ? -a * v.sum[c] / v.count : 0.0;
    v.grad_weight.set(c, v.dot[c] * invstd);
    v.grad_bias.set(c, v.sum[c]);
  }
}

// mean and invstd of the backward pass, from what forward saved or, in
// evaluation, from the running statistics (is_variance).
__global__ void load_statistics(
    const ChannelVector mean_from,
    const ChannelVector spread_from,
    bool is_variance,
    double eps,
    double* mean,
    double* invstd,
    int64_t channels) {
  for (int64_t c = global_thread(); c < channels; c += global_threads()) {
    mean[c] = mean_from.get(c, 0);
    const double spread = spread_from.get(c, 1);
    invstd[c] = is_variance ? 1 / std::sqrt(spread + eps) : spread;
  }
}

// ------------------------------------------------------------ element-wise

// y = x scale + shift
template <typename A>
struct Affine {
  static constexpr int kInputs = 1;
  const double* scale;
  const double* shift;
  struct Coefficients {
    A scale, shift;
  };
  __device__ Coefficients at(int64_t c) const {
    return {static_cast<A>(scale[c]), static_cast<A>(shift[c])};
  }
  __device__ A apply(const Coefficients& k, const A (&x)[1]) const {
    return x[0] * k.scale + k.shift;
  }
};

// grad_x, of grad and x
template <typename A>
struct Combine {
  static constexpr int kInputs = 2;
  const double* mean;
  const double* by_grad;
  const double* by_x;
  const double* constant;
  struct Coefficients {
    A mean, by_grad, by_x, constant;
  };
  __device__ Coefficients at(int64_t c) const {
    return {
        static_cast<A>(mean[c]),
        static_cast<A>(by_grad[c]),
        static_cast<A>(by_x[c]),
        static_cast<A>(constant[c])};
  }
  __device__ A apply(const Coefficients& k, const A (&x)[2]) const {
    return x[0] * k.by_grad + (x[1] - k.mean) * k.by_x + k.constant;
  }
};

template <typename S, int N>
struct Inputs {
  const S* at[N];
};

constexpr int64_t kPiece = 4096; // elements of an image that a block takes

// Large images: a block per piece of one channel of one image.
template <typename S, typename F>
__global__ void __launch_bounds__(kThreads) channel_pieces(
    const Inputs<S, F::kInputs> in,
    S* out,
    const ChannelShape s,
    const F f) {
  using A = opmath_type<S>;
  constexpr int N = F::kInputs;
  const int64_t pieces = (s.size + kPiece - 1) / kPiece;
  const int64_t all = s.batch * s.channels * pieces;
  for (int64_t p = blockIdx.x; p < all; p += gridDim.x) {
    const int64_t plane = p / pieces;
    const int64_t first = p % pieces * kPiece;
    const int64_t left = s.size - first;
    const int64_t at = plane * s.size + first;
    const auto k = f.at(plane % s.channels);
    const S* rows[N];
#pragma unroll
    for (int a = 0; a < N; ++a) {
      rows[a] = in.at[a] + at;
    }
    each_in_row(
        rows,
        out + at,
        left < kPiece ? left : kPiece,
        static_cast<int>(threadIdx.x),
        kThreads,
        [&](int64_t, const S(&x)[N]) {
          A values[N];
#pragma unroll
          for (int a = 0; a < N; ++a) {
            values[a] = static_cast<A>(x[a]);
          }
          return static_cast<S>(f.apply(k, values));
        });
  }
}

// The channel of an element, by multiplication where 31 bits number them all.
struct ChannelOf {
  int64_t size, channels;
  bool is_small;
  IntegerDivider<uint32_t> by_size, by_channels;

  explicit ChannelOf(const ChannelShape& s)
      : size(s.size),
        channels(s.channels),
        is_small(s.batch * s.channels * s.size < INT64_C(1) << 31) {
    if (is_small) {
      by_size = IntegerDivider<uint32_t>(static_cast<uint32_t>(size));
      by_channels = IntegerDivider<uint32_t>(static_cast<uint32_t>(channels));
    }
  }
  C10_HOST_DEVICE int64_t operator()(int64_t i) const {
    return is_small ? by_channels(by_size.div(static_cast<uint32_t>(i))).mod
                    : i / size % channels;
  }
};

// Small images: a thread per element.
template <typename S, typename F>
__global__ void __launch_bounds__(kThreads) channel_elements(
    const Inputs<S, F::kInputs> in,
    S* out,
    const int64_t all,
    const ChannelOf channel_of,
    const F f) {
  using A = opmath_type<S>;
  constexpr int N = F::kInputs;
  for (int64_t i = global_thread(); i < all; i += global_threads()) {
    A values[N];
#pragma unroll
    for (int a = 0; a < N; ++a) {
      values[a] = static_cast<A>(in.at[a][i]);
    }
    out[i] = static_cast<S>(f.apply(f.at(channel_of(i)), values));
  }
}

template <typename S, typename F>
void for_each_element(
    const Inputs<S, F::kInputs>& in,
    S* out,
    const ChannelShape& s,
    const F& f) {
  const int64_t planes = s.batch * s.channels;
  if (planes * s.size == 0) {
    return;
  }
  if (s.size >= kThreads) {
    launch(
        channel_pieces<S, F>,
        grid_for(planes * detail::ceil_div(s.size, kPiece), 1),
        dim3(kThreads),
        in,
        out,
        s,
        f);
    return;
  }
  launch(
      channel_elements<S, F>,
      grid_for(planes * s.size, kThreads),
      dim3(kThreads),
      in,
      out,
      planes * s.size,
      ChannelOf(s),
      f);
}

// ------------------------------------------------------------------ bodies

ChannelShape shape_of(const Tensor& input) {
  ChannelShape s{input.scalar_type(), input.sizes()[0], input.sizes()[1], 1};
  for (size_t d = 2; d < input.sizes().size(); ++d) {
    s.size *= input.sizes()[d];
  }
  return s;
}

// `vectors` double vectors of working memory.
struct Workspace {
  Workspace(int64_t channels, int64_t vectors)
      : channels(channels),
        memory(
            at::cuda::scratch(
                static_cast<size_t>(channels * vectors) * sizeof(double))) {}
  double* vector(int64_t i) const {
    return static_cast<double*>(memory.get()) + i * channels;
  }
  int64_t channels;
  c10::DataPtr memory;
};

Tensor new_vector(int64_t n, ScalarType dtype, const Tensor& like) {
  return Tensor(at::detail::empty({n}, dtype, like.device()));
}

} // namespace

std::tuple<Tensor, Tensor, Tensor> native_batch_norm_cuda(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    const Tensor& running_mean,
    const Tensor& running_var,
    bool training,
    double momentum,
    double eps) {
  const ChannelShape s = shape_of(input);
  for (const Tensor* t : {&weight, &bias, &running_mean, &running_var}) {
    check_vector(*t, s.channels);
  }
  const Tensor x = input.contiguous();
  const Tensor out(
      at::detail::empty(input.sizes(), input.scalar_type(), input.device()));
  const ScalarType inner =
      c10::is_reduced_floating_type(s.dtype) ? ScalarType::Float : s.dtype;
  const Tensor save_mean = new_vector(s.channels, inner, input);
  const Tensor save_invstd = new_vector(s.channels, inner, input);
  const Workspace work(s.channels, 4);
  const ForwardVectors vectors{
      ChannelVector(weight),
      ChannelVector(bias),
      ChannelVector(running_mean),
      ChannelVector(running_var),
      ChannelVector(save_mean),
      ChannelVector(save_invstd),
      training,
      momentum,
      eps,
      static_cast<double>(s.batch * s.size),
      work.vector(0),
      work.vector(1),
      work.vector(2),
      work.vector(3)};
  dispatch_floating_types(s.dtype, "batch_norm", [&](auto type) {
    using S = decltype(type);
    if (training) {
      launch_reduce(
          MomentsBody<S>(pointer<S>(x), vectors.mean, vectors.var),
          channel_plan(s));
    }
    launch(
        forward_vectors,
        grid_for(s.channels, kThreads),
        dim3(kThreads),
        vectors,
        s.channels);
    for_each_element(
        Inputs<S, 1>{{pointer<S>(x)}},
        pointer<S>(out),
        s,
        Affine<opmath_type<S>>{vectors.scale, vectors.shift});
  });
  return {out, save_mean, save_invstd};
}

std::tuple<Tensor, Tensor, Tensor> native_batch_norm_backward_cuda(
    const Tensor& grad_out,
    const Tensor& input,
    const Tensor& weight,
    const Tensor& running_mean,
    const Tensor& running_var,
    const Tensor& save_mean,
    const Tensor& save_invstd,
    bool train,
    double eps,
    std::array<bool, 3> output_mask) {
  const ChannelShape s = shape_of(input);
  const Tensor& mean_from = train ? save_mean : running_mean;
  const Tensor& spread_from = train ? save_invstd : running_var;
  for (const Tensor* t : {&weight, &mean_from, &spread_from}) {
    check_vector(*t, s.channels);
  }
  const Tensor x = input.contiguous();
  const Tensor grad = grad_out.contiguous();
  const ScalarType outer = weight.defined() ? weight.scalar_type() : s.dtype;
  const auto wanted = [&](size_t i) {
    return output_mask[i] ? new_vector(s.channels, outer, input) : Tensor();
  };
  const Tensor grad_weight = wanted(1);
  const Tensor grad_bias = wanted(2);
  const Tensor grad_x = output_mask[0]
      ? Tensor(
            at::detail::empty(
                input.sizes(), input.scalar_type(), input.device()))
      : Tensor();
  const Workspace work(s.channels, 7);
  double* const mean = work.vector(6);
  const BackwardVectors vectors{
      ChannelVector(weight),
      ChannelVector(grad_weight),
      ChannelVector(grad_bias),
      train,
      static_cast<double>(s.batch * s.size),
      work.vector(0),
      work.vector(1),
      work.vector(2),
      work.vector(3),
      work.vector(4),
      work.vector(5)};
  const dim3 grid = grid_for(s.channels, kThreads);
  launch(
      load_statistics,
      grid,
      dim3(kThreads),
      ChannelVector(mean_from),
      ChannelVector(spread_from),
      !train,
      eps,
      mean,
      vectors.invstd,
      s.channels);
  dispatch_floating_types(s.dtype, "batch_norm_backward", [&](auto type) {
    using S = decltype(type);
    const S* const g = pointer<S>(grad);
    const S* const from = pointer<S>(x);
    launch_reduce(
        DotsBody<S>{g, from, mean, vectors.sum, vectors.dot},
        channel_plan(s),
        skew_of(g) == skew_of(from));
    launch(backward_vectors, grid, dim3(kThreads), vectors, s.channels);
    if (output_mask[0]) {
      for_each_element(
          Inputs<S, 2>{{g, from}},
          pointer<S>(grad_x),
          s,
          Combine<opmath_type<S>>{
              mean, vectors.by_grad, vectors.by_x, vectors.constant});
    }
  });
  return {grad_x, grad_weight, grad_bias};
}

} // namespace at::native

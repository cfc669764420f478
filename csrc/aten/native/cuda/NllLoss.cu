// Negative log likelihood on CUDA. Inputs are seen as (N, C, S), as in
// native/NllLoss.cpp, which holds the checks. Sums go in a fixed order: each
// block joins a part of the targets, one block joins the parts.
#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/cuda/KernelAssert.h"
#include "aten/native/Loss.h"
#include "aten/native/cuda/BlockReduce.cuh"
#include "aten/native/cuda/RowLaunch.cuh"
#include "generated/native/Loss.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"

namespace at::native {
namespace {

// Contiguous operands of a call; weight may be null.
template <typename T>
struct NllInputs {
  const T* self;
  const int64_t* target;
  const T* weight;
  NllShape shape;
  int64_t ignore_index;

  __device__ int64_t targets() const { return shape.batch * shape.positions; }

  // f(offset in self, weight), unless target i is ignored.
  template <typename F>
  __device__ void at_target(int64_t i, const F& f) const {
    const int64_t t = target[i];
    if (t == ignore_index) {
      return;
    }
    CUDA_KERNEL_ASSERT(t >= 0 && t < shape.classes);
    const int64_t b = i / shape.positions;
    f((b * shape.classes + t) * shape.positions + i % shape.positions,
      weight ? static_cast<opmath_type<T>>(weight[t]) : opmath_type<T>(1));
  }
};

// ----------------------------------------------------------------- forward

template <typename T>
__global__ void nll_each(const NllInputs<T> in, T* out, T* total_weight) {
  for (int64_t i = global_thread(); i < in.targets(); i += global_threads()) {
    T loss = T(0);
    in.at_target(i, [&](int64_t at, opmath_type<T> w) {
      loss = static_cast<T>(-static_cast<opmath_type<T>>(in.self[at]) * w);
    });
    out[i] = loss;
  }
  if (global_thread() == 0) {
    *total_weight = T(0);
  }
}

struct NllSum {
  double loss;
  double weight;
};
struct AddNllSums {
  __device__ NllSum operator()(const NllSum& a, const NllSum& b) const {
    return {a.loss + b.loss, a.weight + b.weight};
  }
};

template <typename T>
__global__ void nll_sums(const NllInputs<T> in, NllSum* parts) {
  AT_SHARED_ARRAY(NllSum, shared, 32);
  NllSum sum{0, 0};
  for (int64_t i = global_thread(); i < in.targets(); i += global_threads()) {
    in.at_target(i, [&](int64_t at, opmath_type<T> w) {
      sum.loss -= static_cast<double>(in.self[at]) * static_cast<double>(w);
      sum.weight += static_cast<double>(w);
    });
  }
  sum = block_reduce(sum, AddNllSums(), NllSum{0, 0}, shared);
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = sum;
  }
}

// One block. The mean of nothing is not a number.
template <typename T>
__global__ void nll_join(
    const NllSum* parts,
    int n,
    bool mean,
    T* out,
    T* total_weight) {
  AT_SHARED_ARRAY(NllSum, shared, 32);
  NllSum sum{0, 0};
  for (int i = static_cast<int>(threadIdx.x); i < n; i += kThreads) {
    sum = AddNllSums()(sum, parts[i]);
  }
  sum = block_reduce(sum, AddNllSums(), NllSum{0, 0}, shared);
  if (threadIdx.x == 0) {
    *out = static_cast<T>(
        static_cast<opmath_type<T>>(mean ? sum.loss / sum.weight : sum.loss));
    *total_weight = static_cast<T>(static_cast<opmath_type<T>>(sum.weight));
  }
}

// ---------------------------------------------------------------- backward

// out is zero. each: grad has one element per target. Else it has one, divided
// by *total_weight where that is given.
template <typename T>
__global__ void nll_backward(
    const NllInputs<T> in,
    const T* grad,
    bool each,
    const T* total_weight,
    T* out) {
  using A = opmath_type<T>;
  A scale = A(0);
  if (!each) {
    scale = static_cast<A>(*grad);
    if (total_weight) {
      scale =
          static_cast<A>(static_cast<T>(scale / static_cast<A>(*total_weight)));
    }
  }
  for (int64_t i = global_thread(); i < in.targets(); i += global_threads()) {
    in.at_target(i, [&](int64_t at, A w) {
      out[at] = static_cast<T>(-w * (each ? static_cast<A>(grad[i]) : scale));
    });
  }
}

// ------------------------------------------------------------------- calls

// Holds the contiguous operands that its pointers need.
struct NllOperands {
  Tensor self, target, weight;
  NllShape shape;
  int64_t ignore_index;

  NllOperands(
      const Tensor& self_tensor,
      const Tensor& target_tensor,
      const Tensor& weights,
      NllShape shape,
      int64_t ignore_index)
      : self(self_tensor.contiguous()),
        target(target_tensor.to(kLong).contiguous()),
        shape(shape),
        ignore_index(ignore_index) {
    if (weights.defined()) {
      TORCH_CHECK(
          weights.scalar_type() == self.scalar_type(),
          "expected scalar type ",
          self.scalar_type(),
          " but found ",
          weights.scalar_type());
      weight = weights.contiguous();
    }
  }

  template <typename T>
  NllInputs<T> inputs() const {
    return {
        pointer<T>(self),
        pointer<int64_t>(target),
        pointer<T>(weight),
        shape,
        ignore_index};
  }
  int64_t targets() const { return shape.batch * shape.positions; }
};

constexpr int64_t kMaxParts = 1024;

std::tuple<Tensor, Tensor> nll_forward(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index,
    NllShape shape) {
  const ScalarType dtype = self.scalar_type();
  // One loss per target, unless there is but one row without a batch.
  const bool keep = reduction == kReductionNone && self.dim() != 1;
  const Tensor output(
      at::detail::empty(
          keep ? target.sizes() : IntArrayRef(), dtype, self.device()));
  const Tensor total_weight(
      at::detail::empty(IntArrayRef(), dtype, self.device()));
  const NllOperands in(self, target, weight, shape, ignore_index);
  dispatch_floating_types(
      dtype, "nll_loss_forward_reduce_cuda_kernel", [&](auto type) {
        using T = decltype(type);
        if (keep) {
          launch(
              nll_each<T>,
              grid_for(in.targets(), kThreads),
              dim3(kThreads),
              in.inputs<T>(),
              pointer<T>(output),
              pointer<T>(total_weight));
          return;
        }
        const dim3 grid =
            grid_for(std::min(in.targets(), kMaxParts * kThreads), kThreads);
        const c10::DataPtr scratch = at::cuda::scratch(grid.x * sizeof(NllSum));
        auto* const parts = static_cast<NllSum*>(scratch.get());
        launch(nll_sums<T>, grid, dim3(kThreads), in.inputs<T>(), parts);
        launch(
            nll_join<T>,
            dim3(1),
            dim3(kThreads),
            parts,
            static_cast<int>(grid.x),
            reduction == kReductionMean,
            pointer<T>(output),
            pointer<T>(total_weight));
      });
  return {output, total_weight};
}

Tensor nll_gradient(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index,
    const Tensor& total_weight,
    NllShape shape) {
  Tensor grad_input(
      at::detail::empty(self.sizes(), self.scalar_type(), self.device()));
  grad_input.zero_();
  const NllOperands in(self, target, weight, shape, ignore_index);
  const Tensor grad = grad_output.contiguous();
  const bool mean = reduction == kReductionMean && grad.numel() == 1;
  dispatch_floating_types(
      self.scalar_type(),
      "nll_loss_backward_reduce_cuda_kernel",
      [&](auto type) {
        using T = decltype(type);
        launch(
            nll_backward<T>,
            grid_for(in.targets(), kThreads),
            dim3(kThreads),
            in.inputs<T>(),
            pointer<T>(grad),
            grad.numel() != 1,
            mean ? pointer<T>(total_weight) : nullptr,
            pointer<T>(grad_input));
      });
  return grad_input;
}

} // namespace

std::tuple<Tensor, Tensor> nll_loss_forward_cuda(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  return nll_forward(
      self,
      target,
      weight,
      reduction,
      ignore_index,
      nll_shape(self, target, weight));
}
Tensor nll_loss_backward_cuda(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index,
    const Tensor& total_weight) {
  return nll_gradient(
      grad_output,
      self,
      target,
      weight,
      reduction,
      ignore_index,
      total_weight,
      nll_shape(self, target, weight));
}
std::tuple<Tensor, Tensor> nll_loss2d_forward_cuda(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  return nll_forward(
      self,
      target,
      weight,
      reduction,
      ignore_index,
      nll2d_shape(self, target, weight));
}
Tensor nll_loss2d_backward_cuda(
    const Tensor& grad_output,
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index,
    const Tensor& total_weight) {
  return nll_gradient(
      grad_output,
      self,
      target,
      weight,
      reduction,
      ignore_index,
      total_weight,
      nll2d_shape(self, target, weight));
}

} // namespace at::native

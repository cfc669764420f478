// Fused optimizer steps on CUDA: many parameters in one launch, a row of
// blocks each. What a step depends on besides numbers (its count, a gradient
// scaler's findings) is read on the device, so that the host never waits.
#include <algorithm>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/native/FlatTensors.h"
#include "aten/native/cuda/Launch.cuh"
#include "aten/native/functors/FusedOptim.h"
#include "generated/native/FusedOptim.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"

namespace at::native {
namespace {

// Parameters of one launch: kernel arguments hold 4 KiB.
constexpr int kParameters = 32;
// Elements a thread takes before more blocks are worth it.
constexpr int kElements = 4;
constexpr int64_t kMostBlocks = 256; // of one parameter

// at[i]: param, grad, then the states of parameter i, null where unused.
template <int N>
struct Batch {
  void* at[kParameters][N];
  int64_t n[kParameters];
  const float* step[kParameters]; // counts from 1; null for SGD
};

// found_inf: of a gradient scaler, null without one.
__device__ bool is_skipped(const float* found_inf) {
  return found_inf != nullptr && *found_inf == 1.0f;
}

template <typename S, bool kMomentum, bool kNesterov, bool kFirst>
__global__ void __launch_bounds__(kThreads) sgd_kernel(
    const SgdUpdate<opmath_type<S>> update,
    const Batch<3> batch,
    const float* found_inf,
    const bool maximize) {
  using T = opmath_type<S>;
  if (is_skipped(found_inf)) {
    return;
  }
  const int k = blockIdx.y;
  auto* const param = static_cast<S*>(batch.at[k][0]);
  const auto* const grad = static_cast<const S*>(batch.at[k][1]);
  auto* const buffer = static_cast<S*>(batch.at[k][2]);
  for (int64_t i = global_thread(); i < batch.n[k]; i += global_threads()) {
    T p = static_cast<T>(param[i]);
    const T g = static_cast<T>(grad[i]);
    T b = kMomentum && !kFirst ? static_cast<T>(buffer[i]) : T(0);
    update.template operator()<kMomentum, kNesterov, kFirst>(
        p, maximize ? -g : g, b);
    param[i] = S(p);
    if (kMomentum) {
      buffer[i] = S(b);
    }
  }
}

// The numbers of Adam that do not depend on the step's count.
struct AdamSettings {
  double lr, beta1, beta2, weight_decay, eps;
  bool decoupled, maximize;
};

template <typename T>
__device__ AdamUpdate<T> adam_update(const AdamSettings& s, float step) {
  const double correction1 = 1 - pow(s.beta1, static_cast<double>(step));
  const double correction2 = 1 - pow(s.beta2, static_cast<double>(step));
  return {
      static_cast<T>(1 - s.beta1),
      static_cast<T>(s.beta1),
      static_cast<T>(s.beta2),
      static_cast<T>(1 - s.beta2),
      static_cast<T>(s.lr / correction1),
      static_cast<T>(sqrt(correction2)),
      static_cast<T>(s.eps),
      static_cast<T>(s.decoupled ? 0.0 : s.weight_decay),
      static_cast<T>(s.decoupled ? 1 - s.lr * s.weight_decay : 1.0)};
}

template <typename S, bool kAmsgrad>
__global__ void __launch_bounds__(kThreads) adam_kernel(
    const AdamSettings settings,
    const Batch<5> batch,
    const float* found_inf) {
  using T = opmath_type<S>;
  if (is_skipped(found_inf)) {
    return;
  }
  const int k = blockIdx.y;
  // Powers in double are slow on many GPUs: one thread takes them.
  __shared__ AdamUpdate<T> update;
  if (threadIdx.x == 0) {
    update = adam_update<T>(settings, *batch.step[k]);
  }
  __syncthreads();
  auto* const param = static_cast<S*>(batch.at[k][0]);
  const auto* const grad = static_cast<const S*>(batch.at[k][1]);
  auto* const exp_avg = static_cast<S*>(batch.at[k][2]);
  auto* const exp_avg_sq = static_cast<S*>(batch.at[k][3]);
  auto* const max_sq = static_cast<S*>(batch.at[k][4]);
  for (int64_t i = global_thread(); i < batch.n[k]; i += global_threads()) {
    T p = static_cast<T>(param[i]);
    T m = static_cast<T>(exp_avg[i]);
    T v = static_cast<T>(exp_avg_sq[i]);
    const T raw = static_cast<T>(grad[i]);
    const T g = update.direction(p, settings.maximize ? -raw : raw, m);
    update.second_moment(g, v);
    T second = v;
    if (kAmsgrad) {
      const T top = static_cast<T>(max_sq[i]);
      second = top > v ? top : v;
      max_sq[i] = S(second);
    }
    update.apply(p, m, second);
    param[i] = S(p);
    exp_avg[i] = S(m);
    exp_avg_sq[i] = S(v);
  }
}

// ---------------------------------------------------------------- launches

const float* pointer_of(const Tensor& t) {
  return t.defined() ? static_cast<const float*>(t.data_ptr()) : nullptr;
}

Tensor on_device(const Tensor& t, c10::Device device) {
  return t.defined() ? t.to(device, c10::ScalarType::Float) : t;
}

// start(dtype, batch, found_inf, grid) for batches of at most kParameters of
// one dtype and device. tensors(i): param, grad and the N - 2 states of
// parameter i.
template <int N, typename Tensors, typename Start>
void for_each_batch(
    TensorList self,
    TensorList steps,
    const Tensor& found_inf,
    const Tensors& tensors,
    const Start& start) {
  size_t i = 0;
  while (i < self.size()) {
    const c10::Device device = self[i].device();
    const ScalarType dtype = self[i].scalar_type();
    const DeviceGuard guard(device);
    Batch<N> batch{};
    std::vector<FlatTensors> held;
    std::vector<Tensor> counts;
    int count = 0;
    int64_t most = 0;
    for (; i < self.size() && count < kParameters; ++i) {
      if (self[i].device() != device || self[i].scalar_type() != dtype) {
        break;
      }
      if (self[i].numel() == 0) {
        continue;
      }
      held.push_back(tensors(i));
      for (int a = 0; a < N; ++a) {
        batch.at[count][a] = held.back()[static_cast<size_t>(a)];
      }
      batch.n[count] = self[i].numel();
      if (!steps.empty()) {
        counts.push_back(on_device(steps[i], device));
        batch.step[count] = pointer_of(counts.back());
      }
      most = std::max(most, batch.n[count]);
      ++count;
    }
    if (count > 0) {
      const int64_t blocks = std::min(
          kMostBlocks, (most + kThreads * kElements - 1) / (kThreads * kElements));
      const Tensor found = on_device(found_inf, device);
      start(
          dtype,
          batch,
          pointer_of(found),
          dim3(static_cast<unsigned>(blocks), static_cast<unsigned>(count)));
    }
    for (FlatTensors& flat : held) {
      flat.finish();
    }
  }
}

// By a gradient scaler's factor, in place. The host does not know yet whether
// the step will be left out.
void unscale(TensorList grads, const Tensor& grad_scale) {
  if (grad_scale.defined()) {
    for (Tensor grad : grads) {
      grad.div_(grad_scale.to(grad.device()));
    }
  }
}

void run_adam(
    const AdamSettings& settings, TensorList self, TensorList grads,
    TensorList exp_avgs, TensorList exp_avg_sqs, TensorList max_exp_avg_sqs,
    TensorList state_steps, bool amsgrad, const Tensor& grad_scale,
    const Tensor& found_inf) {
  unscale(grads, grad_scale);
  const auto tensors = [&](size_t i) {
    return FlatTensors(
        {self[i], grads[i], exp_avgs[i], exp_avg_sqs[i],
         amsgrad ? at_or_undefined(max_exp_avg_sqs, i) : Tensor()});
  };
  for_each_batch<5>(
      self, state_steps, found_inf, tensors,
      [&](ScalarType dtype, const Batch<5>& batch, const float* found,
          dim3 grid) {
        dispatch_floating_types(dtype, "fused_adam", [&](auto type) {
          using S = decltype(type);
          auto* const kernel =
              amsgrad ? adam_kernel<S, true> : adam_kernel<S, false>;
          launch(kernel, grid, kThreads, settings, batch, found);
        });
      });
}

} // namespace

void fused_sgd_cuda_(
    TensorList self, TensorList grads, TensorList momentum_buffer_list,
    double weight_decay, double momentum, double lr, double dampening,
    bool nesterov, bool maximize, bool is_first_step, const Tensor& grad_scale,
    const Tensor& found_inf) {
  unscale(grads, grad_scale);
  const auto tensors = [&](size_t i) {
    return FlatTensors(
        {self[i], grads[i],
         momentum != 0 ? at_or_undefined(momentum_buffer_list, i) : Tensor()});
  };
  const bool has_buffer = momentum != 0 && !momentum_buffer_list.empty();
  for_each_batch<3>(
      self, {}, found_inf, tensors,
      [&](ScalarType dtype, const Batch<3>& batch, const float* found,
          dim3 grid) {
        dispatch_floating_types(dtype, "fused_sgd", [&](auto type) {
          using S = decltype(type);
          using T = opmath_type<S>;
          const SgdUpdate<T> update{
              static_cast<T>(lr), static_cast<T>(weight_decay),
              static_cast<T>(momentum), static_cast<T>(1 - dampening)};
          auto* const kernel = !has_buffer ? sgd_kernel<S, false, false, false>
              : nesterov ? (is_first_step ? sgd_kernel<S, true, true, true>
                                          : sgd_kernel<S, true, true, false>)
                         : (is_first_step ? sgd_kernel<S, true, false, true>
                                          : sgd_kernel<S, true, false, false>);
          launch(
              kernel, grid, kThreads, update, batch, found, maximize);
        });
      });
}

void fused_adam_cuda_(
    TensorList self, TensorList grads, TensorList exp_avgs,
    TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps,
    double lr, double beta1, double beta2, double weight_decay, double eps,
    bool amsgrad, bool maximize, const Tensor& grad_scale,
    const Tensor& found_inf) {
  run_adam(
      {lr, beta1, beta2, weight_decay, eps, false, maximize}, self, grads,
      exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, amsgrad, grad_scale,
      found_inf);
}

void fused_adamw_cuda_(
    TensorList self, TensorList grads, TensorList exp_avgs,
    TensorList exp_avg_sqs, TensorList max_exp_avg_sqs, TensorList state_steps,
    double lr, double beta1, double beta2, double weight_decay, double eps,
    bool amsgrad, bool maximize, const Tensor& grad_scale,
    const Tensor& found_inf) {
  run_adam(
      {lr, beta1, beta2, weight_decay, eps, true, maximize}, self, grads,
      exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, amsgrad, grad_scale,
      found_inf);
}

} // namespace at::native

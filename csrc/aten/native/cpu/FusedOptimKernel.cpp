// Fused optimizer steps: every state is read and written once. The formulas
// are in functors/FusedOptim.h; plain loops, which the compiler vectorises.
#include "aten/native/FusedOptim.h"

#include <algorithm>
#include <cmath>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/native/functors/FusedOptim.h"

namespace at::native {
namespace {

template <typename S, bool kMomentum, bool kNesterov, bool kFirst>
void sgd_range(
    const SgdUpdate<opmath_type<S>>& update,
    const SgdStep& step,
    int64_t begin,
    int64_t end) {
  using T = opmath_type<S>;
  S* const C10_RESTRICT param = static_cast<S*>(step.param);
  const S* const C10_RESTRICT grad = static_cast<const S*>(step.grad);
  S* const C10_RESTRICT buffer = static_cast<S*>(step.momentum_buffer);
  const T sign = step.maximize ? T(-1) : T(1);
  for (int64_t i = begin; i < end; ++i) {
    T p = static_cast<T>(param[i]);
    T b = kMomentum && !kFirst ? static_cast<T>(buffer[i]) : T(0);
    update.template operator()<kMomentum, kNesterov, kFirst>(
        p, sign * static_cast<T>(grad[i]), b);
    param[i] = S(p);
    if (kMomentum) {
      buffer[i] = S(b);
    }
  }
}

void fused_sgd_kernel(const SgdStep& step) {
  dispatch_floating_types(step.dtype, "fused_sgd", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const SgdUpdate<T> update{
        static_cast<T>(step.lr),
        static_cast<T>(step.weight_decay),
        static_cast<T>(step.momentum),
        static_cast<T>(1 - step.dampening)};
    const bool momentum = step.momentum_buffer != nullptr;
    auto* const range = !momentum ? sgd_range<S, false, false, false>
        : step.nesterov
        ? (step.is_first_step ? sgd_range<S, true, true, true>
                              : sgd_range<S, true, true, false>)
        : (step.is_first_step ? sgd_range<S, true, false, true>
                              : sgd_range<S, true, false, false>);
    parallel_for(0, step.n, kGrainSize, [&](int64_t begin, int64_t end) {
      range(update, step, begin, end);
    });
  });
}

template <typename S, bool kAmsgrad>
void adam_range(
    const AdamUpdate<opmath_type<S>>& update,
    const AdamStep& step,
    int64_t begin,
    int64_t end) {
  using T = opmath_type<S>;
  S* const C10_RESTRICT param = static_cast<S*>(step.param);
  const S* const C10_RESTRICT grad = static_cast<const S*>(step.grad);
  S* const C10_RESTRICT exp_avg = static_cast<S*>(step.exp_avg);
  S* const C10_RESTRICT exp_avg_sq = static_cast<S*>(step.exp_avg_sq);
  S* const C10_RESTRICT max_sq = static_cast<S*>(step.max_exp_avg_sq);
  const T sign = step.maximize ? T(-1) : T(1);
  for (int64_t i = begin; i < end; ++i) {
    T p = static_cast<T>(param[i]);
    T m = static_cast<T>(exp_avg[i]);
    T v = static_cast<T>(exp_avg_sq[i]);
    const T g = update.direction(p, sign * static_cast<T>(grad[i]), m);
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

void fused_adam_kernel(const AdamStep& step) {
  dispatch_floating_types(step.dtype, "fused_adam", [&](auto type) {
    using S = decltype(type);
    using T = opmath_type<S>;
    const bool decoupled = step.decoupled_weight_decay;
    const double correction1 = 1 - std::pow(step.beta1, step.step);
    const double correction2 = 1 - std::pow(step.beta2, step.step);
    const AdamUpdate<T> update{
        static_cast<T>(1 - step.beta1),
        static_cast<T>(step.beta1),
        static_cast<T>(step.beta2),
        static_cast<T>(1 - step.beta2),
        static_cast<T>(step.lr / correction1),
        static_cast<T>(std::sqrt(correction2)),
        static_cast<T>(step.eps),
        static_cast<T>(decoupled ? 0.0 : step.weight_decay),
        static_cast<T>(decoupled ? 1 - step.lr * step.weight_decay : 1.0)};
    auto* const range =
        step.max_exp_avg_sq ? adam_range<S, true> : adam_range<S, false>;
    parallel_for(0, step.n, kGrainSize, [&](int64_t begin, int64_t end) {
      range(update, step, begin, end);
    });
  });
}

} // namespace

REGISTER_DISPATCH(fused_sgd_stub, fused_sgd_kernel);
REGISTER_DISPATCH(fused_adam_stub, fused_adam_kernel);

} // namespace at::native

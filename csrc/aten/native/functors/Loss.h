// Losses and their derivatives, one element at a time. x is the input, y the
// target, g the gradient of the loss; `scale` carries 1 / numel of a mean.
#pragma once

#include <cmath>

#include "aten/cuda/KernelAssert.h"
#include "aten/native/functors/Select.h"
#include "c10/macros/Macros.h"

namespace at::native {
namespace {

template <typename T>
struct MseLoss {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y) const {
    const V d = x - y;
    return d * d;
  }
};
template <typename T>
struct MseLossBackward {
  T scale;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y, V g) const {
    return V(scale * T(2)) * (x - y) * g;
  }
};

// R. Girshick: Fast R-CNN (2015), equation 3, with the turn at beta:
// d^2 / (2 beta) where |d| < beta, else |d| - beta / 2.
template <typename T>
struct SmoothL1Loss {
  T beta;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y) const {
    using std::abs;
    const V d = abs(x - y);
    return select(
        d < V(beta), V(T(0.5)) * d * d / V(beta), d - V(T(0.5) * beta));
  }
};
template <typename T>
struct SmoothL1LossBackward {
  T beta, scale;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y, V g) const {
    using std::abs;
    const V d = x - y;
    const V sign =
        select(d > V(T(0)), V(T(1)), select(d < V(T(0)), V(T(-1)), V(T(0))));
    return V(scale) * g * select(abs(d) < V(beta), d / V(beta), sign);
  }
};

// P. Huber: Robust estimation of a location parameter (1964):
// d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2).
template <typename T>
struct HuberLoss {
  T delta;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y) const {
    using std::abs;
    const V d = abs(x - y);
    return select(
        d <= V(delta), V(T(0.5)) * d * d, V(delta) * (d - V(T(0.5) * delta)));
  }
};
template <typename T>
struct HuberLossBackward {
  T delta, scale;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y, V g) const {
    const V d = x - y;
    const V clipped =
        select(d > V(delta), V(delta), select(d < V(-delta), V(-delta), d));
    return V(scale) * g * clipped;
  }
};

// -y log x - (1 - y) log(1 - x), the logarithms no lower than -100.
template <typename T>
struct BinaryCrossEntropy {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y) const {
    using std::log;
    using std::log1p;
#ifdef __CUDA_ARCH__ // the CPU's body looks before it calls the kernel
    CUDA_KERNEL_ASSERT(x >= V(T(0)) && x <= V(T(1)));
#endif
    const V floor(T(-100));
    const V log_x = log(x);
    const V log_1mx = log1p(-x);
    return (y - V(T(1))) * select(log_1mx < floor, floor, log_1mx) -
        y * select(log_x < floor, floor, log_x);
  }
};
template <typename T>
struct BinaryCrossEntropyBackward {
  T scale;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y, V g) const {
    const V variance = (V(T(1)) - x) * x;
    const V epsilon(T(1e-12));
    return V(scale) * g * (x - y) /
        select(variance < epsilon, epsilon, variance);
  }
};

// (1 - y) x - log sigmoid(x), without overflow for large |x|.
template <typename T>
struct BceWithLogits {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y) const {
    using std::abs;
    using std::exp;
    using std::log1p;
    const V zero(T(0));
    const V log_sigmoid = select(x < zero, x, zero) - log1p(exp(-abs(x)));
    return (V(T(1)) - y) * x - log_sigmoid;
  }
};
// The same with the positive part weighted: w stands in for pos_weight.
template <typename T>
struct BceWithLogitsWeighted {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V y, V w) const {
    using std::abs;
    using std::exp;
    using std::log1p;
    const V zero(T(0));
    const V one(T(1));
    const V log_sigmoid = select(x < zero, x, zero) - log1p(exp(-abs(x)));
    return (one - y) * x - ((w - one) * y + one) * log_sigmoid;
  }
};

} // namespace
} // namespace at::native

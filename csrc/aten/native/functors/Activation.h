// Formulas of the pointwise activation functions and of their derivatives.
// T: the compute type; V: T or Vectorized<T>. x is the input, y the output, g
// the gradient of the output.
#pragma once

#include <cmath>

#include "aten/native/functors/Select.h"
#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

template <typename T>
struct Threshold {
  T threshold;
  T value;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    return select(x <= V(threshold), V(value), x);
  }
};
template <typename T>
struct ThresholdBackward {
  T threshold;
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    return select(x <= V(threshold), V(T(0)), g);
  }
};
// y = sigmoid(x): g y (1 - y)
template <typename T>
struct SigmoidBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V y) const {
    if constexpr (c10::is_complex<T>::value) {
      return g * conj((T(1) - y) * y);
    } else {
      return g * (V(T(1)) - y) * y;
    }
  }
};
// y = tanh(x): g (1 - y^2)
template <typename T>
struct TanhBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V y) const {
    if constexpr (c10::is_complex<T>::value) {
      return g * conj(T(1) - y * y);
    } else {
      return g * (V(T(1)) - y * y);
    }
  }
};

// x Phi(x), Phi the normal distribution function.
template <typename T>
struct Gelu {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::erf;
    return x * V(T(0.5)) *
        (V(T(1)) + erf(x * V(T(0.70710678118654752440))));
  }
};
template <typename T>
struct GeluBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::erf;
    using std::exp;
    const V cdf = V(T(0.5)) *
        (V(T(1)) + erf(x * V(T(0.70710678118654752440))));
    const V pdf = exp(x * x * V(T(-0.5))) * V(T(0.39894228040143267794));
    return g * (cdf + x * pdf);
  }
};
// x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
template <typename T>
struct GeluTanh {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::tanh;
    const V inner = V(T(0.79788456080286535588)) *
        (x + V(T(0.044715)) * x * x * x);
    return V(T(0.5)) * x * (V(T(1)) + tanh(inner));
  }
};
template <typename T>
struct GeluTanhBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::tanh;
    const V scale = V(T(0.79788456080286535588));
    const V cubic = V(T(0.044715));
    const V half = V(T(0.5));
    const V one = V(T(1));
    const V t = tanh(scale * (x + cubic * x * x * x));
    const V slope = scale * (one + V(T(3)) * cubic * x * x);
    return g * (half * (one + t) + half * x * (one - t * t) * slope);
  }
};

template <typename T>
struct Silu {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::exp;
    return x / (V(T(1)) + exp(-x));
  }
};
// x sigmoid(gate)
template <typename T>
struct Glu {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V gate) const {
    using std::exp;
    return x * (V(T(1)) / (V(T(1)) + exp(-gate)));
  }
};
template <typename T>
struct SiluBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::exp;
    const V one = V(T(1));
    const V s = one / (one + exp(-x));
    return g * s * (one + x * (one - s));
  }
};
// x tanh(softplus(x)); tanh(log(1 + e)) = (e^2 + 2e) / (e^2 + 2e + 2)
template <typename T>
struct Mish {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::exp;
    using std::log1p;
    using std::tanh;
    return x * tanh(log1p(exp(x)));
  }
};
template <typename T>
struct MishBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::exp;
    using std::log1p;
    using std::tanh;
    const V one = V(T(1));
    const V s = one / (one + exp(-x));
    const V t = tanh(log1p(exp(x)));
    return g * (t + x * s * (one - t * t));
  }
};
template <typename T>
struct Softplus {
  T beta;
  T threshold;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::exp;
    using std::log1p;
    const V scaled = x * V(beta);
    return select(
        scaled > V(threshold), x, log1p(exp(scaled)) / V(beta));
  }
};
template <typename T>
struct SoftplusBackward {
  T beta;
  T threshold;
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::exp;
    const V z = exp(x * V(beta));
    return select(
        x * V(beta) > V(threshold), g, g * z / (z + V(T(1))));
  }
};
template <typename T>
struct LeakyRelu {
  T slope;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    return select(x > V(T(0)), x, x * V(slope));
  }
};
template <typename T>
struct LeakyReluBackward {
  T slope;
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    return select(x > V(T(0)), g, g * V(slope));
  }
};
template <typename T>
struct Elu {
  T negative; // alpha * scale
  T positive; // scale
  T input_scale;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::expm1;
    return select(
        x < V(T(0)),
        expm1(x * V(input_scale)) * V(negative),
        x * V(positive));
  }
};
template <typename T>
struct EluBackward {
  T negative;
  T positive;
  T input_scale;
  bool is_result;
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::exp;
    const V inner = V(negative) * V(input_scale);
    const V below = is_result
        ? g * V(input_scale) * (x + V(negative))
        : g * inner * exp(x * V(input_scale));
    return select(x <= V(T(0)), below, g * V(positive));
  }
};
template <typename T>
struct HardtanhBackward {
  T min;
  T max;
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    return select((x <= V(min)) | (x >= V(max)), V(T(0)), g);
  }
};

// min(max(x + 3, 0), 6): the ramp of the hard functions.
template <typename T, typename V>
C10_HOST_DEVICE V ramp6(V x) {
  const V zero = V(T(0));
  const V six = V(T(6));
  const V shifted = x + V(T(3));
  const V low = select(shifted < zero, zero, shifted);
  return select(low > six, six, low);
}
template <typename T>
struct Hardswish {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    return x * ramp6<T>(x) / V(T(6));
  }
};
template <typename T>
struct HardswishBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    const V three = V(T(3));
    const V middle = g * (x / three + V(T(0.5)));
    return select(
        x <= -three, V(T(0)), select(x < three, middle, g));
  }
};
template <typename T>
struct Hardsigmoid {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    return ramp6<T>(x) / V(T(6));
  }
};
template <typename T>
struct HardsigmoidBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    const V three = V(T(3));
    return select(
        (x > -three) & (x < three), g / V(T(6)), V(T(0)));
  }
};
// -log(1 + exp(-x)) = min(x, 0) - log1p(exp(-|x|))
template <typename T>
struct LogSigmoid {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    using std::abs;
    using std::exp;
    using std::log1p;
    const V zero = V(T(0));
    return select(x > zero, zero, x) - log1p(exp(-abs(x)));
  }
};
template <typename T>
struct LogSigmoidBackward {
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    using std::exp;
    return g / (V(T(1)) + exp(x));
  }
};
template <typename T>
struct Softshrink {
  T lambd;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    const V l = V(lambd);
    // NaN stays: NaN * 0
    return select(
        x > l, x - l, select(x < -l, x + l, x * V(T(0))));
  }
};
template <typename T>
struct Hardshrink {
  T lambd;
  template <typename V>
  C10_HOST_DEVICE V operator()(V x) const {
    const V l = V(lambd);
    return select((x >= -l) & (x <= l), V(T(0)), x);
  }
};
// Of both shrinks: the gradient passes outside of [-lambd, lambd].
template <typename T>
struct ShrinkBackward {
  T lambd;
  template <typename V>
  C10_HOST_DEVICE V operator()(V g, V x) const {
    const V l = V(lambd);
    return select((x >= -l) & (x <= l), V(T(0)), g);
  }
};
template <typename T>
struct Prelu {
  template <typename V>
  C10_HOST_DEVICE V operator()(V x, V weight) const {
    return select(x > V(T(0)), x, weight * x);
  }
};

} // namespace
} // namespace at::native

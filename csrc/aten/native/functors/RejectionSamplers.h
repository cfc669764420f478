// Samplers that draw until a candidate is accepted: Poisson, binomial, gamma.
// They take uniforms one by one from `uniform`, a callable; nothing here is
// fused. T is the element type of the parameters.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "c10/macros/Macros.h"

namespace at::native {
namespace {

// W. Hormann: The transformed rejection method for generating Poisson random
// variables (1993), algorithm PTRS; for small rates a product of uniforms.
template <typename Uniform>
C10_HOST_DEVICE int64_t sample_poisson(double rate, Uniform&& uniform) {
  if (rate == 0) {
    return 0;
  }
  if (rate < 10) {
    const double limit = std::exp(-rate);
    double product = 1.0;
    for (int64_t k = 0;; ++k) {
      product *= uniform();
      if (product <= limit) {
        return k;
      }
    }
  }
  const double log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = uniform() - 0.5;
    const double v = uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) {
      return static_cast<int64_t>(k);
    }
    if (k < 0 || (us < 0.013 && v > us)) {
      continue;
    }
    const double left =
        std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b);
    if (left <= -rate + k * log_rate - std::lgamma(k + 1)) {
      return static_cast<int64_t>(k);
    }
  }
}

// log k! minus Stirling's main terms.
C10_HOST_DEVICE inline double stirling_tail(double k) {
  constexpr double kTable[] = {
      0.0810614667953272, 0.0413406959554092, 0.0276779256849983,
      0.02079067210376509, 0.0166446911898211, 0.0138761288230707,
      0.0118967099458917, 0.0104112652619720, 0.00925546218271273,
      0.00833056343336287};
  if (k < 10) {
    return kTable[static_cast<int>(k)];
  }
  const double q = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / q) / q) / (k + 1);
}

// W. Hormann: The generation of binomial random variates (1993), BTRS.
// n * p >= 10 and p <= 1/2. Products of n, p and k are rounded to T.
template <typename T, typename Uniform>
C10_HOST_DEVICE T sample_binomial_btrs(T count, T prob, Uniform&& uniform) {
  const T product = count * prob;
  const T rest = T(1) - prob;
  const double deviation = std::sqrt(static_cast<T>(product * rest));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * static_cast<double>(prob);
  const double c = static_cast<double>(product) + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  const double r = prob / rest;
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const T m_plus = count + T(1);
  const double m = std::floor(static_cast<T>(m_plus * prob));
  const double n = count;
  const auto rounded = [](double x) {
    return static_cast<double>(static_cast<T>(x));
  };
  for (;;) {
    const double u = uniform() - 0.5;
    double v = uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = rounded(std::floor((2 * a / us + b) * u + c));
    if (k < 0 || k > n) {
      continue;
    }
    if (us >= 0.07 && v <= v_r) {
      return static_cast<T>(k);
    }
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (r * (n - m + 1))) +
        rounded(n + 1) * std::log((n - m + 1) / rounded(n - k + 1)) +
        (k + 0.5) * std::log(r * rounded(n - k + 1) / rounded(k + 1)) +
        stirling_tail(m) + stirling_tail(n - m) - stirling_tail(k) -
        stirling_tail(rounded(n - k));
    if (v <= bound) {
      return static_cast<T>(k);
    }
  }
}

// Sums of geometric gaps until they exceed n.
template <typename T, typename Uniform>
C10_HOST_DEVICE T sample_binomial_gaps(T count, T prob, Uniform&& uniform) {
  const double log_rest = std::log1p(-prob);
  double sum = 0;
  for (int64_t k = 0;; ++k) {
    sum += std::ceil(std::log(uniform()) / log_rest);
    if (sum > static_cast<double>(count)) {
      return static_cast<T>(k);
    }
  }
}

template <typename T, typename Uniform>
C10_HOST_DEVICE T sample_binomial(T count, T prob, Uniform&& uniform) {
  if (count <= 0 || prob <= 0) {
    return T(0);
  }
  if (prob >= 1) {
    return count;
  }
  const bool small = prob <= 0.5;
  const T q = small ? prob : static_cast<T>(1.0 - static_cast<double>(prob));
  const T k = static_cast<T>(count * q) >= 10
      ? sample_binomial_btrs<T>(count, q, uniform)
      : sample_binomial_gaps<T>(count, q, uniform);
  return small ? k : static_cast<T>(count - k);
}

// G. Marsaglia, W. Tsang: A simple method for generating gamma variables
// (2000), with their boost for alpha < 1.
template <typename T, typename Uniform, typename Normal>
C10_HOST_DEVICE double sample_gamma(T alpha, Uniform&& uniform, Normal&& normal) {
  double scale = 1.0;
  if (alpha < T(1)) {
    if (alpha == T(0)) {
      return 0.0;
    }
    const T inverse = T(1) / alpha;
    scale = std::pow(1 - uniform(), static_cast<double>(inverse));
    alpha = alpha + T(1);
  }
  const T third = static_cast<T>(1.0f / 3.0f);
  const double d = static_cast<T>(alpha - third);
  const double c = 1.0 / std::sqrt(9 * d);
  for (;;) {
    double x, y;
    do {
      x = normal();
      y = 1.0 + c * x;
    } while (y <= 0);
    const double v = y * y * y;
    const double u = 1 - uniform();
    const double xx = x * x;
    if (u < 1.0 - static_cast<double>(0.0331f) * xx * xx ||
        std::log(u) < 0.5 * xx + d * (1.0 - v + std::log(v))) {
      return scale * d * v;
    }
  }
}

} // namespace
} // namespace at::native

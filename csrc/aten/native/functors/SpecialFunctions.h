// Special functions of one number. None has a vector form.
#pragma once

#include <cmath>
#include <limits>

#include "c10/macros/Macros.h"
#include "c10/util/complex.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

constexpr double kPi = 3.14159265358979323846;

// The logarithmic derivative of gamma: reflection for x < 0, recurrence up to
// 10, then the asymptotic series (Abramowitz and Stegun, 6.3.18).
template <typename T>
struct Digamma {
  C10_HOST_DEVICE T operator()(T x) const {
    if (x == T(0)) {
      return std::copysign(std::numeric_limits<T>::infinity(), -x);
    }
    double v = static_cast<double>(x);
    double result = 0;
    if (v < 0) {
      if (v == std::trunc(v)) {
        return std::numeric_limits<T>::quiet_NaN();
      }
      const double fraction = v - std::floor(v);
      result = -kPi / std::tan(kPi * fraction);
      v = 1 - v;
    }
    while (v < 10) {
      result -= 1 / v;
      v += 1;
    }
    const double z = 1 / (v * v);
    const double series = z *
        (1.0 / 12 -
         z *
             (1.0 / 120 -
              z *
                  (1.0 / 252 -
                   z *
                       (1.0 / 240 -
                        z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
    return static_cast<T>(result + std::log(v) - 0.5 / v - series);
  }
};

// The inverse of erf: a start from Winitzki's formula (2008), then Newton
// steps of third order (Halley) in double.
template <typename T>
struct Erfinv {
  C10_HOST_DEVICE T operator()(T x) const {
    const double y = static_cast<double>(x);
    if (!(std::fabs(y) < 1)) {
      return std::fabs(y) == 1
          ? std::copysign(std::numeric_limits<T>::infinity(), x)
          : std::numeric_limits<T>::quiet_NaN();
    }
    if (y == 0) {
      return x;
    }
    const double a = 0.147;
    const double l = std::log1p(-y * y);
    const double b = 2 / (kPi * a) + l / 2;
    double z = std::copysign(std::sqrt(std::sqrt(b * b - l / a) - b), y);
    for (int i = 0; i < 3; ++i) {
      // Near one, erfc keeps the digits that erf has lost.
      const double size = std::fabs(y);
      const double lost = (1 - size) - std::erfc(std::fabs(z));
      const double error =
          size > 0.5 ? (y < 0 ? -lost : lost) : std::erf(z) - y;
      const double slope = 1.1283791670955126 * std::exp(-z * z);
      const double step = error / slope;
      z -= step / (1 + z * step);
    }
    return static_cast<T>(z);
  }
};

// sin(pi x) / (pi x)
template <typename T>
struct Sinc {
  C10_HOST_DEVICE T operator()(T x) const {
    using std::sin;
    if (x == T(0)) {
      return T(1);
    }
    const T angle = x * T(kPi);
    return sin(angle) / angle;
  }
};

// log(x / (1 - x)), x first brought into [eps, 1 - eps] where eps >= 0.
template <typename T>
struct Logit {
  T eps;
  C10_HOST_DEVICE T operator()(T x) const {
    if (eps >= T(0)) {
      x = x < eps ? eps : x > T(1) - eps ? T(1) - eps : x;
    }
    return x == T(1) ? std::numeric_limits<T>::infinity()
                     : std::log(x / (T(1) - x));
  }
};
template <typename T>
struct LogitBackward {
  T eps;
  C10_HOST_DEVICE T operator()(T g, T x) const {
    if (eps < T(0)) {
      return x < T(0) || x > T(1) ? std::numeric_limits<T>::quiet_NaN()
          : x == T(0) || x == T(1)
          ? g * std::numeric_limits<T>::infinity()
          : g / (x * (T(1) - x));
    }
    return x < eps || x > T(1) - eps ? T(0) : g / (x * (T(1) - x));
  }
};

// Modified Bessel functions of the first kind, orders 0 and 1, scaled by
// exp(-|x|): the power series while it converges fast, else the asymptotic
// one (Abramowitz and Stegun, 9.6.10 and 9.7.1).
template <int kOrder>
C10_HOST_DEVICE double scaled_bessel_i(double x) {
  const double size = std::fabs(x);
  double sum;
  if (size < 25) {
    const double quarter = size * size / 4;
    double term = kOrder == 0 ? 1 : size / 2;
    sum = term;
    for (int k = 1; k < 200 && term > sum * 1e-18; ++k) {
      term *= quarter / (static_cast<double>(k) * (k + kOrder));
      sum += term;
    }
    sum *= std::exp(-size);
  } else {
    const double mu = 4.0 * kOrder * kOrder;
    double term = 1;
    sum = 1;
    for (int k = 1; k < 30; ++k) {
      const double odd = 2 * k - 1;
      const double next = -term * (mu - odd * odd) / (k * 8 * size);
      if (std::fabs(next) > std::fabs(term)) {
        break;
      }
      term = next;
      sum += term;
    }
    sum /= std::sqrt(2 * kPi * size);
  }
  return kOrder == 1 && x < 0 ? -sum : sum;
}
#define AT_BESSEL_FUNCTOR_(Name, order, scale)                        \
  template <typename T>                                               \
  struct Name {                                                       \
    C10_HOST_DEVICE T operator()(T x) const {                         \
      const double v = static_cast<double>(x);                        \
      return static_cast<T>(scaled_bessel_i<order>(v) * (scale));     \
    }                                                                 \
  };
AT_BESSEL_FUNCTOR_(BesselI0, 0, std::exp(std::fabs(v)))
AT_BESSEL_FUNCTOR_(BesselI0e, 0, 1.0)
AT_BESSEL_FUNCTOR_(BesselI1, 1, std::exp(std::fabs(v)))
AT_BESSEL_FUNCTOR_(BesselI1e, 1, 1.0)
#undef AT_BESSEL_FUNCTOR_

// The Hurwitz zeta function, sum over k >= 0 of (q + k)^-x: the first terms,
// then Euler and Maclaurin's formula for the rest.
template <typename T>
struct Zeta {
  C10_HOST_DEVICE T operator()(T self, T other) const {
    const double x = static_cast<double>(self);
    const double q = static_cast<double>(other);
    if (x == 1) {
      return std::numeric_limits<T>::infinity();
    }
    if (x < 1) {
      return std::numeric_limits<T>::quiet_NaN();
    }
    if (q <= 0) {
      if (q == std::floor(q)) {
        return std::numeric_limits<T>::infinity();
      }
      if (x != std::floor(x)) {
        return std::numeric_limits<T>::quiet_NaN();
      }
    }
    double sum = 0;
    double a = q;
    for (int k = 0; k < 12 || a < 12; ++k, a += 1) {
      sum += std::pow(a, -x);
    }
    // a^(1-x) / (x-1) + a^-x / 2 + sum B_2j / (2j)! x (x+1) .. a^(-x-2j+1)
    const double bernoulli[] = {
        1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730,
        7.0 / 6, -3617.0 / 510};
    const double power = std::pow(a, -x);
    sum += power * a / (x - 1) + power / 2;
    double factor = x * power / a / 2;
    for (int j = 1; j <= 8; ++j) {
      sum += bernoulli[j - 1] * factor;
      const double k = 2 * j;
      factor *= (x + k - 1) * (x + k) / (a * a * (k + 1) * (k + 2));
    }
    return static_cast<T>(sum);
  }
};

// The derivative of digamma: reflection for x < 1/2, six steps of the
// recurrence, then the asymptotic series (Abramowitz and Stegun, 6.4.12).
template <typename T>
struct Trigamma {
  C10_HOST_DEVICE T operator()(T x) const {
    const bool reflected = x < T(0.5);
    T result = 0;
    if (reflected) {
      const T sine = std::sin(T(kPi) * x);
      result = -T(kPi * kPi) / (sine * sine);
      x = 1 - x;
    }
    for (int i = 0; i < 6; ++i, x += 1) {
      result += 1 / (x * x);
    }
    const T z = 1 / (x * x);
    const T series = z * (T(1) / 6 - z * (T(1) / 30 - z / 42));
    result += (1 + 1 / (2 * x) + series) / x;
    return reflected ? -result : result;
  }
};
// The derivative of digamma of order s - 1, factor = (-1)^s (s - 1)!
template <typename T>
struct Polygamma {
  T s;
  T factor;
  C10_HOST_DEVICE T operator()(T x) const { return factor * Zeta<T>{}(s, x); }
};

// exp(x^2) erfc(x): directly while exp(x^2) is small, else Lentz's continued
// fraction 1 / (x + (1/2) / (x + 1 / (x + (3/2) / ...))) / sqrt(pi).
C10_HOST_DEVICE inline double scaled_erfc(double x) {
  if (x < 2) {
    return x < -26.7 ? std::numeric_limits<double>::infinity()
                     : std::exp(x * x) * std::erfc(x);
  }
  double tail = x;
  for (int k = x < 4 ? 120 : 60; k > 0; --k) {
    tail = x + 0.5 * k / tail;
  }
  return 0.56418958354775628695 / tail;
}
template <typename T>
struct Erfcx {
  C10_HOST_DEVICE T operator()(T x) const {
    return static_cast<T>(scaled_erfc(static_cast<double>(x)));
  }
};
// log of the normal distribution function.
template <typename T>
struct LogNdtr {
  C10_HOST_DEVICE T operator()(T self) const {
    const double x = static_cast<double>(self);
    const double t = x * 0.70710678118654752440;
    return static_cast<T>(
        x < -1 ? std::log(scaled_erfc(-t) / 2) - t * t
               : std::log1p(-std::erfc(t) / 2));
  }
};
// The inverse of the normal distribution function: Newton steps of third
// order on the logarithm of the smaller tail.
template <typename T>
struct Ndtri {
  C10_HOST_DEVICE T operator()(T self) const {
    const double p = static_cast<double>(self);
    if (!(p > 0 && p < 1)) {
      return p == 0  ? -std::numeric_limits<T>::infinity()
          : p == 1   ? std::numeric_limits<T>::infinity()
                     : std::numeric_limits<T>::quiet_NaN();
    }
    const double tail = p < 0.5 ? p : 1 - p;
    // Abramowitz and Stegun, 26.2.23
    const double t = std::sqrt(-2 * std::log(tail));
    double x = -(t -
                 (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
    for (int i = 0; i < 3; ++i) {
      const double cdf = std::erfc(-x * 0.70710678118654752440) / 2;
      const double slope = 0.39894228040143267794 * std::exp(-x * x / 2);
      const double step = (cdf - tail) / slope;
      x -= step / (1 + x * step / 2);
    }
    return static_cast<T>(p < 0.5 ? x : -x);
  }
};

// -x log x
template <typename T>
struct Entropy {
  C10_HOST_DEVICE T operator()(T x) const {
    return x != x    ? x
        : x > T(0)   ? -x * std::log(x)
        : x == T(0)  ? T(0)
                     : -std::numeric_limits<T>::infinity();
  }
};

} // namespace
} // namespace at::native

// For tests of whole kernels on the CPU: the emulation of cuda_fibers.h, and
// tensors to compare. Include it before the kernel file.
#pragma once

#include "cuda_fibers.h"

#include <gtest/gtest.h>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorShape.h"

namespace testing_cuda {

using at::IntArrayRef;
using at::ScalarType;
using at::Tensor;

inline Tensor empty(IntArrayRef sizes, ScalarType dtype = at::kFloat) {
  return Tensor(at::detail::empty(sizes, dtype));
}

// Multiples of 1/64 in [-4, 4), with many ties.
inline Tensor random(
    IntArrayRef sizes,
    ScalarType dtype = at::kFloat,
    unsigned seed = 1) {
  const Tensor t = empty(sizes);
  std::mt19937 random(seed);
  auto* const data = static_cast<float*>(t.data_ptr());
  for (int64_t i = 0; i < t.numel(); ++i) {
    data[i] = static_cast<float>(random() % 512) / 64 - 4;
  }
  return t.to(dtype);
}
// Integers in [0, bound).
inline Tensor random_longs(
    IntArrayRef sizes,
    int64_t bound,
    unsigned seed = 1) {
  const Tensor t = empty(sizes, at::kLong);
  std::mt19937 random(seed);
  auto* const data = static_cast<int64_t*>(t.data_ptr());
  for (int64_t i = 0; i < t.numel(); ++i) {
    data[i] = static_cast<int64_t>(random()) % bound;
  }
  return t;
}

// NaN agrees with NaN.
inline void expect_close(
    const Tensor& actual,
    const Tensor& expected,
    double tolerance) {
  ASSERT_EQ(actual.defined(), expected.defined());
  if (!actual.defined()) {
    return;
  }
  ASSERT_EQ(actual.sizes(), expected.sizes());
  ASSERT_EQ(actual.scalar_type(), expected.scalar_type());
  const Tensor a = actual.to(at::kDouble).contiguous();
  const Tensor b = expected.to(at::kDouble).contiguous();
  const auto* const x = static_cast<const double*>(a.data_ptr());
  const auto* const y = static_cast<const double*>(b.data_ptr());
  for (int64_t i = 0; i < a.numel(); ++i) {
    if ((std::isnan(x[i]) && std::isnan(y[i])) || x[i] == y[i]) {
      continue;
    }
    ASSERT_NEAR(x[i], y[i], tolerance * (1 + std::abs(y[i]))) << "at " << i;
  }
}
inline void expect_equal(const Tensor& actual, const Tensor& expected) {
  expect_close(actual, expected, 0);
}

} // namespace testing_cuda

// Vectorized<T>: loads, stores, conversions, and the error bounds that
// aten/cpu/vec/VecMath.h states. Built once per instruction set
// (cmake/tests.cmake); a copy the machine cannot run skips its tests.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "aten/cpu/vec/VecMath.h"
#include "aten/native/DispatchStub.h"

namespace {

using at::vec::Vectorized;
using F = Vectorized<float>;

class VectorizedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto needed = at::native::CPUCapability::CPU_CAPABILITY;
    if (at::native::get_cpu_capability() < needed) {
      GTEST_SKIP() << "not on this machine";
    }
  }
};

// The distance of `got` from `exact`, in units in the last place of exact.
double ulp_error(float got, double exact) {
  const auto nearest = std::fabs(static_cast<float>(exact));
  const double unit = std::max(
      static_cast<double>(std::nextafter(nearest, INFINITY)) - nearest,
      1.401298464324817e-45);
  return std::fabs(got - exact) / unit;
}

// The worst error over every kStep-th float; infinities and NaN must agree.
template <typename Fast, typename Exact>
double worst_ulp(Fast fast, Exact exact) {
  constexpr uint64_t kStep = 10007;
  double worst = 0;
  for (uint64_t bits = 0; bits <= 0xFFFFFFFFull; bits += kStep) {
    const auto pattern = static_cast<uint32_t>(bits);
    float x;
    std::memcpy(&x, &pattern, sizeof x);
    const float got = fast(F(x))[0];
    const double want = exact(static_cast<double>(x));
    if (std::isnan(want)) {
      EXPECT_TRUE(std::isnan(got)) << x;
    } else if (std::isinf(static_cast<float>(want))) {
      EXPECT_EQ(got, static_cast<float>(want)) << x;
    } else {
      worst = std::max(worst, ulp_error(got, want));
    }
  }
  return worst;
}

#define ULP_TEST(name, bound)                                  \
  TEST_F(VectorizedTest, name##_is_within_its_bound) {         \
    EXPECT_LE(                                                 \
        worst_ulp(                                             \
            [](F x) { return at::vec::name(x); },              \
            [](double x) { return std::name(x); }),            \
        bound);                                                \
  }
ULP_TEST(exp, 1.0)
ULP_TEST(expm1, 2.0)
ULP_TEST(log, 1.0)
ULP_TEST(log1p, 2.0)
ULP_TEST(tanh, 2.0)
ULP_TEST(erf, 2.0)
ULP_TEST(floor, 0.0)
ULP_TEST(ceil, 0.0)
ULP_TEST(trunc, 0.0)
ULP_TEST(nearbyint, 0.0)
#undef ULP_TEST

TEST_F(VectorizedTest, partial_load_pads_with_zero) {
  std::vector<float> data(F::size());
  for (int i = 0; i < F::size(); ++i) {
    data[i] = static_cast<float>(i + 1);
  }
  for (int n = 0; n < F::size(); ++n) {
    const F v = F::loadu(data.data(), n);
    for (int i = 0; i < F::size(); ++i) {
      EXPECT_EQ(v[i], i < n ? data[i] : 0.0f);
    }
  }
}

TEST_F(VectorizedTest, partial_store_leaves_the_rest) {
  for (int n = 0; n < F::size(); ++n) {
    std::vector<float> data(F::size(), -1.0f);
    F(7.0f).store(data.data(), n);
    for (int i = 0; i < F::size(); ++i) {
      EXPECT_EQ(data[i], i < n ? 7.0f : -1.0f);
    }
  }
}

// Every bit pattern of the type goes to float and back unchanged.
template <typename S>
void expect_round_trip() {
  for (uint32_t first = 0; first < 65536; first += F::size()) {
    uint16_t bits[F::kSize];
    uint16_t back[F::kSize];
    for (int i = 0; i < F::size(); ++i) {
      bits[i] = static_cast<uint16_t>(first + i);
    }
    at::vec::store_as<S>(back, at::vec::load_as<S>(bits));
    for (int i = 0; i < F::size(); ++i) {
      const float value = S::from_bits(bits[i]);
      if (std::isnan(value)) {
        EXPECT_TRUE(std::isnan(static_cast<float>(S::from_bits(back[i]))));
      } else {
        EXPECT_EQ(back[i], bits[i]);
      }
    }
  }
}

TEST_F(VectorizedTest, half_round_trips) {
  expect_round_trip<c10::Half>();
}
TEST_F(VectorizedTest, bfloat16_round_trips) {
  expect_round_trip<c10::BFloat16>();
}

TEST_F(VectorizedTest, bfloat16_rounds_to_even) {
  uint16_t out[F::kSize];
  // 1 + 2^-8 lies between 1 and 1 + 2^-7; the even neighbour is 1.
  at::vec::store_as<c10::BFloat16>(out, F(1.00390625f));
  EXPECT_EQ(out[0], 0x3F80);
  at::vec::store_as<c10::BFloat16>(out, F(1.01171875f));
  EXPECT_EQ(out[0], 0x3F82);
}

TEST_F(VectorizedTest, mask_stores_zero_and_one) {
  bool out[F::kSize];
  at::vec::store_mask(out, F::arange() < F(2.0f));
  for (int i = 0; i < F::size(); ++i) {
    EXPECT_EQ(out[i], i < 2);
  }
}

TEST_F(VectorizedTest, select_takes_by_mask) {
  const F x = F::arange();
  const F r = at::vec::select(x > F(1.0f), x, F(-1.0f));
  for (int i = 0; i < F::size(); ++i) {
    EXPECT_EQ(r[i], i > 1 ? static_cast<float>(i) : -1.0f);
  }
}

} // namespace

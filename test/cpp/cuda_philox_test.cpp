// Philox 4x32-10: the known answers of its authors' Random123 library, and
// the first CUDA numbers that PyTorch prints for a seed.
#include <gtest/gtest.h>

#include "aten/cuda/Philox.h"

namespace at::cuda {
namespace {

void expect_words(
    const PhiloxWords& w, uint32_t x, uint32_t y, uint32_t z, uint32_t v) {
  EXPECT_EQ(w.x, x);
  EXPECT_EQ(w.y, y);
  EXPECT_EQ(w.z, z);
  EXPECT_EQ(w.w, v);
}

TEST(PhiloxTest, KnownAnswers) {
  expect_words(
      Philox4x32::block(0, 0, 0),
      0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  expect_words(
      Philox4x32::block(~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}),
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  expect_words(
      Philox4x32::block(
          0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822),
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
}

TEST(PhiloxTest, OffsetSkipsBlocks) {
  Philox4x32 walked(5, 3, 0);
  walked();
  walked();
  const PhiloxWords w = walked();
  const PhiloxWords skipped = Philox4x32(5, 3, 8)();
  expect_words(skipped, w.x, w.y, w.z, w.w);
}

TEST(PhiloxTest, TheCounterCarriesIntoItsUpperHalf) {
  Philox4x32 engine(1, 9, ~uint64_t{0});
  // offset / 4 leaves two bits: count to the end by hand at block level.
  const PhiloxWords first = engine();
  const PhiloxWords same =
      Philox4x32::block((~uint64_t{0}) / 4, 9, 1);
  expect_words(first, same.x, same.y, same.z, same.w);
}

// torch.manual_seed(0); torch.rand(4, device="cuda"): thread i draws the
// first word of subsequence i. Four digits, as printed.
TEST(PhiloxTest, UniformsOfSeedZero) {
  const float expected[] = {0.3990f, 0.5167f, 0.0249f, 0.9401f, 0.9459f};
  for (uint64_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(
        philox_uniform(Philox4x32(0, i, 0)().x), expected[i], 5.1e-5);
  }
}

// torch.manual_seed(42); torch.randn(5, device="cuda")
TEST(PhiloxTest, NormalsOfSeed42) {
  const float expected[] = {0.1940f, 2.1614f, -0.1721f, 0.8491f, -1.9244f};
  for (uint64_t i = 0; i < 5; ++i) {
    const PhiloxWords w = Philox4x32(42, i, 0)();
    EXPECT_NEAR(philox_normal(w.x, w.y).first, expected[i], 5.1e-5);
  }
}

TEST(PhiloxTest, UniformsLieAboveZeroUpToOne) {
  EXPECT_GT(philox_uniform(0u), 0.0f);
  EXPECT_EQ(philox_uniform(0xFFFFFFFFu), 1.0f);
  EXPECT_GT(philox_uniform(0u, 0u), 0.0);
  EXPECT_LE(philox_uniform(0xFFFFFFFFu, 0xFFFFFFFFu), 1.0);
}

TEST(PhiloxTest, DoubleNormalsHaveUnitVariance) {
  double sum = 0;
  double squares = 0;
  constexpr int kCount = 20000;
  Philox4x32 engine(11, 0, 0);
  for (int i = 0; i < kCount; ++i) {
    const NormalPair<double> n = philox_normal_double(engine());
    sum += n.first + n.second;
    squares += n.first * n.first + n.second * n.second;
  }
  EXPECT_NEAR(sum / (2 * kCount), 0, 0.02);
  EXPECT_NEAR(squares / (2 * kCount), 1, 0.02);
}

} // namespace
} // namespace at::cuda

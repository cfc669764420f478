// The host side of CUDA's element-wise loops: division by multiplication,
// element numbers to byte offsets, and cutting what 32-bit offsets cannot
// walk. Needs no CUDA.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "aten/EmptyTensor.h"
#include "aten/native/cuda/IterationSpace.h"

namespace {

using at::TensorBase;
using at::TensorIterator;
using at::native::IntegerDivider;
using at::native::IterationSpace;
using at::native::OffsetCalculator;
using at::native::split_for_32bit;

constexpr uint32_t kTop = 2147483647; // 2^31 - 1

// ---------------------------------------------------------------- division

class Divisor : public testing::TestWithParam<uint32_t> {};

TEST_P(Divisor, agrees_with_hardware_division_near_multiples) {
  const uint32_t d = GetParam();
  const IntegerDivider<uint32_t> divide(d);
  for (uint64_t multiple : {uint64_t{0}, uint64_t{1}, uint64_t{2},
                            uint64_t{1000}, uint64_t{kTop} / d}) {
    for (int64_t step = -1; step <= 1; ++step) {
      const int64_t n = static_cast<int64_t>(multiple * d) + step;
      if (n < 0 || n > kTop) {
        continue;
      }
      const auto got = divide(static_cast<uint32_t>(n));
      EXPECT_EQ(got.div, n / d) << n << " / " << d;
      EXPECT_EQ(got.mod, n % d) << n << " % " << d;
    }
  }
}

TEST_P(Divisor, agrees_with_hardware_division_on_random_numbers) {
  const uint32_t d = GetParam();
  const IntegerDivider<uint32_t> divide(d);
  std::mt19937 engine(d);
  for (int i = 0; i < 10000; ++i) {
    const uint32_t n = engine() >> 1;
    ASSERT_EQ(divide.div(n), n / d) << n << " / " << d;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Divisors,
    Divisor,
    testing::Values(
        1u, 2u, 3u, 5u, 6u, 7u, 10u, 11u, 64u, 100u, 641u, 1000u, 65535u,
        65536u, 65537u, 1u << 30, (1u << 30) + 1, kTop - 1, kTop));

TEST(IntegerDivider, agrees_for_all_small_pairs) {
  for (uint32_t d = 1; d < 300; ++d) {
    const IntegerDivider<uint32_t> divide(d);
    for (uint32_t n = 0; n < 3000; ++n) {
      ASSERT_EQ(divide.div(n), n / d) << n << " / " << d;
    }
  }
}

TEST(IntegerDivider, has_a_64_bit_form) {
  const auto got = IntegerDivider<uint64_t>(10)(uint64_t{1} << 40);
  EXPECT_EQ(got.div, (uint64_t{1} << 40) / 10);
  EXPECT_EQ(got.mod, 6u);
}

// ----------------------------------------------------------------- offsets

// Offsets by counting, innermost dimension first.
std::vector<int64_t> walk(
    const std::vector<int64_t>& sizes,
    const std::vector<int64_t>& strides) {
  std::vector<int64_t> offsets = {0};
  for (size_t d = 0; d < sizes.size(); ++d) {
    std::vector<int64_t> next;
    for (int64_t i = 0; i < sizes[d]; ++i) {
      for (int64_t o : offsets) {
        next.push_back(o + i * strides[d]);
      }
    }
    offsets = next;
  }
  return offsets;
}

template <typename Index>
void expect_offsets(
    const std::vector<int64_t>& sizes,
    const std::vector<int64_t>& a,
    const std::vector<int64_t>& b) {
  const int64_t* strides[] = {a.data(), b.data()};
  const OffsetCalculator<2, Index> calculator(sizes, strides);
  const auto want_a = walk(sizes, a);
  const auto want_b = walk(sizes, b);
  for (size_t i = 0; i < want_a.size(); ++i) {
    const auto got = calculator.get(static_cast<Index>(i));
    ASSERT_EQ(got.at[0], static_cast<Index>(want_a[i])) << "element " << i;
    ASSERT_EQ(got.at[1], static_cast<Index>(want_b[i])) << "element " << i;
  }
}

TEST(OffsetCalculator, walks_one_dimension) {
  expect_offsets<uint32_t>({17}, {4}, {12});
}
TEST(OffsetCalculator, walks_broadcast_dimensions) {
  expect_offsets<uint32_t>({3, 4, 5}, {4, 12, 48}, {0, 8, 0});
}
TEST(OffsetCalculator, walks_transposed_operands) {
  expect_offsets<uint32_t>({7, 3}, {8, 56}, {24, 8});
}
TEST(OffsetCalculator, walks_a_single_element) {
  expect_offsets<uint32_t>({}, {}, {});
}
TEST(OffsetCalculator, walks_many_dimensions) {
  const std::vector<int64_t> sizes(10, 2);
  std::vector<int64_t> dense(10), sparse(10);
  for (int d = 0; d < 10; ++d) {
    dense[d] = int64_t{2} << d;
    sparse[d] = 3 * (int64_t{1} << (9 - d));
  }
  expect_offsets<uint32_t>(sizes, dense, sparse);
}
TEST(OffsetCalculator, has_a_64_bit_form) {
  const int64_t big = int64_t{1} << 33;
  expect_offsets<uint64_t>({3, 2}, {8, big}, {big, 16});
}

TEST(OffsetCalculator, takes_several_elements_at_once) {
  const std::vector<int64_t> sizes = {3, 5, 2};
  const std::vector<int64_t> a = {4, 12, 60};
  const int64_t* strides[] = {a.data()};
  const OffsetCalculator<1> calculator(sizes, strides);
  uint32_t linear[4] = {0, 7, 14, 29};
  uint32_t offsets[1][4];
  calculator.get<4>(linear, offsets);
  const uint32_t elements[4] = {0, 7, 14, 29};
  for (int w = 0; w < 4; ++w) {
    EXPECT_EQ(offsets[0][w], 4 * elements[w]);
  }
}

TEST(OffsetCalculator, reaches_the_last_32_bit_offset) {
  const std::vector<int64_t> sizes = {1 << 15, 1 << 14};
  const std::vector<int64_t> a = {4, 4 << 15};
  const int64_t* strides[] = {a.data()};
  const OffsetCalculator<1> calculator(sizes, strides);
  const uint32_t last = (uint32_t{1} << 29) - 1;
  EXPECT_EQ(calculator.get(last).at[0], 4 * last);
}

// ------------------------------------------------------------------ spaces

IterationSpace make_space(
    const std::vector<int64_t>& sizes,
    const std::vector<std::vector<int64_t>>& strides) {
  IterationSpace space;
  space.sizes = IterationSpace::Dims(sizes);
  for (const auto& s : strides) {
    space.strides.emplace_back(s);
    space.data.push_back(reinterpret_cast<char*>(uintptr_t{4096}));
  }
  return space;
}

TEST(IterationSpace, reads_a_contiguous_iterator_as_one_dimension) {
  const TensorBase a = at::detail::empty({4, 6}, at::kFloat);
  auto iter = TensorIterator::binary_op({}, a, a);
  const IterationSpace space(iter);
  ASSERT_EQ(space.sizes.size(), 1u);
  EXPECT_EQ(space.numel(), 24);
  EXPECT_TRUE(space.is_dense(1, 4));
  EXPECT_FALSE(space.is_dense(1, 8));
  EXPECT_EQ(space.data[1], static_cast<char*>(a.data_ptr()));
}

TEST(IterationSpace, has_no_pointer_for_a_number) {
  const TensorBase a = at::detail::empty({4}, at::kFloat);
  const c10::Scalar two(2);
  auto iter = TensorIterator::binary_op({}, a, two);
  const IterationSpace space(iter);
  EXPECT_EQ(space.data[2], nullptr);
  EXPECT_EQ(space.strides[2][0], 0);
}

TEST(IterationSpace, reads_a_transposed_operand) {
  const TensorBase a = at::detail::empty({4, 6}, at::kFloat);
  const TensorBase b = at::detail::empty_strided({4, 6}, {1, 4}, at::kFloat);
  auto iter = TensorIterator::binary_op({}, a, b);
  const IterationSpace space(iter);
  ASSERT_EQ(space.sizes.size(), 2u);
  EXPECT_FALSE(space.is_dense(1, 4));
  EXPECT_EQ(space.extent(1), 23 * 4);
}

TEST(Split, leaves_a_small_space_whole) {
  int pieces = 0;
  split_for_32bit(make_space({1024}, {{4}, {4}}), [&](const auto& piece) {
    ++pieces;
    EXPECT_EQ(piece.numel(), 1024);
  });
  EXPECT_EQ(pieces, 1);
}

TEST(Split, has_no_piece_for_an_empty_space) {
  split_for_32bit(make_space({0, 5}, {{4, 0}}), [](const auto&) {
    ADD_FAILURE() << "nothing to do";
  });
}

// Bytes that an operand's pieces touch, as intervals.
TEST(Split, covers_a_dense_space_of_eight_gigabytes_once) {
  const int64_t n = (int64_t{1} << 31) + 12345;
  std::set<std::pair<uintptr_t, int64_t>> intervals;
  split_for_32bit(make_space({n}, {{4}, {2}}), [&](const auto& piece) {
    EXPECT_TRUE(piece.fits_32bit());
    EXPECT_TRUE(piece.is_dense(0, 4));
    EXPECT_TRUE(piece.is_dense(1, 2));
    const auto begin = reinterpret_cast<uintptr_t>(piece.data[0]);
    EXPECT_EQ(begin % 16, 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(piece.data[1]) % 16, 0u);
    intervals.insert({begin, piece.numel() * 4});
  });
  uintptr_t expected = 4096;
  for (const auto& [begin, bytes] : intervals) {
    EXPECT_EQ(begin, expected);
    expected = begin + static_cast<uintptr_t>(bytes);
  }
  EXPECT_EQ(expected, 4096 + static_cast<uintptr_t>(n) * 4);
}

TEST(Split, cuts_where_an_operand_spans_too_much) {
  // One gigabyte of elements, but strides that span eight.
  const auto space = make_space({1 << 14, 1 << 14}, {{4, 4 << 14}, {4, 1 << 19}});
  int64_t elements = 0;
  split_for_32bit(space, [&](const auto& piece) {
    EXPECT_TRUE(piece.fits_32bit());
    elements += piece.numel();
  });
  EXPECT_EQ(elements, int64_t{1} << 28);
}

TEST(Split, cuts_an_expanded_space_by_its_elements) {
  const auto space = make_space({1 << 16, 1 << 16}, {{0, 0}});
  int64_t elements = 0;
  int pieces = 0;
  split_for_32bit(space, [&](const auto& piece) {
    EXPECT_TRUE(piece.fits_32bit());
    elements += piece.numel();
    ++pieces;
  });
  EXPECT_EQ(elements, int64_t{1} << 32);
  EXPECT_EQ(pieces, 4);
}

TEST(Split, cuts_away_dimensions_beyond_the_limit) {
  constexpr size_t kDims = at::native::kMaxLoopDims + 2;
  const std::vector<int64_t> sizes(kDims, 2);
  std::vector<int64_t> strides(kDims);
  for (size_t d = 0; d < kDims; ++d) {
    strides[d] = int64_t{8} << d; // every second element of four bytes
  }
  std::set<uintptr_t> starts;
  int64_t elements = 0;
  split_for_32bit(make_space(sizes, {strides}), [&](const auto& piece) {
    EXPECT_LE(piece.sizes.size(), size_t{at::native::kMaxLoopDims});
    starts.insert(reinterpret_cast<uintptr_t>(piece.data[0]));
    elements += piece.numel();
  });
  EXPECT_EQ(starts.size(), 4u);
  EXPECT_EQ(elements, int64_t{1} << kDims);
}

TEST(Split, leaves_numbers_alone) {
  auto space = make_space({int64_t{1} << 32}, {{1}, {0}});
  space.data[1] = nullptr;
  split_for_32bit(
      space, [](const auto& piece) { EXPECT_EQ(piece.data[1], nullptr); });
}

} // namespace

// Which thread of a CUDA launch draws which random number: grid, offset and
// vector size by PyTorch's rule. Needs no CUDA.
#include <gtest/gtest.h>

#include "aten/native/cuda/DistributionPolicy.h"

namespace {

using at::native::distribution_policy;
using at::native::dropout_vector_size;
using at::native::randperm_key_bits;
using at::native::resident_blocks;

constexpr int64_t kA100 = resident_blocks(108, 2048); // 864
constexpr int64_t kH200 = resident_blocks(132, 2048); // 1056
constexpr int64_t kConsumer = resident_blocks(84, 1536); // 504

TEST(DistributionPolicy, gives_each_element_a_thread_while_they_fit) {
  EXPECT_EQ(distribution_policy(1, 4, kA100).blocks, 1u);
  EXPECT_EQ(distribution_policy(256, 4, kA100).blocks, 1u);
  EXPECT_EQ(distribution_policy(257, 4, kA100).blocks, 2u);
  EXPECT_EQ(distribution_policy(864 * 256, 4, kA100).blocks, 864u);
}

TEST(DistributionPolicy, stops_at_the_threads_a_device_can_hold) {
  EXPECT_EQ(distribution_policy(864 * 256 + 1, 4, kA100).blocks, 864u);
  EXPECT_EQ(distribution_policy(1 << 30, 4, kH200).blocks, 1056u);
  EXPECT_EQ(distribution_policy(1 << 30, 4, kConsumer).blocks, 504u);
}

TEST(DistributionPolicy, counts_four_words_for_each_round) {
  const int64_t round = 1056 * 256 * 4; // elements of one round, float
  EXPECT_EQ(distribution_policy(1, 4, kH200).increment, 4u);
  EXPECT_EQ(distribution_policy(round, 4, kH200).increment, 4u);
  EXPECT_EQ(distribution_policy(round + 1, 4, kH200).increment, 8u);
  EXPECT_EQ(distribution_policy(10 * round, 4, kH200).increment, 40u);
}

TEST(DistributionPolicy, makes_two_doubles_of_one_round) {
  const int64_t round = 1056 * 256 * 2;
  EXPECT_EQ(distribution_policy(round, 2, kH200).increment, 4u);
  EXPECT_EQ(distribution_policy(round + 1, 2, kH200).increment, 8u);
}

TEST(DistributionPolicy, counts_in_64_bits) {
  const int64_t n = int64_t{1} << 40;
  const auto policy = distribution_policy(n, 4, kH200);
  EXPECT_EQ(policy.blocks, 1056u);
  EXPECT_EQ(policy.increment, uint64_t((n - 1) / (1056 * 256 * 4) + 1) * 4);
}

TEST(DropoutVectorSize, fills_one_access_where_nothing_forbids) {
  EXPECT_EQ(dropout_vector_size(1024, 4, 256), 4);
  EXPECT_EQ(dropout_vector_size(1024, 2, 256), 8);
  EXPECT_EQ(dropout_vector_size(1024, 8, 256), 2);
}
TEST(DropoutVectorSize, leaves_no_remainder) {
  EXPECT_EQ(dropout_vector_size(1022, 4, 256), 2);
  EXPECT_EQ(dropout_vector_size(1023, 4, 256), 1);
  EXPECT_EQ(dropout_vector_size(1020, 2, 256), 4);
}
TEST(DropoutVectorSize, follows_the_address) {
  EXPECT_EQ(dropout_vector_size(1024, 4, 264), 2);
  EXPECT_EQ(dropout_vector_size(1024, 4, 260), 1);
  EXPECT_EQ(dropout_vector_size(1024, 2, 264), 4);
}

// The bits grow by two with every doubling: the square of n.
TEST(RandpermKeyBits, grow_with_the_square_of_the_count) {
  EXPECT_EQ(randperm_key_bits(1), 3);
  EXPECT_EQ(randperm_key_bits(1000), 23);
  EXPECT_EQ(randperm_key_bits(1 << 14), 31);
  EXPECT_EQ(randperm_key_bits(1 << 20), 43);
  EXPECT_EQ(randperm_key_bits(int64_t{1} << 40), 64);
}

} // namespace

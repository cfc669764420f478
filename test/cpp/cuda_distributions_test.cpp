// CUDA's random numbers, run on the CPU: digits known from PyTorch on a GPU,
// which thread draws for which element, and the samplers' statistics.
#include "cuda_kernel_testing.h"
#include "cuda_sort_keys.h"

#include "aten/native/cuda/DistributionsKernel.cu"
#include "aten/native/cuda/DropoutKernel.cu"
#include "aten/native/cuda/SamplingKernel.cu"

// What the device offers, for tests: one generator, 4 blocks at once.
namespace {
at::cuda::PhiloxArgs next_args = {0, 0};
int64_t blocks_at_once = 4;
} // namespace
namespace at::cuda {
PhiloxArgs philox_args(const c10::Generator&, uint64_t increment) {
  const PhiloxArgs args = next_args;
  next_args.offset += (increment + 3) / 4 * 4;
  return args;
}
} // namespace at::cuda
namespace at::native {
int64_t resident_blocks() { return blocks_at_once; }
} // namespace at::native

namespace {

using at::Tensor;
using at::cuda::Philox4x32;
using at::cuda::philox_uniform;
using testing_cuda::empty;

const at::Generator kDefault;

void seed(uint64_t s) { next_args = {s, 0}; }

template <typename T>
std::vector<T> values(const Tensor& t) {
  const auto* const data = static_cast<const T*>(t.data_ptr());
  return std::vector<T>(data, data + t.numel());
}

Tensor rand(int64_t n, at::ScalarType dtype = at::kFloat) {
  const Tensor t = empty({n}, dtype);
  at::native::uniform_stub(c10::kCUDA, t, 0.0, 1.0, kDefault);
  return t;
}

// torch.manual_seed(0); torch.rand(5, device="cuda")
TEST(Uniform, gives_the_digits_of_pytorch_on_cuda) {
  seed(0);
  const auto got = values<float>(rand(5));
  const float expected[] = {0.3990f, 0.5167f, 0.0249f, 0.9401f, 0.9459f};
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(got[i], expected[i], 5e-5);
  }
}

// torch.manual_seed(0); torch.randn(5, device="cuda")
TEST(Normal, gives_the_digits_of_pytorch_on_cuda) {
  seed(0);
  const Tensor t = empty({5});
  at::native::normal_stub(c10::kCUDA, t, 0.0, 1.0, false, kDefault);
  const auto got = values<float>(t);
  const float expected[] = {-0.9247f, -0.4253f, -2.6438f, 0.1452f, -0.1209f};
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(got[i], expected[i], 5e-5);
  }
}

// Word k of round r of thread t belongs to element t + threads (4 r + k).
TEST(Uniform, gives_each_thread_its_stream) {
  seed(7);
  const int64_t threads = blocks_at_once * 256;
  const int64_t n = threads * 4 + 3 * threads + 17; // a second, ragged round
  const auto got = values<float>(rand(n));
  for (const int64_t i :
       {int64_t{0},
        threads - 1,
        threads,
        3 * threads + 5,
        4 * threads,
        n - 1}) {
    const int64_t turn = i / threads;
    Philox4x32 engine(7, static_cast<uint64_t>(i % threads), 0);
    auto words = engine();
    if (turn >= 4) {
      words = engine();
    }
    const uint32_t word[] = {words.x, words.y, words.z, words.w};
    EXPECT_EQ(got[i], philox_uniform(word[turn % 4])) << "element " << i;
  }
  EXPECT_EQ(next_args.offset, 8u);
}

TEST(Uniform, makes_two_doubles_of_four_words) {
  seed(3);
  const int64_t threads = blocks_at_once * 256;
  const auto got = values<double>(rand(threads + 1, at::kDouble));
  const auto words = Philox4x32(3, 0, 0)();
  EXPECT_EQ(got[0], philox_uniform(words.x, words.y));
  EXPECT_EQ(got[threads], philox_uniform(words.z, words.w));
}

TEST(Uniform, turns_its_upper_bound_into_the_lower) {
  for (const at::ScalarType dtype : {at::kHalf, at::kBFloat16}) {
    seed(1);
    const Tensor t = rand(100000, dtype).to(at::kFloat);
    for (float v : values<float>(t)) {
      ASSERT_GE(v, 0);
      ASSERT_LT(v, 1);
    }
  }
}

TEST(Uniform, goes_on_where_the_last_launch_ended) {
  seed(5);
  const auto first = values<float>(rand(100));
  const auto second = values<float>(rand(100));
  EXPECT_NE(first, second);
  EXPECT_EQ(second[9], philox_uniform(Philox4x32(5, 9, 4)().x));
}

TEST(Integers, take_a_word_below_a_range_of_two_to_the_28) {
  seed(11);
  const Tensor t = empty({3}, at::kLong);
  at::native::random_range_stub(
      c10::kCUDA, t, uint64_t{10}, int64_t{-5}, kDefault);
  EXPECT_EQ(
      values<int64_t>(t)[1],
      static_cast<int64_t>(Philox4x32(11, 1, 0)().x % 10) - 5);
}
TEST(Integers, take_two_words_from_a_range_of_two_to_the_28_on) {
  seed(11);
  const Tensor t = empty({3}, at::kLong);
  const uint64_t range = uint64_t{1} << 40;
  at::native::random_range_stub(c10::kCUDA, t, range, int64_t{0}, kDefault);
  const auto w = Philox4x32(11, 1, 0)();
  EXPECT_EQ(
      values<int64_t>(t)[1],
      static_cast<int64_t>((static_cast<uint64_t>(w.x) << 32 | w.y) % range));
}
TEST(Integers, fill_every_dtype_within_its_range) {
  seed(2);
  const Tensor bytes = empty({5000}, at::kByte);
  at::native::random_stub(c10::kCUDA, bytes, kDefault);
  const auto got = values<uint8_t>(bytes);
  EXPECT_EQ(*std::max_element(got.begin(), got.end()), 255);
  EXPECT_EQ(*std::min_element(got.begin(), got.end()), 0);
  const Tensor bools = empty({5000}, at::kBool);
  at::native::random_stub(c10::kCUDA, bools, kDefault);
  const auto truth = values<uint8_t>(bools);
  EXPECT_NEAR(std::accumulate(truth.begin(), truth.end(), 0), 2500, 200);
}

TEST(Randperm, is_a_permutation) {
  for (const int64_t n : {1, 2, 10, 1000, 5000}) {
    seed(4);
    const Tensor t = empty({n}, at::kLong);
    at::native::randperm_stub(c10::kCUDA, t, kDefault);
    auto got = values<int64_t>(t);
    std::sort(got.begin(), got.end());
    for (int64_t i = 0; i < n; ++i) {
      ASSERT_EQ(got[i], i);
    }
  }
}
TEST(Randperm, reaches_every_order) {
  std::vector<int> seen(6);
  for (uint64_t s = 0; s < 600; ++s) {
    seed(s);
    const Tensor t = empty({3}, at::kLong);
    at::native::randperm_stub(c10::kCUDA, t, kDefault);
    const auto p = values<int64_t>(t);
    ++seen[2 * p[0] + (p[1] > p[2] ? 1 : 0)];
  }
  for (int count : seen) {
    EXPECT_NEAR(count, 100, 45);
  }
}

TEST(Bernoulli, compares_with_a_tensor_four_to_a_thread) {
  seed(6);
  Tensor p = rand(11);
  seed(6);
  const Tensor t = empty({11});
  at::native::bernoulli_tensor_stub(c10::kCUDA, t, p, kDefault);
  const auto w = Philox4x32(6, 1, 0)(); // elements 4 to 7
  const float probability = values<float>(p)[6];
  EXPECT_EQ(values<float>(t)[6], philox_uniform(w.z) <= probability ? 1 : 0);
  EXPECT_EQ(next_args.offset, 12u);
}

TEST(Exponential, is_positive_with_the_right_mean) {
  seed(8);
  const Tensor t = empty({20000});
  at::native::exponential_stub(c10::kCUDA, t, 2.0, kDefault);
  const auto got = values<float>(t);
  EXPECT_GT(*std::min_element(got.begin(), got.end()), 0);
  EXPECT_NEAR(std::accumulate(got.begin(), got.end(), 0.0) / 20000, 0.5, 0.02);
}

// ---------------------------------------------------------------- samplers

Tensor full(int64_t n, double value, at::ScalarType dtype = at::kDouble) {
  const Tensor t = empty({n}, at::kDouble);
  auto* const data = static_cast<double*>(t.data_ptr());
  std::fill(data, data + n, value);
  return t.to(dtype);
}

// Mean and variance of n samples within five standard errors or so.
void expect_moments(const Tensor& samples, double mean, double variance) {
  const auto x = values<double>(samples.to(at::kDouble));
  const auto n = static_cast<double>(x.size());
  const double m = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double v = 0;
  for (double y : x) {
    v += (y - m) * (y - m) / n;
  }
  EXPECT_NEAR(m, mean, 5 * std::sqrt(variance / n));
  EXPECT_NEAR(v, variance, 0.1 * variance);
}

class Rate : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(Rates, Rate, testing::Values(0.5, 5.0, 30.0));
TEST_P(Rate, poisson_has_its_moments) {
  seed(12);
  const Tensor t = empty({20000}, at::kFloat);
  const Tensor rates = full(20000, GetParam(), at::kFloat);
  at::native::poisson_stub(c10::kCUDA, t, rates, kDefault);
  expect_moments(t, GetParam(), GetParam());
}

TEST(Samplers, gamma_has_its_moments) {
  for (const double alpha : {0.5, 4.0}) {
    seed(13);
    const Tensor t = empty({20000}, at::kDouble);
    at::native::standard_gamma_stub(
        c10::kCUDA, t, full(20000, alpha), kDefault);
    expect_moments(t, alpha, alpha);
  }
}

TEST(Samplers, binomial_has_its_moments) {
  for (const double count : {8.0, 100.0}) {
    seed(14);
    const Tensor t = empty({20000}, at::kDouble);
    at::native::binomial_stub(
        c10::kCUDA, t, full(20000, count), full(20000, 0.3), kDefault);
    expect_moments(t, count * 0.3, count * 0.3 * 0.7);
  }
}

TEST(Samplers, multinomial_follows_its_weights) {
  seed(15);
  Tensor weights = empty({2, 4}, at::kDouble);
  const double given[] = {0, 1, 3, 0, 2, 0, 0, 2};
  std::copy(given, given + 8, static_cast<double*>(weights.data_ptr()));
  const Tensor t = empty({2, 8000}, at::kLong);
  at::native::multinomial_stub(c10::kCUDA, t, weights, kDefault);
  const auto got = values<int64_t>(t);
  std::vector<int> seen(8);
  for (int64_t i = 0; i < 16000; ++i) {
    ++seen[i / 8000 * 4 + got[i]];
  }
  const int expected[] = {0, 2000, 6000, 0, 4000, 0, 0, 4000};
  for (int k = 0; k < 8; ++k) {
    EXPECT_NEAR(seen[k], expected[k], expected[k] == 0 ? 0 : 250);
  }
}

// ----------------------------------------------------------------- dropout

struct Dropped {
  Tensor out, mask;
};
Dropped drop(const Tensor& x, double keep) {
  Dropped r = {empty(x.sizes(), x.scalar_type()), empty(x.sizes(), at::kBool)};
  at::native::fused_dropout_stub(c10::kCUDA, r.out, r.mask, x, keep);
  return r;
}

TEST(Dropout, decides_four_neighbours_by_one_block_of_words) {
  seed(9);
  const Tensor x = testing_cuda::random({4096});
  const Dropped got = drop(x, 0.7);
  const auto mask = values<uint8_t>(got.mask);
  const auto out = values<float>(got.out);
  const auto in = values<float>(x);
  const auto w = Philox4x32(9, 5, 0)(); // elements 20 to 23
  const uint32_t words[] = {w.x, w.y, w.z, w.w};
  for (int k = 0; k < 4; ++k) {
    const bool kept = philox_uniform(words[k]) < 0.7f;
    EXPECT_EQ(mask[20 + k], kept);
    EXPECT_EQ(
        out[20 + k], kept ? in[20 + k] * static_cast<float>(1 / 0.7f) : 0.0f);
  }
}

TEST(Dropout, takes_turns_where_the_count_is_odd) {
  seed(9);
  const int64_t threads = blocks_at_once * 256;
  const Dropped got = drop(testing_cuda::random({2 * threads + 1}), 0.5);
  const auto w = Philox4x32(9, 3, 0)();
  EXPECT_EQ(values<uint8_t>(got.mask)[threads + 3], philox_uniform(w.y) < 0.5f);
}

class DropoutSizes : public testing::TestWithParam<at::ScalarType> {};
INSTANTIATE_TEST_SUITE_P(
    Dtypes,
    DropoutSizes,
    testing::Values(at::kFloat, at::kDouble, at::kHalf, at::kBFloat16));
TEST_P(DropoutSizes, every_element_is_kept_or_dropped) {
  for (const int64_t n : {1, 2, 7, 4096, 40000, 40001, 40002, 40004}) {
    seed(10);
    const Tensor x = testing_cuda::random({n}, GetParam());
    const Dropped got = drop(x, 0.5);
    const auto mask = values<uint8_t>(got.mask);
    const auto out = values<double>(got.out.to(at::kDouble));
    const auto in = values<double>(x.to(at::kDouble));
    for (int64_t i = 0; i < n; ++i) {
      ASSERT_LE(mask[i], 1);
      ASSERT_EQ(out[i], mask[i] ? 2 * in[i] : 0) << "element " << i;
    }
    if (n > 1000) {
      const double kept = std::accumulate(mask.begin(), mask.end(), 0.0);
      EXPECT_NEAR(kept / static_cast<double>(n), 0.5, 0.03);
    }
  }
}

} // namespace

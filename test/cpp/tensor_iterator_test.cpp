// TensorIterator: promotion, broadcasting, output strides, coalescing, loops
// and PyTorch's error texts, without any operator.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "aten/EmptyTensor.h"
#include "aten/TensorIterator.h"
#include "aten/core/Tensor.h"

namespace {

using at::IntArrayRef;
using at::Scalar;
using at::ScalarType;
using at::TensorBase;
using at::TensorIterator;

TensorBase make(IntArrayRef sizes, ScalarType t = at::kFloat) {
  TensorBase r = at::detail::empty(sizes, t);
  if (t == at::kFloat) {
    auto* p = static_cast<float*>(r.data_ptr());
    std::iota(p, p + r.numel(), 0.0f);
  }
  return r;
}

TensorBase strided(IntArrayRef sizes, IntArrayRef strides) {
  return at::detail::empty_strided(sizes, strides, at::kFloat);
}

// A view of t's storage.
TensorBase view(const TensorBase& t, IntArrayRef sizes, IntArrayRef strides,
                int64_t offset = 0) {
  auto impl = t.unsafe_impl()->shallow_copy();
  impl->set_sizes_and_strides(sizes, strides);
  impl->set_storage_offset(offset);
  return TensorBase(std::move(impl));
}

template <typename F>
std::string message_of(F f) {
  try {
    f();
  } catch (const c10::Error& e) {
    return e.message();
  }
  return "no error";
}

TEST(TensorIterator, contiguous_operands_take_one_flat_loop) {
  const auto a = make({2, 3, 4});
  const auto b = make({2, 3, 4});
  auto iter = TensorIterator::binary_op({}, a, b);
  EXPECT_TRUE(iter.is_contiguous());
  EXPECT_EQ(iter.ndim(), 1);
  EXPECT_EQ(iter.numel(), 24);
  EXPECT_EQ(iter.output().sizes(), a.sizes());
}

TEST(TensorIterator, broadcast_gives_the_common_shape) {
  const auto a = make({4, 1});
  const auto b = make({3});
  auto iter = TensorIterator::binary_op({}, a, b);
  EXPECT_EQ(iter.output().sizes(), IntArrayRef({4, 3}));
}

TEST(TensorIterator, broadcast_error_names_the_dimension) {
  const auto a = make({2, 3});
  const auto b = make({2, 2});
  EXPECT_EQ(
      message_of([&] { TensorIterator::binary_op({}, a, b); }),
      "The size of tensor a (3) must match the size of tensor b (2) at "
      "non-singleton dimension 1");
}

TEST(TensorIterator, output_keeps_the_permutation_of_inputs) {
  const auto a = strided({2, 3, 4}, {1, 2, 6});
  const auto b = strided({2, 3, 4}, {1, 2, 6});
  auto iter = TensorIterator::binary_op({}, a, b);
  EXPECT_EQ(iter.output().strides(), IntArrayRef({1, 2, 6}));
}

TEST(TensorIterator, output_of_a_channels_last_and_a_bias_is_channels_last) {
  const auto a = strided({2, 3, 4, 5}, {60, 1, 15, 3});
  const auto bias = make({1, 3, 1, 1});
  auto iter = TensorIterator::binary_op({}, a, bias);
  EXPECT_EQ(iter.output().strides(), IntArrayRef({60, 1, 15, 3}));
}

TEST(TensorIterator, number_does_not_widen_a_tensor) {
  const auto a = make({3}, at::kHalf);
  auto iter = TensorIterator::binary_op({}, a, Scalar(2.5));
  EXPECT_EQ(iter.common_dtype(), at::kHalf);
  EXPECT_TRUE(iter.is_number(2));
  EXPECT_EQ(iter.dtype(2), at::kFloat); // the compute type of Half
  EXPECT_EQ(iter.number<float>(2), 2.5f);
}

TEST(TensorIterator, floating_number_makes_integers_floating) {
  const auto a = at::detail::empty({3}, at::kLong);
  std::fill_n(static_cast<int64_t*>(a.data_ptr()), 3, 7);
  auto iter = TensorIterator::binary_op({}, a, Scalar(0.5));
  EXPECT_EQ(iter.common_dtype(), c10::get_default_dtype());
}

TEST(TensorIterator, result_that_does_not_fit_the_output_is_refused) {
  const auto a = make({3});
  const auto out = make({3}, at::kLong);
  EXPECT_EQ(
      message_of([&] { TensorIterator::binary_op(out, a, a); }),
      "result type Float can't be cast to the desired output type Long");
}

TEST(TensorIterator, in_place_output_must_have_the_broadcast_shape) {
  const auto a = make({1});
  const auto b = make({3});
  EXPECT_EQ(
      message_of([&] { TensorIterator::binary_op(a, a, b); }),
      "output with shape [1] doesn't match the broadcast shape [3]");
}

TEST(TensorIterator, expanded_output_is_refused) {
  const auto a = view(make({1}), {3}, {0});
  EXPECT_NE(
      message_of([&] { TensorIterator::binary_op(a, a, Scalar(1)); })
          .find("more than one element of the written-to tensor"),
      std::string::npos);
}

TEST(TensorIterator, partly_overlapping_output_is_refused) {
  const auto a = make({5});
  const auto head = view(a, {4}, {1});
  const auto tail = view(a, {4}, {1}, 1);
  EXPECT_NE(
      message_of([&] { TensorIterator::binary_op(head, head, tail); })
          .find("some elements of the input tensor and the written-to tensor"),
      std::string::npos);
}

TEST(TensorIterator, comparison_allocates_bool) {
  const auto a = make({3});
  auto iter = TensorIterator::comparison_op({}, a, Scalar(1));
  EXPECT_EQ(iter.output().scalar_type(), at::kBool);
}

TEST(TensorIterator, comparison_widens_for_a_number_that_does_not_fit) {
  const auto a = at::detail::empty({}, at::kByte);
  *static_cast<uint8_t*>(a.data_ptr()) = 44;
  auto iter = TensorIterator::comparison_op({}, a, Scalar(300));
  EXPECT_EQ(iter.common_dtype(), at::kLong);
}

TEST(TensorIterator, meta_operands_allocate_without_data) {
  const auto a = at::detail::empty({2, 3}, at::kFloat, c10::kMeta);
  auto iter = TensorIterator::binary_op({}, a, Scalar(1));
  EXPECT_TRUE(iter.output().is_meta());
  EXPECT_EQ(iter.output().sizes(), a.sizes());
  iter.for_each([](char**, const int64_t*, int64_t, int64_t) {
    FAIL() << "nothing to compute";
  });
}

TEST(TensorIterator, mergeable_dimensions_are_merged) {
  const auto a = view(make({4, 6, 10}), {4, 6, 5}, {60, 10, 1});
  const auto out = make({4, 6, 5});
  auto iter = TensorIterator::unary_op(out, a);
  EXPECT_EQ(iter.ndim(), 2);
  EXPECT_EQ(iter.shape(), IntArrayRef({5, 24}));
}

// Every element is visited once, whatever the chunks.
TEST(TensorIterator, ranges_cover_a_strided_tensor) {
  const auto a = view(make({7, 5, 6}), {7, 5, 3}, {30, 6, 2});
  const auto b = strided({7, 5, 3}, {1, 7, 35});
  auto iter = TensorIterator::binary_op({}, a, b);
  for (int64_t step : {1, 2, 3, 4, 10, 50, 105}) {
    int64_t seen = 0;
    for (int64_t at = 0; at < iter.numel(); at += step) {
      iter.serial_for_each(
          [&](char**, const int64_t*, int64_t n0, int64_t n1) {
            seen += n0 * n1;
          },
          at,
          std::min(iter.numel(), at + step));
    }
    EXPECT_EQ(seen, 105) << step;
  }
}

TEST(TensorIterator, chunks_see_the_right_elements) {
  const auto a = view(make({7, 5, 6}), {7, 5, 3}, {30, 6, 2});
  auto iter = TensorIterator::unary_op({}, a);
  for (int64_t at = 0; at < iter.numel(); at += 4) {
    iter.serial_for_each(
        [&](char** data, const int64_t* s, int64_t n0, int64_t n1) {
          for (int64_t j = 0; j < n1; ++j) {
            for (int64_t i = 0; i < n0; ++i) {
              *reinterpret_cast<float*>(data[0] + i * s[0] + j * s[2]) =
                  *reinterpret_cast<float*>(data[1] + i * s[1] + j * s[3]);
            }
          }
        },
        at,
        std::min(iter.numel(), at + 4));
  }
  const auto* out = static_cast<const float*>(iter.output().data_ptr());
  for (int64_t i = 0; i < 7; ++i) {
    for (int64_t j = 0; j < 5; ++j) {
      for (int64_t k = 0; k < 3; ++k) {
        EXPECT_EQ(*out++, static_cast<float>(30 * i + 6 * j + 2 * k));
      }
    }
  }
}

TEST(Parallel, chunks_cover_the_range_once) {
  std::vector<std::atomic<int>> seen(100000);
  at::parallel_for(0, 100000, 1000, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      ++seen[static_cast<size_t>(i)];
    }
  });
  for (const auto& n : seen) {
    ASSERT_EQ(n.load(), 1);
  }
}

TEST(Parallel, an_exception_reaches_the_caller) {
  EXPECT_THROW(
      at::parallel_for(
          0,
          100000,
          10,
          [](int64_t, int64_t) { TORCH_CHECK(false, "stop"); }),
      c10::Error);
}

} // namespace

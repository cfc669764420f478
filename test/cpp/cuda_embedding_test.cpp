// CUDA's embedding and factory kernels, run on the CPU against the CPU's.
#include "cuda_kernel_testing.h"
#include "cuda_sort_keys.h"

#include "aten/native/cuda/Embedding.cu"
#include "aten/native/cuda/TensorFactoriesKernel.cu"

#include "generated/ops/Embedding.h"

namespace {

using namespace testing_cuda;

void check_gradient(const Tensor& indices, int64_t rows, ScalarType dtype) {
  const auto sizes = indices.sizes();
  c10::DimVector shape(sizes.begin(), sizes.end());
  shape.push_back(5);
  const Tensor grad = random(shape, dtype);
  for (int64_t padding : {int64_t{-1}, int64_t{2}}) {
    for (bool by_frequency : {false, true}) {
      expect_close(
          at::native::embedding_dense_backward_cuda(
              grad, indices, rows, padding, by_frequency),
          at::embedding_dense_backward(
              grad, indices, rows, padding, by_frequency),
          dtype == at::kHalf ? 1e-3 : 1e-6);
    }
  }
}

TEST(CUDAEmbedding, gradient_sums_equal_indices) {
  check_gradient(random_longs({300}, 7), 7, at::kFloat);
  check_gradient(random_longs({4, 60}, 100), 100, at::kDouble);
  check_gradient(random_longs({50}, 3).to(at::kInt), 3, at::kHalf);
  check_gradient(random_longs({0}, 3), 3, at::kFloat);
}

TEST(CUDAEmbedding, an_index_out_of_range_is_an_error) {
  EXPECT_THROW(
      at::native::embedding_dense_backward_cuda(
          random({4, 2}), random_longs({4}, 9).add(3), 3, -1, false),
      c10::Error);
}

TEST(CUDAEmbedding, renormalises_each_row_once) {
  const Tensor indices = random_longs({20}, 6);
  for (double p : {1.0, 2.0, static_cast<double>(INFINITY)}) {
    Tensor actual = random({8, 5}).transpose(0, 1).contiguous().transpose(0, 1);
    Tensor expected = random({8, 5});
    at::native::embedding_renorm_cuda_(actual, indices, 2.5, p);
    at::embedding_renorm_(expected, indices, 2.5, p);
    expect_close(actual, expected, 1e-6);
  }
}

template <typename Stub, typename... Args>
void check_filled(
    Stub& stub,
    IntArrayRef sizes,
    ScalarType dtype,
    const Args&... args) {
  const Tensor actual = empty(sizes, dtype);
  const Tensor expected = empty(sizes, dtype);
  stub(c10::kCUDA, actual, args...);
  stub(c10::kCPU, expected, args...);
  expect_close(actual, expected, 1e-6);
}

TEST(CUDATensorFactories, ranges) {
  using at::native::range_stub;
  using c10::Scalar;
  check_filled(range_stub, {1000}, at::kLong, Scalar(-7), Scalar(3), false);
  check_filled(range_stub, {777}, at::kFloat, Scalar(0.5), Scalar(0.25), false);
  check_filled(range_stub, {9}, at::kByte, Scalar(250), Scalar(-3), true);
}

TEST(CUDATensorFactories, linear_and_exponential_steps) {
  using at::native::linspace_stub;
  using c10::Scalar;
  using Base = std::optional<double>;
  for (Base base : {Base(), Base(2.0)}) {
    check_filled(linspace_stub, {301}, at::kFloat, Scalar(-1), Scalar(2), base);
    check_filled(linspace_stub, {1}, at::kDouble, Scalar(3), Scalar(9), base);
  }
  check_filled(linspace_stub, {50}, at::kInt, Scalar(-9), Scalar(100), Base());
}

TEST(CUDATensorFactories, triangles) {
  using at::native::tril_triu_stub;
  const Tensor x = random({3, 2, 6, 9});
  for (bool upper : {false, true}) {
    for (int64_t diagonal : {-9, -2, 0, 1, 30}) {
      check_filled(tril_triu_stub, x.sizes(), at::kFloat, x, diagonal, upper);
      const Tensor t = x.transpose(2, 3).transpose(0, 1);
      check_filled(tril_triu_stub, t.sizes(), at::kFloat, t, diagonal, upper);
    }
  }
}

} // namespace

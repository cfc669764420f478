// The kernels of unique, run on the CPU and compared with the CPU's own. CUB's
// merge sort is stood in for.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/RowLaunch.cuh"

namespace at::native {
namespace {

// As native/cuda/RowSort.cuh has them.
struct RowLess {
  const uint64_t* keys;
  int64_t width;
};
void sort_rows(int64_t* order, int64_t n, const RowLess& less) {
  std::stable_sort(order, order + n, [&](int64_t a, int64_t b) {
    const uint64_t* const x = less.keys + a * less.width;
    const uint64_t* const y = less.keys + b * less.width;
    return std::lexicographical_compare(x, x + less.width, y, y + less.width);
  });
}

} // namespace
} // namespace at::native

#include "aten/native/cuda/Unique.cu"
#include "generated/ops/Unique.h"

namespace {

using namespace testing_cuda;

using Three = std::tuple<Tensor, Tensor, Tensor>;

void expect_same(const Three& actual, const Three& expected) {
  expect_equal(std::get<0>(actual), std::get<0>(expected));
  expect_equal(std::get<1>(actual), std::get<1>(expected));
  expect_equal(std::get<2>(actual), std::get<2>(expected));
}

void check_elements(const Tensor& x) {
  for (bool inverse : {false, true}) {
    for (bool counts : {false, true}) {
      expect_same(
          at::native::unique2_cuda(x, true, inverse, counts),
          at::_unique2(x, true, inverse, counts));
      expect_same(
          at::native::unique_consecutive_cuda(x, inverse, counts, std::nullopt),
          at::unique_consecutive(x, inverse, counts, std::nullopt));
    }
  }
}

void check_slices(const Tensor& x, int64_t dim) {
  expect_same(
      at::native::unique_dim_cuda(x, dim, true, true, true),
      at::unique_dim(x, dim, true, true, true));
  expect_same(
      at::native::unique_consecutive_cuda(x, true, true, dim),
      at::unique_consecutive(x, true, true, dim));
}

TEST(CUDAUnique, elements) {
  check_elements(random_longs({1000}, 30));
  check_elements(random({20, 30}));
  check_elements(random_longs({7}, 1));
  check_elements(random_longs({30}, 2).to(at::kBool));
  check_elements(empty({0}));
  check_elements(random({1}).view(IntArrayRef()));
}

TEST(CUDAUnique, a_nan_is_a_value_of_its_own) {
  const Tensor x = random({50});
  for (int i : {3, 4, 20}) {
    static_cast<float*>(x.data_ptr())[i] = NAN;
  }
  check_elements(x);
}

TEST(CUDAUnique, slices) {
  check_slices(random_longs({40, 2}, 3), 0);
  check_slices(random_longs({2, 40}, 3), 1);
  check_slices(random_longs({2, 50, 2}, 2).to(at::kFloat), 1);
  check_slices(random_longs({0, 3}, 2), 0);
}

} // namespace

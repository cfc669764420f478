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

namespace {

using namespace testing_cuda;

// rows: (n, width), contiguous.
void check_rows(const Tensor& rows) {
  for (bool sort : {false, true}) {
    for (bool counts : {false, true}) {
      const auto groups = [&](c10::DeviceType device) {
        return at::native::group_rows_stub(device, rows, sort, counts);
      };
      const auto actual = groups(c10::kCUDA);
      const auto expected = groups(c10::kCPU);
      expect_equal(actual.first, expected.first);
      expect_equal(actual.inverse, expected.inverse);
      expect_equal(actual.counts, expected.counts);
    }
  }
}

void check_elements(const Tensor& x) { check_rows(x.view({-1, 1})); }

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
  check_rows(random_longs({40, 2}, 3));
  check_rows(random_longs({50, 4}, 2).to(at::kFloat));
  check_rows(random_longs({0, 1}, 2));
}

} // namespace

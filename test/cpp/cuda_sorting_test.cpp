// The sorting kernels, run on the CPU and compared with the CPU's own. CUB's
// radix sorts, for long rows, are stood in for.
#include "cuda_kernel_testing.h"

#include <numeric>

#include "aten/native/cuda/RowLaunch.cuh"

namespace at::native {
namespace {

// The interface of native/cuda/LongRowSort.cuh.
template <typename Key>
class LongRowSort {
 public:
  LongRowSort(int64_t rows, int64_t n)
      : rows_(rows),
        n_(n),
        keys_(static_cast<size_t>(rows * n)),
        positions_(keys_.size()) {}
  Key* keys() { return keys_.data(); }
  uint32_t* positions() { return positions_.data(); }
  const uint32_t* sorted_positions() { return positions_.data(); }
  void run(int bits) {
    for (Key key : keys_) {
      EXPECT_TRUE(bits == 8 * sizeof(Key) || key >> bits == 0);
    }
    for (int64_t row = 0; row < rows_; ++row) {
      std::stable_sort(
          positions() + row * n_,
          positions() + (row + 1) * n_,
          [&](uint32_t a, uint32_t b) {
            return keys_[static_cast<size_t>(row * n_ + a)] <
                keys_[static_cast<size_t>(row * n_ + b)];
          });
    }
  }

 private:
  int64_t rows_, n_;
  std::vector<Key> keys_;
  std::vector<uint32_t> positions_;
};

} // namespace
} // namespace at::native

#include "aten/native/cuda/SortingKernel.cu"

namespace {

using namespace testing_cuda;
using at::native::SelectFirst;

void check(const Tensor& x, int64_t k) {
  for (bool descending : {false, true}) {
    const SelectFirst s{x.size(0), x.size(1), k, descending, true};
    Tensor values[2], indices[2];
    for (int i = 0; i < 2; ++i) {
      values[i] = empty({s.rows, k}, x.scalar_type());
      indices[i] = empty({s.rows, k}, at::kLong);
      at::native::select_first_stub(
          i == 0 ? c10::kCUDA : c10::kCPU, values[i], indices[i], x, s);
    }
    expect_equal(values[0], values[1]);
    expect_equal(indices[0], indices[1]);
  }
}

Tensor with_special_values(IntArrayRef sizes, ScalarType dtype = at::kFloat) {
  const Tensor x = random(sizes);
  auto* const data = static_cast<float*>(x.data_ptr());
  const float special[] = {NAN, -0.0f, 0.0f, INFINITY, -INFINITY, -NAN};
  for (int64_t i = 0; i < x.numel(); i += 3) {
    data[i] = special[i / 3 % 6];
  }
  return x.to(dtype);
}

TEST(CUDASorting, short_rows) {
  for (int64_t n : {1, 2, 3, 31, 64, 65, 1000, 2048}) {
    check(random({7, n}), n);
    check(with_special_values({3, n}), (n + 1) / 2);
  }
}

TEST(CUDASorting, every_dtype) {
  for (auto dtype :
       {at::kByte,
        at::kChar,
        at::kShort,
        at::kInt,
        at::kLong,
        at::kHalf,
        at::kBFloat16,
        at::kDouble,
        at::kBool}) {
    check(random({3, 300}, dtype), 300);
  }
  for (auto dtype : {at::kHalf, at::kBFloat16, at::kDouble}) {
    check(with_special_values({3, 300}, dtype), 200);
  }
}

TEST(CUDASorting, long_rows) {
  check(with_special_values({3, 3000}), 3000);
  check(random({2, 5000}, at::kChar), 17);
  check(random({2, 2049}, at::kDouble), 2049);
}

} // namespace

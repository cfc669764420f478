// nonzero's kernels, run on the CPU and compared with the CPU's own.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/Selection.cu"
#include "generated/ops/Selection.h"

namespace {

using namespace testing_cuda;

void check(const Tensor& x) {
  expect_equal(at::native::nonzero_cuda(x), at::nonzero(x));
}

TEST(CUDASelection, nonzero_of_any_shape) {
  check(random_longs({10}, 2));
  check(random_longs({3, 4, 5}, 2));
  check(random_longs({4097}, 3));
  check(random_longs({2, 9000}, 5));
}

TEST(CUDASelection, nonzero_of_many_pieces) {
  check(random_longs({700, 1000}, 50).to(at::kBool));
}

TEST(CUDASelection, nonzero_of_strided_and_floating_tensors) {
  check(random({30, 40}).transpose(0, 1));
}

TEST(CUDASelection, nonzero_of_none_all_and_nothing) {
  check(random_longs({5, 6}, 1));
  check(random_longs({5, 6}, 1).add(1));
  check(empty({0, 3}));
  check(random_longs({1}, 1).view(IntArrayRef()));
  check(random_longs({1}, 1).add(1).view(IntArrayRef()));
}

} // namespace

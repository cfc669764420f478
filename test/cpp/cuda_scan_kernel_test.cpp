// Running sums and products, run on the CPU and compared with the CPU's own.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/ScanKernel.cu"

namespace {

using namespace testing_cuda;
using at::native::DeviceShape;
using at::native::plan_scan;
using at::native::ScanPlan;

void check(const Tensor& x, int64_t dim, bool product, double tolerance) {
  Tensor out[2];
  for (int i = 0; i < 2; ++i) {
    out[i] = empty(x.sizes(), x.scalar_type());
    at::native::cumulate_stub(
        i == 0 ? c10::kCUDA : c10::kCPU, out[i], x, dim, product);
  }
  expect_close(out[0], out[1], tolerance);
}

TEST(CUDAScan, chunks_cover_a_line) {
  for (DeviceShape device : {DeviceShape{4, 512}, DeviceShape{132, 2048}}) {
    for (int64_t n : {1, 100, 1024, 5000, 1000003}) {
      for (int64_t outer : {1, 7, 4000}) {
        for (int64_t inner : {1, 5, 300}) {
          const ScanPlan plan = plan_scan(outer, n, inner, device);
          ASSERT_GE(plan.chunks, 1);
          ASSERT_LE(plan.chunks, at::native::kMaxScanChunks);
          ASSERT_EQ(plan.end_of(plan.chunks - 1), n);
          ASSERT_LT((plan.chunks - 1) * plan.chunk, n);
        }
      }
    }
  }
}

TEST(CUDAScan, rows_of_every_length) {
  for (int64_t n : {1, 2, 31, 32, 33, 127, 128, 129, 1024, 1025, 3000}) {
    check(random({9, n}), 1, false, 1e-6);
  }
}

TEST(CUDAScan, one_long_row_is_cut) {
  ASSERT_GT(plan_scan(1, 30000, 1, fibers::device).chunks, 1);
  check(random({30000}), 0, false, 1e-6);
  check(random({2, 30000}, at::kHalf), 1, false, 2e-3);
}

TEST(CUDAScan, columns) {
  check(random({3, 50, 70}), 1, false, 1e-6);
  check(random({50, 2, 3}), 0, false, 1e-6);
  ASSERT_GT(plan_scan(1, 5000, 3, fibers::device).chunks, 1);
  check(random({5000, 3}), 0, false, 1e-6);
}

TEST(CUDAScan, products) {
  check(random({5, 40}), 1, true, 1e-5);
  check(random({40, 5}, at::kDouble), 0, true, 1e-12);
}

TEST(CUDAScan, integers_wrap_alike) {
  check(random_longs({3000}, 1 << 20), 0, false, 0);
  check(random({3000}, at::kChar), 0, false, 0);
}

TEST(CUDAScan, strided_input) {
  check(random({40, 30}).transpose(0, 1), 1, false, 1e-6);
}

TEST(CUDAScan, a_number) { check(random({1}), 0, false, 0); }

} // namespace

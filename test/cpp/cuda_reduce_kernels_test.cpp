// Whole reduction kernels, run on the CPU and compared with the CPU's own.
#include "cuda_kernel_testing.h"

#include "aten/native/ReduceUtils.h"
#include "aten/native/cuda/ReduceOpsKernel.cu"

namespace {

using namespace testing_cuda;
using at::native::DimMask;
using at::native::make_reduce_plan;
using at::native::ReduceKind;
using at::native::ReducePlan;

Tensor reduce_on(
    c10::DeviceType device,
    const Tensor& x,
    const DimMask& mask,
    ReduceKind kind,
    const Tensor* shift = nullptr) {
  const ReducePlan plan = make_reduce_plan(x, mask);
  const Tensor out = empty({plan.outputs}, x.scalar_type());
  at::native::reduce_stub(device, out, x, plan, kind, shift, 3.0);
  return out;
}

void check(
    const Tensor& x,
    const DimMask& mask,
    ReduceKind kind,
    double tolerance = 1e-6) {
  expect_close(
      reduce_on(c10::kCUDA, x, mask, kind),
      reduce_on(c10::kCPU, x, mask, kind),
      tolerance);
}

TEST(CUDAReduceKernels, sums_along_any_dims) {
  const Tensor x = random({6, 37, 50});
  for (unsigned mask = 0; mask < 8; ++mask) {
    check(x, DimMask(mask), ReduceKind::Sum);
    check(x.transpose(0, 2), DimMask(mask), ReduceKind::Sum);
  }
}

TEST(CUDAReduceKernels, one_long_row_is_split) {
  check(random({100001}), DimMask(1), ReduceKind::Sum);
  check(random({100001}).narrow(0, 3, 99998), DimMask(1), ReduceKind::Sum);
  check(random({50001, 2}).select(1, 1), DimMask(1), ReduceKind::Max);
}

TEST(CUDAReduceKernels, long_columns_are_split) {
  check(random({5000, 3}), DimMask(1), ReduceKind::Sum);
  check(random({5000, 40}), DimMask(1), ReduceKind::Min);
}

TEST(CUDAReduceKernels, every_kind) {
  const Tensor x = random({70, 300});
  for (int kind = 0; kind <= static_cast<int>(ReduceKind::SumPowAbs); ++kind) {
    check(x, DimMask(1), static_cast<ReduceKind>(kind), 1e-5);
    check(x, DimMask(2), static_cast<ReduceKind>(kind), 1e-5);
  }
}

TEST(CUDAReduceKernels, every_dtype) {
  for (auto dtype :
       {at::kByte,
        at::kChar,
        at::kShort,
        at::kInt,
        at::kLong,
        at::kHalf,
        at::kBFloat16,
        at::kDouble}) {
    const Tensor x = random({40, 501}, dtype);
    const double tolerance = dtype == at::kBFloat16 ? 1e-2
        : dtype == at::kHalf                        ? 2e-3
                                                    : 0;
    for (auto kind : {ReduceKind::Sum, ReduceKind::Max, ReduceKind::Min}) {
      check(x, DimMask(2), kind, tolerance);
      check(x, DimMask(1), kind, tolerance);
    }
  }
}

TEST(CUDAReduceKernels, squares_from_a_shift) {
  const Tensor x = random({30, 400});
  const Tensor shift = random({30}, at::kFloat, 2);
  expect_close(
      reduce_on(c10::kCUDA, x, DimMask(2), ReduceKind::SumSquares, &shift),
      reduce_on(c10::kCPU, x, DimMask(2), ReduceKind::SumSquares, &shift),
      1e-6);
}

TEST(CUDAReduceKernels, nothing_to_reduce_gives_the_identity) {
  check(empty({4, 0}), DimMask(2), ReduceKind::Prod);
}

void check_extremes(const Tensor& x, size_t dim) {
  DimMask mask;
  mask[dim] = true;
  const ReducePlan plan = make_reduce_plan(x, mask);
  for (bool largest : {true, false}) {
    Tensor values[2], indices[2];
    for (int i = 0; i < 2; ++i) {
      values[i] = empty({plan.outputs}, x.scalar_type());
      indices[i] = empty({plan.outputs}, at::kLong);
      at::native::extreme_stub(
          i == 0 ? c10::kCUDA : c10::kCPU,
          values[i],
          indices[i],
          x,
          plan,
          largest);
    }
    expect_equal(values[0], values[1]);
    expect_equal(indices[0], indices[1]);
  }
}

TEST(CUDAReduceKernels, extremes_and_their_first_index) {
  const Tensor x = random({20, 3000});
  static_cast<float*>(x.data_ptr())[2999] = NAN;
  static_cast<float*>(x.data_ptr())[2000] = NAN;
  check_extremes(x, 0);
  check_extremes(x, 1);
  check_extremes(random({20, 1000, 3}).select(2, 1), 1);
  check_extremes(random({50000}, at::kChar), 0);
  check_extremes(random({3, 700, 5}, at::kHalf), 1);
}

} // namespace

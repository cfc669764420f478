// The kernels of nll_loss, run on the CPU and compared with the CPU's own.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/NllLoss.cu"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Loss.h"

namespace {

using namespace testing_cuda;
using at::native::kReductionNone;

void check(
    const Tensor& x,
    const Tensor& target,
    const Tensor& weight,
    int64_t ignore_index,
    double tolerance = 1e-6) {
  const bool is_2d = x.dim() == 4;
  for (int64_t reduction : {0, 1, 2}) {
    const auto [loss, total] = is_2d
        ? at::nll_loss2d_forward(x, target, weight, reduction, ignore_index)
        : at::nll_loss_forward(x, target, weight, reduction, ignore_index);
    const auto [loss2, total2] = is_2d
        ? at::native::nll_loss2d_forward_cuda(
              x, target, weight, reduction, ignore_index)
        : at::native::nll_loss_forward_cuda(
              x, target, weight, reduction, ignore_index);
    expect_close(loss2, loss, tolerance);
    expect_close(total2, total, tolerance);
    const Tensor grad = random(loss.sizes(), x.scalar_type(), 9);
    expect_close(
        is_2d ? at::native::nll_loss2d_backward_cuda(
                    grad, x, target, weight, reduction, ignore_index, total)
              : at::native::nll_loss_backward_cuda(
                    grad, x, target, weight, reduction, ignore_index, total),
        is_2d ? at::nll_loss2d_backward(
                    grad, x, target, weight, reduction, ignore_index, total)
              : at::nll_loss_backward(
                    grad, x, target, weight, reduction, ignore_index, total),
        tolerance);
  }
}

TEST(CUDANllLoss, batches) {
  check(random({700, 5}), random_longs({700}, 5), {}, -100);
  check(random({3, 5}), random_longs({3}, 5), {}, 2);
}

TEST(CUDANllLoss, weights) {
  check(random({70, 5}), random_longs({70}, 5), random({5}), 1);
}

TEST(CUDANllLoss, one_row) {
  check(random({5}), random_longs({1}, 5), random({5}), -100);
  check(random({1, 5}), random_longs({1}, 5), {}, -100);
}

TEST(CUDANllLoss, images) {
  check(random({2, 4, 5, 6}), random_longs({2, 5, 6}, 4), random({4}), -100);
  check(random({2, 4, 5, 6}, at::kDouble), random_longs({2, 5, 6}, 4), {}, 3);
}

TEST(CUDANllLoss, half) {
  check(random({300, 5}, at::kHalf), random_longs({300}, 5), {}, -100, 2e-3);
}

TEST(CUDANllLoss, the_mean_of_nothing_is_not_a_number) {
  const Tensor target = empty({3}, at::kLong);
  std::fill_n(static_cast<int64_t*>(target.data_ptr()), 3, 1);
  check(random({3, 5}), target, {}, 1);
  check(random({0, 5}), empty({0}, at::kLong), {}, -100);
}

TEST(CUDANllLoss, a_class_that_is_not_there_stops_the_kernel) {
  EXPECT_THROW(
      at::native::nll_loss_forward_cuda(
          random({3, 5}), random_longs({3}, 1).add(5), {}, 1, -100),
      c10::Error);
}

} // namespace

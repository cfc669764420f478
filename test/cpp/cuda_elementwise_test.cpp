// CUDA's element-wise loops, run on the CPU: each of the three kernels (dense
// and aligned, strided, dtypes at run time) against the CPU's kernels.
#include "cuda_kernel_testing.h"

#include "aten/native/cuda/BinaryOpsKernel.cu"
#include "aten/native/cuda/PointwiseOpsKernel.cu"

#include "aten/native/BinaryOps.h"
#include "aten/native/functors/BinaryMath.h"

namespace {

using at::ScalarType;
using at::Tensor;
using at::TensorBase;
using at::TensorIterator;
using at::TensorIteratorConfig;
using at::native::AddPlain;
using at::native::gpu_kernel;
using at::native::gpu_kernel_costly;
using testing_cuda::empty;
using testing_cuda::expect_close;
using testing_cuda::expect_equal;
using testing_cuda::random;

// add_stub by both devices' kernels.
void expect_same_sum(const Tensor& a, const Tensor& b, double alpha = 1) {
  auto on_cpu = TensorIterator::binary_op({}, a, b);
  at::native::add_stub(c10::kCPU, on_cpu, alpha);
  auto on_cuda = TensorIterator::binary_op({}, a, b);
  at::native::add_stub(c10::kCUDA, on_cuda, alpha);
  expect_equal(on_cuda.output(), on_cpu.output());
}

// ------------------------------------------------------- dense and aligned

class Dense : public testing::TestWithParam<std::tuple<ScalarType, int64_t>> {};
TEST_P(Dense, agrees_with_the_cpu) {
  const auto [dtype, n] = GetParam();
  expect_same_sum(random({n}, dtype, 1), random({n}, dtype, 2));
  expect_same_sum(random({n}, dtype, 1), random({n}, dtype, 2), 2);
}
// Around the elements of an access and of a block.
INSTANTIATE_TEST_SUITE_P(
    Sizes,
    Dense,
    testing::Combine(
        testing::Values(
            at::kFloat,
            at::kDouble,
            at::kHalf,
            at::kBFloat16,
            at::kByte,
            at::kShort,
            at::kLong,
            at::kComplexFloat,
            at::kComplexDouble),
        testing::Values(1, 3, 4, 5, 255, 1024, 1025, 5000)));

TEST(Elementwise, does_nothing_for_empty_tensors) {
  expect_same_sum(empty({0}), empty({0}));
  expect_same_sum(empty({3, 0}), empty({3, 0}));
}

TEST(Elementwise, takes_numbers_without_rounding_them) {
  const Tensor a = random({1000}, at::kHalf);
  const c10::Scalar number(0.1);
  auto on_cpu = TensorIterator::binary_op({}, a, number);
  at::native::mul_stub(c10::kCPU, on_cpu);
  auto on_cuda = TensorIterator::binary_op({}, a, number);
  at::native::mul_stub(c10::kCUDA, on_cuda);
  expect_equal(on_cuda.output(), on_cpu.output());
}

TEST(Elementwise, works_in_place) {
  const Tensor a = random({777});
  const Tensor b = random({777}, at::kFloat, 2);
  auto expected = TensorIterator::binary_op({}, a, b);
  at::native::add_stub(c10::kCPU, expected, 1);
  auto iter = TensorIterator::binary_op(a, a, b);
  at::native::add_stub(c10::kCUDA, iter, 1);
  expect_equal(a, expected.output());
}

// ----------------------------------------------------------------- strided

TEST(Elementwise, walks_unaligned_pointers) {
  const Tensor a = random({1001}).narrow(0, 1, 1000);
  expect_same_sum(a, random({1000}, at::kFloat, 2));
}
TEST(Elementwise, walks_broadcast_and_transposed_operands) {
  expect_same_sum(random({7, 5, 33}), random({5, 1}, at::kFloat, 2));
  expect_same_sum(random({40, 60}).t(), random({60, 40}, at::kFloat, 2));
  expect_same_sum(random({40, 60}), random({}, at::kFloat, 2).expand({40, 60}));
}
TEST(Elementwise, walks_many_dimensions) {
  const Tensor a = random({3, 4, 2, 3, 2, 3});
  expect_same_sum(
      a.permute({5, 0, 3, 1, 4, 2}), random({3, 3, 3, 4, 2, 2}, at::kFloat, 2));
}
TEST(Elementwise, writes_strided_outputs) {
  const Tensor out = random({100, 7}).t();
  const Tensor a = random({7, 100}, at::kFloat, 2);
  auto iter = TensorIterator::binary_op(out, a, a);
  at::native::add_stub(c10::kCUDA, iter, 1);
  auto expected = TensorIterator::binary_op({}, a, a);
  at::native::add_stub(c10::kCPU, expected, 1);
  expect_equal(out, expected.output());
}

// ------------------------------------------------------ dtypes at run time

// An iterator whose operands keep their dtypes, as on CUDA.
TensorIterator mixed(const Tensor& out, const Tensor& a, const Tensor& b) {
  return TensorIteratorConfig()
      .add_output(out)
      .add_input(a)
      .add_input(b)
      .check_all_same_dtype(false)
      .build();
}

class Mixed
    : public testing::TestWithParam<std::tuple<ScalarType, ScalarType>> {};
TEST_P(Mixed, converts_operands_on_the_way) {
  const auto [first, second] = GetParam();
  const Tensor a = random({3, 700}, first);
  const Tensor b = random({3, 700}, second, 2);
  const Tensor out = empty({3, 700}, at::kDouble);
  auto iter = mixed(out, a, b);
  gpu_kernel<float>(iter, AddPlain<float>{});
  const Tensor want_a = a.to(at::kFloat);
  const Tensor want_b = b.to(at::kFloat);
  auto expected = TensorIterator::binary_op({}, want_a, want_b);
  at::native::add_stub(c10::kCPU, expected, 1);
  expect_equal(out, expected.output().to(at::kDouble));
}
INSTANTIATE_TEST_SUITE_P(
    Dtypes,
    Mixed,
    testing::Combine(
        testing::Values(at::kFloat, at::kHalf, at::kLong, at::kBool),
        testing::Values(at::kDouble, at::kBFloat16, at::kByte, at::kInt)));

TEST(Elementwise, rounds_to_the_formulas_type_before_and_after) {
  const Tensor a = random({100}, at::kDouble);
  const Tensor out = empty({100}, at::kFloat);
  at::Tensor third = random({100}, at::kDouble, 2);
  auto* const data = static_cast<double*>(third.data_ptr());
  std::fill(data, data + 100, 1.0 / 3);
  auto iter = mixed(out, a, third);
  gpu_kernel<at::Half>(iter, AddPlain<float>{});
  const Tensor half_a = a.to(at::kHalf);
  const Tensor half_third = third.to(at::kHalf);
  auto expected = TensorIterator::binary_op({}, half_a, half_third);
  at::native::add_stub(c10::kCPU, expected, 1);
  expect_equal(out, expected.output().to(at::kFloat));
}

TEST(Elementwise, refuses_a_dtype_beyond_the_formulas) {
  const Tensor a = random({4}, at::kComplexFloat);
  const Tensor b = random({4});
  const Tensor out = empty({4}, at::kComplexFloat);
  auto iter = mixed(out, a, b);
  EXPECT_THROW(gpu_kernel<float>(iter, AddPlain<float>{}), c10::Error);
}

TEST(Elementwise, costly_formulas_take_any_layout) {
  const Tensor a = random({31, 9}, at::kHalf).t();
  const Tensor b = random({9, 31}, at::kHalf, 2);
  auto iter = TensorIterator::binary_op({}, a, b);
  gpu_kernel_costly<at::Half>(iter, at::native::Hypot<float>{});
  const Tensor x = a.to(at::kFloat).contiguous();
  const Tensor y = b.to(at::kFloat).contiguous();
  const Tensor got = iter.output().to(at::kFloat).contiguous();
  const Tensor want = empty({9, 31});
  for (int64_t i = 0; i < 9 * 31; ++i) {
    static_cast<float*>(want.data_ptr())[i] = static_cast<float>(at::Half(
        std::hypot(
            static_cast<float*>(x.data_ptr())[i],
            static_cast<float*>(y.data_ptr())[i])));
  }
  expect_equal(got, want);
}

// ------------------------------------------------------------------- where

Tensor where(
    c10::DeviceType device,
    const Tensor& c,
    const Tensor& a,
    const c10::Scalar& b) {
  auto iter = TensorIteratorConfig()
                  .add_output({})
                  .add_fixed_input(c)
                  .add_input(a)
                  .add_input(b)
                  .promote_inputs_to_common_dtype(true)
                  .build();
  at::native::where_stub(device, iter);
  return iter.output();
}
TEST(Elementwise, where_reads_a_mask_of_bytes) {
  const Tensor c = random({1000}, at::kBool);
  for (ScalarType dtype : {at::kFloat, at::kDouble, at::kByte, at::kHalf}) {
    const Tensor a = random({1000}, dtype);
    expect_equal(where(c10::kCUDA, c, a, 1), where(c10::kCPU, c, a, 1));
  }
}
TEST(Elementwise, where_walks_strided_masks) {
  const Tensor c = random({30, 20}, at::kBool).t();
  const Tensor a = random({20, 30});
  expect_equal(where(c10::kCUDA, c, a, 2), where(c10::kCPU, c, a, 2));
}

} // namespace

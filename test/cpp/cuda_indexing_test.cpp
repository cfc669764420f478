// CUDA's indexing, cat and pooling kernels, run on the CPU against the CPU's.
#include "cuda_kernel_testing.h"
#include "cuda_sort_keys.h"

// One thread runs at a time: nothing comes between.
template <typename T>
T atomicCAS(T* p, T expected, T value) {
  const T seen = *p;
  if (seen == expected) {
    *p = value;
  }
  return seen;
}
template <typename T>
T atomicAdd(T* p, T value) {
  const T seen = *p;
  *p = static_cast<T>(seen + value);
  return seen;
}

#include "aten/native/cuda/IndexingKernel.cu"
#include "aten/native/cuda/JoiningKernel.cu"
#include "aten/native/cuda/PoolingKernel.cu"

namespace {

using at::ScalarType;
using at::Tensor;
using at::native::BlockMove;
using at::native::IndexedBlocks;
using at::native::PoolShape;
using at::native::ScatterReduce;
using testing_cuda::empty;
using testing_cuda::expect_close;
using testing_cuda::expect_equal;
using testing_cuda::random;
using testing_cuda::random_longs;

// ------------------------------------------------------------------ blocks

// self[:, offsets, ...] of a tensor of four dimensions.
IndexedBlocks blocks_of(const Tensor& self, const Tensor& index) {
  IndexedBlocks blocks;
  blocks.data = static_cast<char*>(self.data_ptr());
  blocks.dtype = self.scalar_type();
  blocks.before_sizes = {self.size(0)};
  blocks.before_strides = {self.stride(0)};
  blocks.after_sizes = {self.size(2), self.size(3)};
  blocks.after_strides = {self.stride(2), self.stride(3)};
  blocks.before_count = self.size(0);
  blocks.after_count = self.size(2) * self.size(3);
  blocks.after_contiguous = self.is_contiguous();
  blocks.most_offset = (self.size(1) - 1) * self.stride(1);
  blocks.offsets = index.clone();
  for (int64_t i = 0; i < index.numel(); ++i) {
    static_cast<int64_t*>(blocks.offsets.data_ptr())[i] *= self.stride(1);
  }
  return blocks;
}

class Blocks : public testing::TestWithParam<ScalarType> {};
INSTANTIATE_TEST_SUITE_P(
    Dtypes,
    Blocks,
    testing::Values(
        at::kFloat,
        at::kDouble,
        at::kLong,
        at::kByte,
        at::kBool,
        at::kComplexDouble));

TEST_P(Blocks, gather_agrees_with_the_cpu) {
  for (const Tensor& self :
       {random({3, 6, 4, 5}, GetParam()),
        random({5, 4, 6, 3}, GetParam()).permute({3, 2, 1, 0})}) {
    const Tensor index = random_longs({11}, 6);
    const IndexedBlocks blocks = blocks_of(self, index);
    const Tensor got = empty({3, 11, 4, 5}, GetParam());
    const Tensor want = empty({3, 11, 4, 5}, GetParam());
    at::native::indexed_blocks_stub(c10::kCUDA, got, blocks, BlockMove::Gather);
    at::native::indexed_blocks_stub(c10::kCPU, want, blocks, BlockMove::Gather);
    expect_equal(got, want);
  }
}

TEST_P(Blocks, sums_agree_with_the_cpu_for_repeated_indices) {
  const Tensor start = random({3, 6, 4, 5}, GetParam());
  const Tensor index = random_longs({20}, 6);
  const Tensor dense = random({3, 20, 4, 5}, GetParam(), 2);
  Tensor got = start.clone();
  Tensor want = start.clone();
  at::native::indexed_blocks_stub(
      c10::kCUDA, dense, blocks_of(got, index), BlockMove::Add);
  at::native::indexed_blocks_stub(
      c10::kCPU, dense, blocks_of(want, index), BlockMove::Add);
  expect_equal(got, want);
}

TEST_P(Blocks, put_writes_what_is_named) {
  const Tensor start = random({3, 6, 4, 5}, GetParam());
  const Tensor index = random_longs({1}, 6);
  const Tensor dense = random({3, 1, 4, 5}, GetParam(), 2);
  Tensor got = start.clone();
  Tensor want = start.clone();
  at::native::indexed_blocks_stub(
      c10::kCUDA, dense, blocks_of(got, index), BlockMove::Put);
  at::native::indexed_blocks_stub(
      c10::kCPU, dense, blocks_of(want, index), BlockMove::Put);
  expect_equal(got, want);
}

TEST(Offsets, wrap_negative_indices) {
  Tensor index = random_longs({9}, 5);
  auto* const data = static_cast<int64_t*>(index.data_ptr());
  data[3] = -1;
  data[4] = -5;
  Tensor offsets = random_longs({9}, 1);
  at::native::add_offsets_stub(c10::kCUDA, offsets, index, 5, 7, true);
  EXPECT_EQ(static_cast<int64_t*>(offsets.data_ptr())[3], 4 * 7);
  EXPECT_EQ(static_cast<int64_t*>(offsets.data_ptr())[4], 0);
  EXPECT_EQ(static_cast<int64_t*>(offsets.data_ptr())[0], data[0] * 7);
}

// ------------------------------------------------------------------- lines

class Lines : public testing::TestWithParam<int64_t> {}; // dim
INSTANTIATE_TEST_SUITE_P(Dims, Lines, testing::Values(0, 1, 2));

TEST_P(Lines, gather_agrees_with_the_cpu) {
  const int64_t dim = GetParam();
  const Tensor self = random({6, 8, 7});
  const Tensor index = random_longs({5, 6, 6}, 6);
  const Tensor got = empty({5, 6, 6});
  const Tensor want = empty({5, 6, 6});
  at::native::gather_stub(c10::kCUDA, got, self, dim, index);
  at::native::gather_stub(c10::kCPU, want, self, dim, index);
  expect_equal(got, want);
}

TEST_P(Lines, gather_walks_strided_operands) {
  const int64_t dim = GetParam();
  const Tensor self = random({7, 8, 6}).permute({2, 1, 0});
  const Tensor index = random_longs({6, 5, 6}, 6).permute({1, 0, 2});
  const Tensor got = empty({5, 6, 6});
  const Tensor want = empty({5, 6, 6});
  at::native::gather_stub(c10::kCUDA, got, self, dim, index);
  at::native::gather_stub(c10::kCPU, want, self, dim, index);
  expect_equal(got, want);
}

TEST_P(Lines, scatter_add_agrees_with_the_cpu) {
  const int64_t dim = GetParam();
  for (ScalarType dtype :
       {at::kFloat,
        at::kDouble,
        at::kLong,
        at::kInt,
        at::kShort,
        at::kByte,
        at::kChar,
        at::kBool,
        at::kComplexFloat}) {
    const Tensor index = random_longs({5, 6, 6}, 6);
    const Tensor src = random({5, 7, 6}, dtype, 2);
    Tensor got = random({6, 8, 7}, dtype);
    Tensor want = got.clone();
    at::native::scatter_stub(
        c10::kCUDA, got, dim, index, src, ScatterReduce::Add);
    at::native::scatter_stub(
        c10::kCPU, want, dim, index, src, ScatterReduce::Add);
    expect_close(got, want, 1e-6);
  }
}

TEST(Lines, scatter_multiplies_by_one_value) {
  const Tensor index = random_longs({5, 6}, 6);
  const Tensor two = testing_cuda::empty({});
  *static_cast<float*>(two.data_ptr()) = 2;
  Tensor got = random({6, 6});
  Tensor want = got.clone();
  at::native::scatter_stub(
      c10::kCUDA, got, 0, index, two, ScatterReduce::Multiply);
  at::native::scatter_stub(
      c10::kCPU, want, 0, index, two, ScatterReduce::Multiply);
  expect_equal(got, want);
}

// --------------------------------------------------------------------- cat

void expect_same_cat(std::vector<Tensor> tensors, int64_t dim) {
  c10::DimVector sizes(tensors[0].sizes());
  sizes[dim] = 0;
  for (const Tensor& t : tensors) {
    sizes[dim] += t.sizes()[dim];
  }
  const Tensor got = empty(sizes, tensors[0].scalar_type());
  const Tensor want = empty(sizes, tensors[0].scalar_type());
  at::native::cat_stub(c10::kCUDA, got, tensors, dim);
  at::native::cat_stub(c10::kCPU, want, tensors, dim);
  expect_equal(got, want);
}

TEST(Cat, joins_along_each_dimension) {
  expect_same_cat({random({3, 4, 8}), random({2, 4, 8})}, 0);
  expect_same_cat({random({3, 4, 8}), random({3, 1, 8})}, 1);
  expect_same_cat({random({3, 4, 8}), random({3, 4, 5})}, 2);
}
TEST(Cat, copies_in_units_that_divide_all_runs) {
  for (int64_t width : {1, 2, 4, 8, 16, 3, 6, 12}) {
    expect_same_cat(
        {random({5, width}, at::kByte), random({5, 2 * width}, at::kByte)}, 1);
  }
  expect_same_cat(
      {random({33}, at::kByte).narrow(0, 1, 32), random({16}, at::kByte)}, 0);
}
TEST(Cat, joins_more_tensors_than_one_launch_takes) {
  std::vector<Tensor> tensors;
  for (int64_t i = 0; i < 120; ++i) {
    tensors.push_back(random({2, i % 5}, at::kShort, static_cast<unsigned>(i)));
  }
  expect_same_cat(tensors, 1);
}

// ----------------------------------------------------------------- pooling

PoolShape pool(
    int64_t planes,
    int64_t h,
    int64_t w,
    int64_t kernel,
    int64_t stride,
    int64_t pad,
    int64_t dilation) {
  PoolShape s{};
  const auto out = [&](int64_t in) {
    return (in + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  };
  s.planes = planes;
  s.in_h = h;
  s.in_w = w;
  s.out_h = out(h);
  s.out_w = out(w);
  s.kernel_h = s.kernel_w = kernel;
  s.stride_h = s.stride_w = stride;
  s.pad_h = s.pad_w = pad;
  s.dilation_h = s.dilation_w = dilation;
  s.count_include_pad = true;
  return s;
}

class Pooling : public testing::TestWithParam<PoolShape> {};
INSTANTIATE_TEST_SUITE_P(
    Shapes,
    Pooling,
    testing::Values(
        pool(3, 8, 8, 2, 2, 0, 1),
        pool(2, 9, 7, 3, 2, 1, 1),
        pool(2, 11, 12, 3, 1, 1, 2),
        pool(1, 10, 6, 4, 3, 2, 1)));

TEST_P(Pooling, max_agrees_with_the_cpu_both_ways) {
  const PoolShape s = GetParam();
  const Tensor x = random({s.planes, s.in_h, s.in_w});
  const Tensor got = empty({s.planes, s.out_h, s.out_w});
  const Tensor want = empty({s.planes, s.out_h, s.out_w});
  const Tensor got_at = random_longs({s.planes, s.out_h, s.out_w}, 1);
  const Tensor want_at = got_at.clone();
  at::native::max_pool2d_stub(c10::kCUDA, got, got_at, x, s);
  at::native::max_pool2d_stub(c10::kCPU, want, want_at, x, s);
  expect_equal(got, want);
  expect_equal(got_at, want_at);

  const Tensor grad = random({s.planes, s.out_h, s.out_w}, at::kFloat, 2);
  const Tensor got_grad = empty({s.planes, s.in_h, s.in_w});
  const Tensor want_grad = empty({s.planes, s.in_h, s.in_w});
  at::native::max_pool2d_backward_stub(c10::kCUDA, got_grad, grad, want_at, s);
  at::native::max_pool2d_backward_stub(c10::kCPU, want_grad, grad, want_at, s);
  expect_close(got_grad, want_grad, 1e-6);
}

TEST_P(Pooling, average_agrees_with_the_cpu_both_ways) {
  PoolShape s = GetParam();
  if (s.dilation_h != 1) {
    return; // there is no such operator
  }
  for (const bool include : {true, false}) {
    s.count_include_pad = include;
    const Tensor x = random({s.planes, s.in_h, s.in_w});
    const Tensor got = empty({s.planes, s.out_h, s.out_w});
    const Tensor want = empty({s.planes, s.out_h, s.out_w});
    at::native::avg_pool2d_stub(c10::kCUDA, got, x, s);
    at::native::avg_pool2d_stub(c10::kCPU, want, x, s);
    expect_close(got, want, 1e-6);
    const Tensor got_grad = empty({s.planes, s.in_h, s.in_w});
    const Tensor want_grad = empty({s.planes, s.in_h, s.in_w});
    at::native::avg_pool2d_backward_stub(c10::kCUDA, got_grad, got, s);
    at::native::avg_pool2d_backward_stub(c10::kCPU, want_grad, got, s);
    expect_close(got_grad, want_grad, 1e-6);
  }
}

TEST(Pooling, adaptive_agrees_with_the_cpu_both_ways) {
  for (const auto [out_h, out_w] :
       {std::pair<int64_t, int64_t>{1, 1}, {3, 4}, {7, 9}, {11, 5}}) {
    PoolShape s{};
    s.planes = 2;
    s.in_h = 7;
    s.in_w = 10;
    s.out_h = out_h;
    s.out_w = out_w;
    const Tensor x = random({2, 7, 10});
    const Tensor got = empty({2, out_h, out_w});
    const Tensor want = empty({2, out_h, out_w});
    at::native::adaptive_avg_pool2d_stub(c10::kCUDA, got, x, s);
    at::native::adaptive_avg_pool2d_stub(c10::kCPU, want, x, s);
    expect_close(got, want, 1e-6);
    const Tensor got_grad = empty({2, 7, 10});
    const Tensor want_grad = empty({2, 7, 10});
    at::native::adaptive_avg_pool2d_backward_stub(c10::kCUDA, got_grad, got, s);
    at::native::adaptive_avg_pool2d_backward_stub(c10::kCPU, want_grad, got, s);
    expect_close(got_grad, want_grad, 1e-6);
  }
}

} // namespace

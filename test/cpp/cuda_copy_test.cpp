// copy_ to, from and between CUDA tensors (native/Copy.cpp), on a device that
// is ordinary memory: what crosses is one run of bytes, everything else
// happens on one side.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/Copy.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at {
namespace {

int device_index = 0;
int bytes_calls = 0;
int kernel_calls = 0;

struct FakeAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t nbytes) override {
    void* block = std::malloc(nbytes + 1);
    return c10::DataPtr(
        block,
        block,
        std::free,
        c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(device_index)));
  }
};

void copy_bytes(const TensorBase& dst, const TensorBase& src, bool) {
  ++bytes_calls;
  ASSERT_EQ(dst.nbytes(), src.nbytes());
  ASSERT_EQ(dst.scalar_type(), src.scalar_type());
  std::memcpy(dst.data_ptr(), src.data_ptr(), src.nbytes());
}

// Stands in for the device's kernel: the CPU's, for both sides on the device.
void copy_kernel(TensorIterator& iter, bool non_blocking) {
  ++kernel_calls;
  native::copy_stub(c10::kCPU, iter, non_blocking);
}

class CudaCopyTest : public ::testing::Test {
 protected:
  CudaCopyTest() {
    static FakeAllocator allocator;
    c10::set_allocator(c10::kCUDA, &allocator);
    native::copy_bytes_stub.set_cuda(copy_bytes);
    native::copy_stub.set_cuda(copy_kernel);
    device_index = 0;
    bytes_calls = kernel_calls = 0;
  }
  static Tensor on_device(
      IntArrayRef sizes, int index = 0, ScalarType dtype = kFloat) {
    device_index = index;
    Tensor t(detail::empty(
        sizes,
        dtype,
        c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index))));
    device_index = 0;
    return t;
  }
  static Tensor numbers(int64_t rows, int64_t columns) {
    return at::arange(0, rows * columns, 1, c10::TensorOptions(kFloat))
        .view({rows, columns});
  }
  static bool same(const Tensor& device, const Tensor& host) {
    Tensor back = at::empty(device.sizes(), c10::TensorOptions(device.dtype()));
    back.copy_(device);
    return at::equal(back, host);
  }
};

TEST_F(CudaCopyTest, PlainMemoryCrossesInOnePiece) {
  const Tensor x = numbers(3, 4);
  Tensor there = on_device({3, 4});
  there.copy_(x);
  EXPECT_EQ(bytes_calls, 1);
  EXPECT_EQ(kernel_calls, 0);
  EXPECT_TRUE(same(there, x));
}

TEST_F(CudaCopyTest, AlikeStridesCrossAsTheyLie) {
  const Tensor x = numbers(3, 4).t();
  Tensor there = on_device({3, 4}).t();
  there.copy_(x);
  EXPECT_EQ(bytes_calls, 1);
  EXPECT_TRUE(same(there, x));
}

TEST_F(CudaCopyTest, TheSourceIsConvertedBeforeItCrosses) {
  const Tensor x = numbers(3, 4);
  Tensor there = on_device({3, 4}, 0, kDouble);
  there.copy_(x);
  EXPECT_EQ(bytes_calls, 1);
  EXPECT_EQ(kernel_calls, 0);
  EXPECT_TRUE(same(there, x.to(kDouble)));
}

TEST_F(CudaCopyTest, BroadcastSourceIsMadeDense) {
  const Tensor x = numbers(1, 4);
  Tensor there = on_device({3, 4});
  there.copy_(x);
  EXPECT_TRUE(same(there, x.expand({3, 4}).contiguous()));
}

TEST_F(CudaCopyTest, StridedDestinationIsFilledOnItsSide) {
  const Tensor x = numbers(3, 4);
  Tensor whole = on_device({4, 3});
  Tensor there = whole.t();
  there.copy_(x);
  EXPECT_EQ(bytes_calls, 1);
  EXPECT_EQ(kernel_calls, 1);
  EXPECT_TRUE(same(whole, x.t().contiguous()));
}

TEST_F(CudaCopyTest, OneDeviceUsesItsKernelForLayouts) {
  Tensor a = on_device({3, 4});
  a.copy_(numbers(3, 4));
  bytes_calls = 0;
  Tensor b = on_device({4, 3});
  b.copy_(a.t());
  EXPECT_EQ(bytes_calls, 0);
  EXPECT_EQ(kernel_calls, 1);
  EXPECT_TRUE(same(b, numbers(3, 4).t().contiguous()));
}

TEST_F(CudaCopyTest, TwoDevicesExchangeBytes) {
  Tensor a = on_device({3, 4}, 0);
  a.copy_(numbers(3, 4));
  Tensor b = on_device({3, 4}, 1);
  bytes_calls = 0;
  b.copy_(a);
  EXPECT_EQ(bytes_calls, 1);
  EXPECT_EQ(kernel_calls, 0);
  EXPECT_TRUE(same(b, numbers(3, 4)));
}

TEST_F(CudaCopyTest, EmptyTensorsMoveNothing) {
  Tensor there = on_device({0, 4});
  there.copy_(at::empty({0, 4}, c10::TensorOptions(kFloat)));
  EXPECT_EQ(bytes_calls, 0);
  EXPECT_EQ(kernel_calls, 0);
}

} // namespace
} // namespace at

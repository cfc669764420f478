// Streams and generators: bookkeeping over a fake driver.
#include <gtest/gtest.h>

#include <thread>

#include "aten/EmptyTensor.h"
#include "aten/cuda/CUDAGenerator.h"
#include "aten/cuda/Stream.h"
#include "c10/util/Exception.h"
#include "fake_cuda_driver.h"

namespace at::cuda {
namespace {

// Pools live as long as the program: one driver for all tests.
FakeDriver& fake() {
  static FakeDriver instance;
  return instance;
}

class StreamTest : public ::testing::Test {
 protected:
  StreamTest() {
    set_driver(&fake());
    fake().current = 0;
  }
};

TEST_F(StreamTest, DefaultStreamHasNoHandle) {
  EXPECT_EQ(stream_of(-1), default_stream(0));
  EXPECT_EQ(handle_of(default_stream(0)), nullptr);
  EXPECT_EQ(priority_of(default_stream(0)), 0);
}

TEST_F(StreamTest, PoolHandsOut32InTurn) {
  const Stream first = stream_from_pool(0, 0);
  std::set<StreamHandle> handles{handle_of(first)};
  for (int i = 1; i < kStreamsPerPool; ++i) {
    handles.insert(handle_of(stream_from_pool(0, 0)));
  }
  EXPECT_EQ(handles.size(), static_cast<size_t>(kStreamsPerPool));
  EXPECT_EQ(stream_from_pool(0, 0), first);
}

TEST_F(StreamTest, PrioritiesHavePoolsAndAreClamped) {
  const Stream high = stream_from_pool(-1, 0);
  EXPECT_EQ(priority_of(high), -1);
  EXPECT_EQ(priority_of(stream_from_pool(-100, 0)), -3);
  EXPECT_NE(handle_of(high), handle_of(stream_from_pool(0, 0)));
}

TEST_F(StreamTest, IdsArePackedAsPyTorchPacksThem) {
  // Device 1 has a pool of its own, so the first number is zero.
  EXPECT_EQ(stream_from_pool(0, 1).id, 3);
  EXPECT_EQ(stream_from_pool(0, 1).id, 35);
}

TEST_F(StreamTest, RefusesPositivePriorityAndUnknownDevice) {
  EXPECT_THROW(stream_from_pool(1, 0), c10::Error);
  EXPECT_THROW(stream_from_pool(0, 2), c10::Error);
  EXPECT_THROW(default_stream(7), c10::Error);
}

TEST_F(StreamTest, CurrentStreamIsPerDeviceAndThread) {
  const Stream mine = stream_from_pool(0, 1);
  {
    const StreamGuard guard(mine);
    EXPECT_EQ(fake().current, 1);
    EXPECT_EQ(stream_of(-1), mine);
    EXPECT_EQ(stream_of(0), default_stream(0));
    Stream seen;
    std::thread([&] { seen = stream_of(1); }).join();
    EXPECT_EQ(seen, default_stream(1));
  }
  EXPECT_EQ(fake().current, 0);
  EXPECT_EQ(stream_of(1), default_stream(1));
}

TEST_F(StreamTest, ExternalStreamKeepsItsHandle) {
  auto* const handle = reinterpret_cast<StreamHandle>(uintptr_t{0xABC0});
  EXPECT_EQ(handle_of(external_stream(handle, 0)), handle);
  // The runtime's special handles are small odd numbers.
  auto* const legacy = reinterpret_cast<StreamHandle>(uintptr_t{1});
  EXPECT_EQ(handle_of(external_stream(legacy, 0)), legacy);
}

TEST_F(StreamTest, OneStreamWaitsForAnother) {
  const Stream a = stream_from_pool(0, 0);
  const Stream b = stream_from_pool(0, 1);
  fake().waits.clear();
  const int live = fake().live_events;
  wait_stream(a, b);
  ASSERT_EQ(fake().waits.size(), 1u);
  EXPECT_EQ(fake().waits[0].first, handle_of(a));
  EXPECT_EQ(fake().live_events, live);
  EXPECT_EQ(fake().current, 0);
}

// ----------------------------------------------------------- generators

TEST_F(StreamTest, GeneratorHandsOutMultiplesOfFour) {
  const c10::Generator g = make_cuda_generator(0);
  g.set_current_seed(42);
  EXPECT_EQ(philox_args(g, 1).offset, 0u);
  EXPECT_EQ(philox_args(g, 4).offset, 4u);
  EXPECT_EQ(philox_args(g, 5).offset, 8u);
  EXPECT_EQ(philox_args(g, 4).offset, 16u);
  EXPECT_EQ(philox_args(g, 4).seed, 42u);
  g.set_current_seed(42);
  EXPECT_EQ(philox_args(g, 4).offset, 0u);
}

TEST_F(StreamTest, GeneratorStateIsSeedAndOffset) {
  const c10::Generator g = make_cuda_generator(1);
  auto* impl = g.get<CUDAGeneratorImpl>();
  impl->set_current_seed(7);
  impl->advance(9);
  const TensorBase state = impl->get_state();
  ASSERT_EQ(state.numel(), 16);
  uint64_t words[2];
  memcpy(words, state.data_ptr(), 16);
  EXPECT_EQ(words[0], 7u);
  EXPECT_EQ(words[1], 12u);
  const c10::Generator copy = make_cuda_generator(1);
  copy.get<CUDAGeneratorImpl>()->set_state(state);
  EXPECT_EQ(copy.current_seed(), 7u);
  EXPECT_EQ(copy.get<CUDAGeneratorImpl>()->offset(), 12u);
  EXPECT_EQ(c10::Generator(impl->clone()).current_seed(), 7u);
}

TEST_F(StreamTest, GeneratorRefusesBadStates) {
  const c10::Generator g = make_cuda_generator(0);
  auto* impl = g.get<CUDAGeneratorImpl>();
  EXPECT_THROW(
      impl->set_state(at::detail::empty({16}, c10::ScalarType::Float)),
      c10::Error);
  EXPECT_THROW(
      impl->set_state(at::detail::empty({15}, c10::ScalarType::Byte)),
      c10::Error);
  EXPECT_THROW(impl->set_offset(3), c10::Error);
}

TEST_F(StreamTest, DefaultGeneratorIsOnePerDevice) {
  EXPECT_EQ(default_cuda_generator(), default_cuda_generator(0));
  EXPECT_FALSE(default_cuda_generator(0) == default_cuda_generator(1));
  EXPECT_EQ(default_cuda_generator(1).device(), c10::Device(c10::kCUDA, 1));
  EXPECT_THROW(default_cuda_generator(5), c10::Error);
}

} // namespace
} // namespace at::cuda

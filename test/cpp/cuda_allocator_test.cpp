// The caching allocators of device and pinned memory, over a fake driver.
#include <gtest/gtest.h>

#include <unistd.h>

#include <set>

#include "aten/cuda/CachingAllocator.h"
#include "aten/cuda/PinnedMemory.h"
#include "aten/cuda/Stream.h"
#include "c10/util/Exception.h"
#include "fake_cuda_driver.h"

namespace at::cuda {
namespace {

StreamHandle stream_number(uintptr_t n) {
  return reinterpret_cast<StreamHandle>(n * 16);
}

class DeviceAllocatorTest : public ::testing::Test {
 protected:
  DeviceAllocatorTest() { set_driver(&fake); }
  ~DeviceAllocatorTest() override {
    for (Block* block : held) {
      allocator.free(block);
    }
    allocator.empty_cache();
  }
  Block* allocate(size_t nbytes, StreamHandle stream = nullptr) {
    return *held.insert(allocator.allocate(nbytes, stream)).first;
  }
  void free(Block* block) {
    held.erase(block);
    allocator.free(block);
  }

  FakeDriver fake;
  DeviceAllocator allocator{0};
  std::set<Block*> held; // what a test leaves to the destructor
};

TEST(SizeTest, BlocksAreMultiplesOf512) {
  EXPECT_EQ(round_block_size(1), 512u);
  EXPECT_EQ(round_block_size(512), 512u);
  EXPECT_EQ(round_block_size(513), 1024u);
}

TEST(SizeTest, SegmentsFollowTheSizeClass) {
  EXPECT_EQ(segment_size(512), 2 * kMiB);
  EXPECT_EQ(segment_size(kMiB), 2 * kMiB);
  EXPECT_EQ(segment_size(kMiB + 512), 20 * kMiB);
  EXPECT_EQ(segment_size(10 * kMiB - 512), 20 * kMiB);
  EXPECT_EQ(segment_size(10 * kMiB), 10 * kMiB);
  EXPECT_EQ(segment_size(11 * kMiB), 12 * kMiB);
}

TEST(SizeTest, FormatsLikeErrorTexts) {
  EXPECT_EQ(format_size(0), "0 bytes");
  EXPECT_EQ(format_size(1024), "1024 bytes");
  EXPECT_EQ(format_size(1536), "1.50 KiB");
  EXPECT_EQ(format_size(20 * kMiB), "20.00 MiB");
  EXPECT_EQ(format_size(uint64_t{3} << 30), "3.00 GiB");
}

TEST_F(DeviceAllocatorTest, SmallRequestsShareOneSegment) {
  Block* a = allocate(1);
  Block* b = allocate(1000);
  EXPECT_EQ(fake.allocations, 1);
  EXPECT_EQ(b->data, a->data + 512);
  const AllocatorStats s = allocator.stats();
  EXPECT_EQ(s.allocated_bytes.all.current, 512 + 1024);
  EXPECT_EQ(s.allocated_bytes.small_pool.current, 512 + 1024);
  EXPECT_EQ(s.allocated_bytes.large_pool.current, 0);
  EXPECT_EQ(s.requested_bytes.all.current, 1001);
  EXPECT_EQ(s.reserved_bytes.all.current, 2 << 20);
  EXPECT_EQ(s.segment.small_pool.current, 1);
  EXPECT_EQ(s.allocation.all.allocated, 2);
  EXPECT_EQ(s.inactive_split.all.current, 1);
  EXPECT_EQ(s.inactive_split_bytes.all.current, (2 << 20) - 1536);
  EXPECT_EQ(s.num_device_alloc, 1);
}

TEST_F(DeviceAllocatorTest, FreedNeighboursMerge) {
  Block* a = allocate(512);
  Block* b = allocate(512);
  Block* c = allocate(512);
  free(a);
  free(c); // joins the rest of the segment
  EXPECT_EQ(allocator.stats().inactive_split.all.current, 2);
  free(b); // joins both sides: one whole segment again
  const AllocatorStats s = allocator.stats();
  EXPECT_EQ(s.inactive_split.all.current, 0);
  EXPECT_EQ(s.inactive_split_bytes.all.current, 0);
  EXPECT_EQ(s.active_bytes.all.current, 0);
  EXPECT_EQ(s.allocated_bytes.all.peak, 3 * 512);
  EXPECT_EQ(s.allocated_bytes.all.freed, 3 * 512);
  Block* whole = allocate(kMiB);
  EXPECT_EQ(fake.allocations, 1);
  EXPECT_EQ(whole->size, kMiB);
}

TEST_F(DeviceAllocatorTest, ReusesTheBestFit) {
  Block* large = allocate(12 * kMiB);
  Block* larger = allocate(30 * kMiB);
  char* const address = large->data;
  free(larger);
  free(large);
  EXPECT_EQ(allocate(11 * kMiB + 512)->data, address);
  EXPECT_EQ(fake.allocations, 2);
}

TEST_F(DeviceAllocatorTest, SplitsLargeBlocksOnlyAboveOneMiBLeft) {
  Block* a = allocate(12 * kMiB);
  free(a);
  Block* b = allocate(11 * kMiB); // exactly one MiB would be left
  EXPECT_EQ(b->size, 12 * kMiB);
  free(b);
  Block* c = allocate(11 * kMiB - 512);
  EXPECT_EQ(c->size, 11 * kMiB - 512);
}

TEST_F(DeviceAllocatorTest, StreamsDoNotShareFreeBlocks) {
  Block* a = allocate(512, stream_number(1));
  free(a);
  allocate(512, stream_number(2));
  EXPECT_EQ(fake.allocations, 2);
}

TEST_F(DeviceAllocatorTest, RecordedStreamDelaysReuse) {
  const StreamHandle side = stream_number(7);
  Block* a = allocate(512);
  char* const address = a->data;
  allocator.record_stream(a, side);
  fake.submit(side);
  free(a);
  AllocatorStats s = allocator.stats();
  EXPECT_EQ(s.allocated_bytes.all.current, 0);
  EXPECT_EQ(s.active_bytes.all.current, 512); // still waiting
  EXPECT_NE(allocate(512)->data, address);
  fake.finish(side);
  EXPECT_EQ(allocate(512)->data, address);
  EXPECT_EQ(fake.live_events, 0);
}

TEST_F(DeviceAllocatorTest, RecordingTheOwnStreamCostsNothing) {
  Block* a = allocate(512, stream_number(3));
  allocator.record_stream(a, stream_number(3));
  free(a);
  EXPECT_EQ(allocator.stats().active_bytes.all.current, 0);
}

TEST_F(DeviceAllocatorTest, AWaitingBlockDoesNotMerge) {
  const StreamHandle side = stream_number(7);
  Block* a = allocate(512);
  Block* b = allocate(512);
  allocator.record_stream(a, side);
  fake.submit(side);
  free(a);
  free(b);
  EXPECT_EQ(allocator.stats().inactive_split.all.current, 1);
  fake.finish(side);
  allocator.empty_cache();
  EXPECT_EQ(fake.used, 0u);
}

TEST_F(DeviceAllocatorTest, EmptyCacheKeepsSegmentsInUse) {
  Block* a = allocate(512);
  Block* b = allocate(12 * kMiB);
  free(b);
  allocator.empty_cache();
  EXPECT_EQ(fake.used, 2 * kMiB);
  AllocatorStats s = allocator.stats();
  EXPECT_EQ(s.reserved_bytes.all.current, 2 << 20);
  EXPECT_EQ(s.num_device_free, 1);
  EXPECT_EQ(s.num_sync_all_streams, 1);
  free(a);
  allocator.empty_cache();
  EXPECT_EQ(fake.used, 0u);
  EXPECT_EQ(allocator.stats().segment.all.current, 0);
}

TEST_F(DeviceAllocatorTest, ALackOfMemoryFreesTheCacheAndRetries) {
  fake.capacity = 64 * kMiB;
  Block* a = allocate(40 * kMiB, stream_number(1));
  free(a);
  allocate(40 * kMiB, stream_number(2));
  const AllocatorStats s = allocator.stats();
  EXPECT_EQ(s.num_alloc_retries, 1);
  EXPECT_EQ(s.num_ooms, 0);
  EXPECT_EQ(s.reserved_bytes.all.current, 40 << 20);
}

TEST_F(DeviceAllocatorTest, OutOfMemoryTellsTheFigures) {
  fake.capacity = 64 * kMiB;
  allocate(40 * kMiB);
  Block* b = allocate(600);
  free(b);
  allocate(100);
  try {
    allocate(100 * kMiB);
    FAIL() << "no error";
  } catch (const c10::Error& error) {
    EXPECT_EQ(error.kind(), c10::ErrorKind::OutOfMemory);
    EXPECT_EQ(
        error.message(),
        "CUDA out of memory. Tried to allocate 100.00 MiB. GPU 0 has a total "
        "capacity of 64.00 MiB of which 22.00 MiB is free. Of the allocated "
        "memory 40.00 MiB is allocated by PyTorch, and 2.00 MiB is reserved "
        "by PyTorch but unallocated. If reserved but unallocated memory is "
        "large try setting PYTORCH_ALLOC_CONF=expandable_segments:True to "
        "avoid fragmentation.  See documentation for Memory Management  "
        "(https://pytorch.org/docs/stable/notes/cuda.html"
        "#environment-variables)");
  }
  EXPECT_EQ(allocator.stats().num_ooms, 1);
  allocate(512); // the allocator still serves
}

TEST_F(DeviceAllocatorTest, OutOfMemoryTellsWhoHoldsTheMemory) {
  fake.capacity = 8 * kMiB;
  fake.processes = {
      {1, 3 * kMiB}, {static_cast<unsigned>(getpid()), 5 * kMiB}, {2, 0}};
  try {
    allocate(100 * kMiB);
    FAIL() << "no error";
  } catch (const c10::Error& error) {
    EXPECT_NE(
        error.message().find(
            " is free. Process 1 has 3.00 MiB memory in use. Including "
            "non-PyTorch memory, this process has 5.00 MiB memory in use. Of "),
        std::string::npos)
        << error.message();
  }
}

TEST(ProcessMemoryTest, IsEmptyForNoDevice) {
  EXPECT_TRUE(process_memory("FFFF:FF:1F.0").empty());
}

TEST_F(DeviceAllocatorTest, AFractionBoundsTheReservation) {
  fake.capacity = 100 * kMiB;
  allocator.set_memory_fraction(0.5);
  allocate(40 * kMiB);
  EXPECT_THROW(allocate(20 * kMiB), c10::Error);
  EXPECT_EQ(fake.used, 40 * kMiB);
}

TEST_F(DeviceAllocatorTest, ResetsPeaksAndHistory) {
  free(allocate(512));
  allocator.reset_peak_stats();
  EXPECT_EQ(allocator.stats().allocated_bytes.all.peak, 0);
  EXPECT_EQ(allocator.stats().allocated_bytes.all.allocated, 512);
  allocator.reset_accumulated_stats();
  EXPECT_EQ(allocator.stats().allocated_bytes.all.allocated, 0);
  EXPECT_EQ(allocator.stats().num_device_alloc, 0);
  EXPECT_EQ(allocator.stats().reserved_bytes.all.current, 2 << 20);
}

TEST_F(DeviceAllocatorTest, RandomTrafficKeepsItsBooks) {
  uint32_t state = 1;
  const auto next = [&](uint32_t n) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
  };
  std::vector<Block*> live;
  int64_t bytes = 0;
  for (int i = 0; i < 5000; ++i) {
    if (live.size() < 40 && next(2)) {
      const size_t size = next(4) ? 1 + next(5000) : 1 + next(8 << 20);
      live.push_back(allocate(size, stream_number(next(3))));
      bytes += static_cast<int64_t>(live.back()->size);
    } else if (!live.empty()) {
      const size_t at = next(static_cast<uint32_t>(live.size()));
      bytes -= static_cast<int64_t>(live[at]->size);
      free(live[at]);
      live.erase(live.begin() + static_cast<long>(at));
    }
    ASSERT_EQ(allocator.stats().allocated_bytes.all.current, bytes);
    // Blocks in use do not overlap and lie within one segment.
    for (const Block* a : live) {
      for (const Block* b : live) {
        ASSERT_TRUE(
            a == b || a->data + a->size <= b->data ||
            b->data + b->size <= a->data);
      }
      const auto segment = std::prev(fake.blocks.upper_bound(a->data));
      ASSERT_LE(a->data + a->size, segment->first + segment->second);
    }
  }
  for (Block* block : live) {
    free(block);
  }
  allocator.empty_cache();
  EXPECT_EQ(fake.used, 0u);
  EXPECT_EQ(allocator.stats().inactive_split_bytes.all.current, 0);
}

// ------------------------------------------------ through the allocators

class AllocatorTest : public ::testing::Test {
 protected:
  AllocatorTest() { set_driver(&fake); }
  ~AllocatorTest() override {
    set_stream(default_stream(0));
    caching_allocator().empty_cache();
    cuda::pinned_allocator().empty_cache();
  }
  FakeDriver fake;
};

TEST_F(AllocatorTest, DataKnowsItsDeviceAndFreesItself) {
  fake.current = 1;
  {
    const c10::DataPtr data = caching_allocator().allocate(100);
    EXPECT_EQ(data.device(), c10::Device(c10::kCUDA, 1));
    EXPECT_EQ(
        caching_allocator().of_device(1).stats().allocation.all.current, 1);
  }
  EXPECT_EQ(caching_allocator().of_device(1).stats().allocation.all.current, 0);
}

TEST_F(AllocatorTest, NoBytesNeedNoBlock) {
  const c10::DataPtr data = caching_allocator().allocate(0);
  EXPECT_EQ(data.get(), nullptr);
  EXPECT_EQ(data.device(), c10::Device(c10::kCUDA, 0));
  EXPECT_EQ(fake.allocations, 0);
}

TEST_F(AllocatorTest, RefusesForeignMemory) {
  int value = 0;
  const c10::DataPtr foreign(&value, c10::Device(c10::kCUDA, 0));
  EXPECT_THROW(
      caching_allocator().record_stream(foreign, Stream{}), c10::Error);
}

TEST_F(AllocatorTest, PinnedBlocksAreReusedBySize) {
  void* address = nullptr;
  {
    const c10::DataPtr data = pinned_allocator().allocate(1000);
    address = data.get();
    EXPECT_TRUE(data.device().is_cpu());
    EXPECT_TRUE(pinned_allocator().contains(address));
    EXPECT_TRUE(pinned_allocator().contains(static_cast<char*>(address) + 999));
  }
  EXPECT_FALSE(pinned_allocator().contains(address));
  const c10::DataPtr again = pinned_allocator().allocate(900);
  EXPECT_EQ(again.get(), address);
  EXPECT_EQ(fake.host_allocations, 1);
  int local = 0;
  EXPECT_FALSE(pinned_allocator().contains(&local));
}

TEST_F(AllocatorTest, PinnedBlockWaitsForItsCopy) {
  const Stream side = stream_from_pool(0, 0);
  void* address = nullptr;
  {
    const c10::DataPtr data = pinned_allocator().allocate(64);
    address = data.get();
    fake.submit(handle_of(side));
    pinned_allocator().record_stream(address, side);
  }
  {
    const c10::DataPtr other = pinned_allocator().allocate(64);
    EXPECT_NE(other.get(), address);
    fake.finish(handle_of(side));
    const c10::DataPtr again = pinned_allocator().allocate(64);
    EXPECT_EQ(again.get(), address);
  }
  EXPECT_EQ(fake.live_events, 0);
}

} // namespace
} // namespace at::cuda

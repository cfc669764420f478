// The caching allocator of device memory: blocks of past tensors are kept per
// stream and handed out again without a call of the driver. Sizes, pools,
// splitting and figures are PyTorch's, so that torch.cuda.memory_stats tells
// the same numbers. Host logic over Driver.h; tested with a fake driver.
//
// Note [Blocks and streams]
// A block belongs to the stream that was current when it was allocated, and
// goes back to that stream's free blocks at once when its tensor dies: work
// queued on the same stream runs before whatever reuses the block there. A
// block that other streams used too (record_stream) waits until an event on
// each of them has passed.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <unordered_set>
#include <vector>

#include "aten/cuda/Driver.h"
#include "c10/core/Allocator.h"

namespace at::cuda {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kMinBlockSize = 512; // sizes are multiples of it
constexpr size_t kSmallSize = kMiB; // largest block of the small pool
constexpr size_t kSmallBuffer = 2 * kMiB; // segments of the small pool
constexpr size_t kMinLargeAlloc = 10 * kMiB; // below: one such segment
constexpr size_t kLargeBuffer = 20 * kMiB;
constexpr size_t kRoundLarge = 2 * kMiB; // above: rounded to this

// What a request takes from a segment, and how large a new segment is.
size_t round_block_size(size_t nbytes);
size_t segment_size(size_t block_size);
// "20.00 MiB", as error texts and summaries show it.
std::string format_size(uint64_t nbytes);

struct Block;

// The blocks of one device. Every member function takes the lock.
class DeviceAllocator {
 public:
  explicit DeviceAllocator(int device) : device_(device) {}

  // nbytes > 0. OutOfMemory when neither the cache nor the driver has it.
  Block* allocate(size_t nbytes, StreamHandle stream);
  void free(Block* block);
  void record_stream(Block* block, StreamHandle stream);
  void empty_cache();

  AllocatorStats stats() const;
  void reset_peak_stats();
  void reset_accumulated_stats();
  // Of the device's memory, for this process.
  void set_memory_fraction(double fraction);

 private:
  // Free blocks of a pool by stream, then size, then address: the first that
  // is not less than a request fits it best.
  struct ByStreamAndSize {
    bool operator()(const Block* a, const Block* b) const;
  };
  struct Pool {
    std::set<Block*, ByStreamAndSize> free;
  };
  struct PendingEvent {
    EventHandle event;
    Block* block;
  };

  Pool& pool_of(const Block& block);
  Block* take_free_block(size_t size, StreamHandle stream);
  Block* new_segment(size_t size, StreamHandle stream);
  Block* hand_out(Block* block, size_t size, size_t requested);
  Block* split(Block* block, size_t size);
  void make_free(Block* block);
  size_t merge(Block* into, Block* neighbour);
  void record_events(Block* block);
  void process_events();
  void finish_event(PendingEvent pending);
  void wait_for_events();
  void release_free_segments();
  void release_free_segments(Pool& pool);
  [[noreturn]] void report_out_of_memory(size_t segment);
  // f(stat) on the totals and on the figures of the block's pool.
  template <typename F>
  void update(PoolStats AllocatorStats::*kind, const Block& block, F f);
  template <typename F>
  void for_each_stat(F f);

  const int device_;
  mutable std::mutex mutex_;
  Pool small_;
  Pool large_;
  std::map<StreamHandle, std::deque<PendingEvent>> pending_;
  AllocatorStats stats_;
  size_t reserved_ = 0;
  size_t allowed_ = SIZE_MAX;
};

// A piece of a segment. Neighbours in memory are linked.
struct Block {
  StreamHandle stream;
  char* data;
  size_t size;
  bool is_small;
  int device;
  bool allocated = false;
  size_t requested = 0;
  int pending_events = 0;
  Block* previous = nullptr;
  Block* next = nullptr;
  std::unordered_set<StreamHandle> other_streams{};

  bool is_split() const { return previous != nullptr || next != nullptr; }
  bool is_mergeable() const {
    return !allocated && pending_events == 0 && other_streams.empty();
  }
};

// The allocator of device type CUDA: the current device and stream.
class CachingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t nbytes) override;
  DeviceAllocator& of_device(int device);
  // RuntimeError for memory that is not this allocator's.
  void record_stream(const c10::DataPtr& data, Stream stream);
  void empty_cache();

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<DeviceAllocator>> devices_;
};

// Lives as long as the program: blocks outlive static destructors.
CachingAllocator& caching_allocator();

} // namespace at::cuda

// Page-locked host memory, which the device copies from and to while the
// program goes on. Blocks are kept for reuse by size, in powers of two; one
// that a copy still uses (record_stream) waits for that copy. Host logic over
// Driver.h.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "aten/cuda/Driver.h"
#include "c10/core/Allocator.h"

namespace at::cuda {

class PinnedAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t nbytes) override;
  // Whether the address lies in a block that is in use.
  bool contains(const void* data) const;
  // Keeps the block of this address until what `stream` has queued is done;
  // memory of others is left alone.
  void record_stream(const void* data, Stream stream);
  // Gives free blocks back to the system.
  void empty_cache();

 private:
  struct Block {
    char* data;
    size_t size;
    std::vector<Stream> streams{};
    int pending_events = 0;
  };
  struct PendingEvent {
    EventHandle event;
    Block* block;
  };

  static void free_storage(void* context);
  void free(Block* block);
  void process_events();
  const Block* find(const void* data) const;

  mutable std::mutex mutex_;
  std::map<const char*, Block*> in_use_; // by address
  std::multimap<size_t, Block*> free_; // by size
  std::deque<PendingEvent> pending_;
};

// Lives as long as the program.
PinnedAllocator& pinned_allocator();

} // namespace at::cuda

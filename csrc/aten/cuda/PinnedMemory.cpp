#include "aten/cuda/PinnedMemory.h"

#include <algorithm>

#include "aten/cuda/Stream.h"
#include "c10/util/Exception.h"

namespace at::cuda {
namespace {

size_t power_of_two(size_t nbytes) {
  size_t size = 1;
  while (size < nbytes) {
    size <<= 1;
  }
  return size;
}

} // namespace

c10::DataPtr PinnedAllocator::allocate(size_t nbytes) {
  TORCH_CHECK(nbytes <= SIZE_MAX / 4, "Cannot pin ", nbytes, " bytes");
  if (nbytes == 0) {
    return c10::DataPtr();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  process_events();
  const size_t size = power_of_two(nbytes);
  Block* block = nullptr;
  const auto kept = free_.find(size);
  if (kept != free_.end()) {
    block = kept->second;
    free_.erase(kept);
  } else {
    void* data = driver().allocate_host(size);
    if (data == nullptr) {
      c10::detail::fail(
          c10::ErrorKind::Accelerator, "CUDA error: out of memory");
    }
    block = new Block{static_cast<char*>(data), size};
  }
  in_use_.emplace(block->data, block);
  return c10::DataPtr(block->data, block, free_storage, c10::Device());
}

void PinnedAllocator::free_storage(void* context) {
  pinned_allocator().free(static_cast<Block*>(context));
}

void PinnedAllocator::free(Block* block) {
  const std::lock_guard<std::mutex> lock(mutex_);
  in_use_.erase(block->data);
  for (const Stream stream : block->streams) {
    const DriverDeviceGuard guard(stream.device);
    const EventHandle event = driver().create_event(EventFlags{});
    driver().record_event(event, handle_of(stream));
    ++block->pending_events;
    pending_.push_back({event, block});
  }
  block->streams.clear();
  if (block->pending_events == 0) {
    free_.emplace(block->size, block);
  }
}

// Events of different streams pass in any order, so all are asked.
void PinnedAllocator::process_events() {
  for (auto it = pending_.begin(); it != pending_.end();) {
    if (!driver().query_event(it->event)) {
      ++it;
      continue;
    }
    driver().destroy_event(it->event);
    Block* block = it->block;
    if (--block->pending_events == 0) {
      free_.emplace(block->size, block);
    }
    it = pending_.erase(it);
  }
}

const PinnedAllocator::Block* PinnedAllocator::find(const void* data) const {
  const auto* address = static_cast<const char*>(data);
  auto after = in_use_.upper_bound(address);
  if (after == in_use_.begin()) {
    return nullptr;
  }
  const Block* block = std::prev(after)->second;
  return address < block->data + block->size ? block : nullptr;
}

bool PinnedAllocator::contains(const void* data) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return find(data) != nullptr;
}

void PinnedAllocator::record_stream(const void* data, Stream stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  auto* block = const_cast<Block*>(find(data));
  if (block == nullptr) {
    return;
  }
  auto& streams = block->streams;
  if (std::find(streams.begin(), streams.end(), stream) == streams.end()) {
    streams.push_back(stream);
  }
}

void PinnedAllocator::empty_cache() {
  const std::lock_guard<std::mutex> lock(mutex_);
  process_events();
  for (auto& [size, block] : free_) {
    driver().free_host(block->data);
    delete block;
  }
  free_.clear();
}

PinnedAllocator& pinned_allocator() {
  static auto* const allocator = new PinnedAllocator;
  return *allocator;
}

} // namespace at::cuda

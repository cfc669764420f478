#include "aten/cuda/CachingAllocator.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "aten/cuda/Stream.h"
#include "c10/util/Exception.h"

namespace at::cuda {
namespace {

void increase(Stat& stat, size_t amount) {
  const auto n = static_cast<int64_t>(amount);
  stat.current += n;
  stat.peak = std::max(stat.peak, stat.current);
  stat.allocated += n;
}

void decrease(Stat& stat, size_t amount) {
  const auto n = static_cast<int64_t>(amount);
  stat.current -= n;
  stat.freed += n;
}

// Only the net change counts in the history.
void change(Stat& stat, int64_t amount) {
  if (amount >= 0) {
    increase(stat, static_cast<size_t>(amount));
  } else {
    decrease(stat, static_cast<size_t>(-amount));
  }
}

// What is left of a block after taking `size` stays a block of its own when
// it can serve a request of its pool.
bool leaves_a_block(const Block& block, size_t size) {
  const size_t rest = block.size - size;
  return block.is_small ? rest >= kMinBlockSize : rest > kSmallSize;
}

void free_storage(void* context) {
  auto* block = static_cast<Block*>(context);
  caching_allocator().of_device(block->device).free(block);
}

// Who holds the device's memory, this process among them.
std::string describe_processes() {
  std::string text;
  for (const ProcessMemory& p : driver().process_memory()) {
    if (p.bytes > 0) {
      const bool own = p.pid == static_cast<unsigned>(getpid());
      text += own ? "Including non-PyTorch memory, this process"
                  : "Process " + std::to_string(p.pid);
      text += " has " + format_size(p.bytes) + " memory in use. ";
    }
  }
  return text;
}

} // namespace

size_t round_block_size(size_t nbytes) {
  return std::max<size_t>(
      (nbytes + kMinBlockSize - 1) / kMinBlockSize * kMinBlockSize,
      kMinBlockSize);
}

size_t segment_size(size_t block_size) {
  if (block_size <= kSmallSize) {
    return kSmallBuffer;
  }
  if (block_size < kMinLargeAlloc) {
    return kLargeBuffer;
  }
  return (block_size + kRoundLarge - 1) / kRoundLarge * kRoundLarge;
}

std::string format_size(uint64_t nbytes) {
  if (nbytes <= 1024) {
    return std::to_string(nbytes) + " bytes";
  }
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB"};
  double value = static_cast<double>(nbytes) / 1024;
  size_t unit = 0;
  for (uint64_t limit = kMiB; unit < 2 && nbytes > limit; limit <<= 10) {
    value /= 1024;
    ++unit;
  }
  char text[40];
  std::snprintf(text, sizeof text, "%.2f %s", value, kUnits[unit]);
  return text;
}

// ------------------------------------------------------------ bookkeeping

bool DeviceAllocator::ByStreamAndSize::operator()(
    const Block* a,
    const Block* b) const {
  const std::less<const void*> less;
  if (a->stream != b->stream) {
    return less(a->stream, b->stream);
  }
  return a->size != b->size ? a->size < b->size : less(a->data, b->data);
}

DeviceAllocator::Pool& DeviceAllocator::pool_of(const Block& block) {
  return block.is_small ? small_ : large_;
}

template <typename F>
void DeviceAllocator::update(
    PoolStats AllocatorStats::* kind,
    const Block& block,
    F f) {
  PoolStats& stats = stats_.*kind;
  f(stats.all);
  f(block.is_small ? stats.small_pool : stats.large_pool);
}

template <typename F>
void DeviceAllocator::for_each_stat(F f) {
  for (auto kind :
       {&AllocatorStats::allocation,
        &AllocatorStats::segment,
        &AllocatorStats::active,
        &AllocatorStats::inactive_split,
        &AllocatorStats::allocated_bytes,
        &AllocatorStats::reserved_bytes,
        &AllocatorStats::active_bytes,
        &AllocatorStats::inactive_split_bytes,
        &AllocatorStats::requested_bytes}) {
    PoolStats& stats = stats_.*kind;
    f(stats.all);
    f(stats.small_pool);
    f(stats.large_pool);
  }
  f(stats_.oversize_allocations);
  f(stats_.oversize_segments);
}

AllocatorStats DeviceAllocator::stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stats_;
}

void DeviceAllocator::reset_peak_stats() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for_each_stat([](Stat& stat) { stat.peak = stat.current; });
}

void DeviceAllocator::reset_accumulated_stats() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for_each_stat([](Stat& stat) { stat.allocated = stat.freed = 0; });
  stats_.num_alloc_retries = stats_.num_ooms = 0;
  stats_.num_sync_all_streams = 0;
  stats_.num_device_alloc = stats_.num_device_free = 0;
}

void DeviceAllocator::set_memory_fraction(double fraction) {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t free_bytes = 0;
  size_t total = 0;
  driver().memory_info(&free_bytes, &total);
  allowed_ = static_cast<size_t>(fraction * static_cast<double>(total));
}

// ------------------------------------------------------------- allocation

Block* DeviceAllocator::allocate(size_t nbytes, StreamHandle stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  process_events();
  const size_t size = round_block_size(nbytes);
  Block* block = take_free_block(size, stream);
  if (block == nullptr) {
    block = new_segment(size, stream);
  }
  if (block == nullptr) {
    release_free_segments();
    ++stats_.num_alloc_retries;
    block = new_segment(size, stream);
  }
  if (block == nullptr) {
    report_out_of_memory(segment_size(size));
  }
  return hand_out(block, size, nbytes);
}

Block* DeviceAllocator::take_free_block(size_t size, StreamHandle stream) {
  const bool is_small = size <= kSmallSize;
  Pool& pool = is_small ? small_ : large_;
  Block key{stream, nullptr, size, is_small, device_};
  const auto found = pool.free.lower_bound(&key);
  if (found == pool.free.end() || (*found)->stream != stream) {
    return nullptr;
  }
  Block* block = *found;
  pool.free.erase(found);
  return block;
}

Block* DeviceAllocator::new_segment(size_t size, StreamHandle stream) {
  const size_t segment = segment_size(size);
  if (allowed_ < segment || reserved_ > allowed_ - segment) {
    return nullptr;
  }
  const DriverDeviceGuard guard(device_);
  void* data = driver().allocate(segment);
  if (data == nullptr) {
    return nullptr;
  }
  auto* block = new Block{
      stream, static_cast<char*>(data), segment, size <= kSmallSize, device_};
  reserved_ += segment;
  ++stats_.num_device_alloc;
  update(&AllocatorStats::segment, *block, [](Stat& s) { increase(s, 1); });
  update(&AllocatorStats::reserved_bytes, *block, [&](Stat& s) {
    increase(s, segment);
  });
  return block;
}

// The first `size` bytes of a block that is in no pool; its rest is free.
Block* DeviceAllocator::split(Block* block, size_t size) {
  auto* rest = block;
  auto* first =
      new Block{block->stream, block->data, size, block->is_small, device_};
  first->previous = rest->previous;
  if (first->previous != nullptr) {
    first->previous->next = first;
  }
  first->next = rest;
  rest->previous = first;
  rest->data += size;
  rest->size -= size;
  pool_of(*rest).free.insert(rest);
  return first;
}

Block* DeviceAllocator::hand_out(Block* block, size_t size, size_t requested) {
  const bool was_split = block->is_split();
  if (leaves_a_block(*block, size)) {
    block = split(block, size);
    if (was_split) { // the free part shrinks
      update(&AllocatorStats::inactive_split_bytes, *block, [&](Stat& s) {
        decrease(s, size);
      });
    } else {
      const size_t rest = block->next->size;
      update(&AllocatorStats::inactive_split, *block, [](Stat& s) {
        increase(s, 1);
      });
      update(&AllocatorStats::inactive_split_bytes, *block, [&](Stat& s) {
        increase(s, rest);
      });
    }
  } else if (was_split) {
    update(&AllocatorStats::inactive_split, *block, [](Stat& s) {
      decrease(s, 1);
    });
    update(&AllocatorStats::inactive_split_bytes, *block, [&](Stat& s) {
      decrease(s, block->size);
    });
  }
  block->allocated = true;
  block->requested = requested;
  const auto one = [](Stat& s) { increase(s, 1); };
  const auto bytes = [&](Stat& s) { increase(s, block->size); };
  update(&AllocatorStats::allocation, *block, one);
  update(&AllocatorStats::allocated_bytes, *block, bytes);
  update(&AllocatorStats::active, *block, one);
  update(&AllocatorStats::active_bytes, *block, bytes);
  update(&AllocatorStats::requested_bytes, *block, [&](Stat& s) {
    increase(s, requested);
  });
  return block;
}

// ----------------------------------------------------------------- freeing

void DeviceAllocator::free(Block* block) {
  const std::lock_guard<std::mutex> lock(mutex_);
  block->allocated = false;
  update(&AllocatorStats::allocation, *block, [](Stat& s) { decrease(s, 1); });
  update(&AllocatorStats::allocated_bytes, *block, [&](Stat& s) {
    decrease(s, block->size);
  });
  if (block->other_streams.empty()) {
    make_free(block);
  } else {
    record_events(block);
  }
}

void DeviceAllocator::make_free(Block* block) {
  const size_t size = block->size;
  int64_t free_parts = 0; // how many more there are than before
  int64_t free_bytes = 0;
  for (Block* neighbour : {block->previous, block->next}) {
    const auto bytes = static_cast<int64_t>(merge(block, neighbour));
    free_parts -= bytes > 0;
    free_bytes -= bytes;
  }
  pool_of(*block).free.insert(block);
  if (block->is_split()) {
    ++free_parts;
    free_bytes += static_cast<int64_t>(block->size);
  }
  update(&AllocatorStats::inactive_split, *block, [&](Stat& s) {
    change(s, free_parts);
  });
  update(&AllocatorStats::inactive_split_bytes, *block, [&](Stat& s) {
    change(s, free_bytes);
  });
  update(&AllocatorStats::active, *block, [](Stat& s) { decrease(s, 1); });
  update(&AllocatorStats::active_bytes, *block, [&](Stat& s) {
    decrease(s, size);
  });
  update(&AllocatorStats::requested_bytes, *block, [&](Stat& s) {
    decrease(s, block->requested);
  });
}

// Takes a free neighbour in; its size, or zero where it is not free.
size_t DeviceAllocator::merge(Block* into, Block* neighbour) {
  if (neighbour == nullptr || !neighbour->is_mergeable()) {
    return 0;
  }
  if (into->previous == neighbour) {
    into->data = neighbour->data;
    into->previous = neighbour->previous;
    if (into->previous != nullptr) {
      into->previous->next = into;
    }
  } else {
    into->next = neighbour->next;
    if (into->next != nullptr) {
      into->next->previous = into;
    }
  }
  const size_t size = neighbour->size;
  pool_of(*neighbour).free.erase(neighbour);
  into->size += size;
  delete neighbour;
  return size;
}

void DeviceAllocator::record_stream(Block* block, StreamHandle stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stream != block->stream) {
    block->other_streams.insert(stream);
  }
}

void DeviceAllocator::record_events(Block* block) {
  const DriverDeviceGuard guard(device_);
  const auto streams = std::move(block->other_streams);
  block->other_streams.clear();
  for (StreamHandle stream : streams) {
    const EventHandle event = driver().create_event(EventFlags{});
    driver().record_event(event, stream);
    ++block->pending_events;
    pending_[stream].push_back({event, block});
  }
}

void DeviceAllocator::finish_event(PendingEvent pending) {
  driver().destroy_event(pending.event);
  if (--pending.block->pending_events == 0) {
    make_free(pending.block);
  }
}

// Events of one stream pass in order.
void DeviceAllocator::process_events() {
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto& queue = it->second;
    while (!queue.empty() && driver().query_event(queue.front().event)) {
      const PendingEvent passed = queue.front();
      queue.pop_front();
      finish_event(passed);
    }
    it = queue.empty() ? pending_.erase(it) : std::next(it);
  }
}

void DeviceAllocator::wait_for_events() {
  ++stats_.num_sync_all_streams;
  for (auto& [stream, queue] : pending_) {
    for (const PendingEvent& pending : queue) {
      driver().synchronize_event(pending.event);
      finish_event(pending);
    }
  }
  pending_.clear();
}

// -------------------------------------------------- back to the driver

void DeviceAllocator::empty_cache() {
  const std::lock_guard<std::mutex> lock(mutex_);
  release_free_segments();
}

void DeviceAllocator::release_free_segments() {
  const DriverDeviceGuard guard(device_);
  wait_for_events();
  release_free_segments(large_);
  release_free_segments(small_);
}

void DeviceAllocator::release_free_segments(Pool& pool) {
  for (auto it = pool.free.begin(); it != pool.free.end();) {
    Block* block = *it;
    if (block->is_split()) {
      ++it;
      continue;
    }
    driver().free(block->data);
    reserved_ -= block->size;
    ++stats_.num_device_free;
    update(&AllocatorStats::segment, *block, [](Stat& s) { decrease(s, 1); });
    update(&AllocatorStats::reserved_bytes, *block, [&](Stat& s) {
      decrease(s, block->size);
    });
    it = pool.free.erase(it);
    delete block;
  }
}

void DeviceAllocator::report_out_of_memory(size_t segment) {
  ++stats_.num_ooms;
  const DriverDeviceGuard guard(device_);
  size_t free_bytes = 0;
  size_t total = 0;
  driver().memory_info(&free_bytes, &total);
  const auto allocated =
      static_cast<uint64_t>(stats_.allocated_bytes.all.current);
  c10::detail::fail(
      c10::ErrorKind::OutOfMemory,
      "CUDA out of memory. Tried to allocate ",
      format_size(segment),
      ". GPU ",
      device_,
      " has a total capacity of ",
      format_size(total),
      " of which ",
      format_size(free_bytes),
      " is free. ",
      describe_processes(),
      allowed_ == SIZE_MAX ? "" : format_size(allowed_) + " allowed; ",
      "Of the allocated memory ",
      format_size(allocated),
      " is allocated by PyTorch, and ",
      format_size(reserved_ - allocated),
      " is reserved by PyTorch but unallocated. If reserved but unallocated "
      "memory is large try setting PYTORCH_ALLOC_CONF=expandable_segments:True "
      "to avoid fragmentation.  See documentation for Memory Management  "
      "(https://pytorch.org/docs/stable/notes/"
      "cuda.html#environment-variables)");
}

// -------------------------------------------------------- every device

DeviceAllocator& CachingAllocator::of_device(int device) {
  const std::lock_guard<std::mutex> lock(mutex_);
  while (devices_.size() <= static_cast<size_t>(device)) {
    devices_.push_back(
        std::make_unique<DeviceAllocator>(static_cast<int>(devices_.size())));
  }
  return *devices_[static_cast<size_t>(device)];
}

c10::DataPtr CachingAllocator::allocate(size_t nbytes) {
  const Stream stream = stream_of(-1);
  const c10::Device device(
      c10::kCUDA, static_cast<c10::DeviceIndex>(stream.device));
  // More than any device holds; sums of sizes must not wrap.
  TORCH_CHECK(
      nbytes < size_t{1} << 60,
      "CUDA out of memory. Tried to allocate more than 1EB memory.");
  if (nbytes == 0) {
    return c10::DataPtr(nullptr, device);
  }
  Block* block = of_device(stream.device).allocate(nbytes, handle_of(stream));
  return c10::DataPtr(block->data, block, free_storage, device);
}

void CachingAllocator::record_stream(const c10::DataPtr& data, Stream stream) {
  if (!data) {
    return;
  }
  TORCH_CHECK(
      data.deleter() == free_storage,
      "record_stream: the memory is not of the CUDA caching allocator");
  auto* block = static_cast<Block*>(data.context());
  of_device(block->device).record_stream(block, handle_of(stream));
}

void CachingAllocator::empty_cache() {
  for (int device = 0; device < driver().device_count(); ++device) {
    of_device(device).empty_cache();
  }
}

CachingAllocator& caching_allocator() {
  static auto* const allocator = new CachingAllocator;
  return *allocator;
}

} // namespace at::cuda

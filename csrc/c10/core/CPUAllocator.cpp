#include "c10/core/CPUAllocator.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "c10/util/Exception.h"

namespace c10 {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSmallLimit = 4096;
constexpr size_t kSmallClasses = kSmallLimit / kAlignment;
constexpr size_t kSmallPerClass = 64;
// Four classes per power of two waste at most a quarter of a block.
constexpr size_t kLargeClasses = 4 * 48;

struct Counters {
  std::atomic<int64_t> allocated{0}, peak{0}, cached{0}, count{0}, hits{0};
};
Counters counters;
std::atomic<size_t> cache_limit{size_t{1} << 30};

void* system_allocate(size_t nbytes) {
  void* block = nullptr;
  if (posix_memalign(&block, kAlignment, nbytes) != 0) {
    detail::fail(
        ErrorKind::Runtime,
        "[enforce fail at CPUAllocator.cpp] "
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate ",
        nbytes,
        " bytes. Error code 12 (Cannot allocate memory)");
  }
  return block;
}

// ------------------------------------------------- small blocks, per thread

struct FreeBlock {
  FreeBlock* next;
};

struct ThreadCache {
  std::array<FreeBlock*, kSmallClasses> heads{};
  std::array<uint8_t, kSmallClasses> lengths{};

  ~ThreadCache() {
    flush();
    closed() = true;
  }
  void flush() {
    for (size_t c = 0; c < kSmallClasses; ++c) {
      while (FreeBlock* block = heads[c]) {
        heads[c] = block->next;
        std::free(block);
      }
      lengths[c] = 0;
    }
  }
  // True once this thread's cache is destroyed: storages may outlive it.
  static bool& closed() {
    static C10_THREAD_LOCAL bool value = false;
    return value;
  }
};

ThreadCache& thread_cache() {
  static thread_local ThreadCache cache;
  return cache;
}
// The address of thread_cache(), without its guard on the hot path.
C10_THREAD_LOCAL ThreadCache* fast_cache = nullptr;

template <size_t kClass>
void free_small_class(void* block);
void free_small(void* block, size_t c) {
  ThreadCache* cache = fast_cache;
  if (C10_UNLIKELY(!cache || ThreadCache::closed()) ||
      cache->lengths[c] >= kSmallPerClass) {
    std::free(block);
    return;
  }
  auto* node = static_cast<FreeBlock*>(block);
  node->next = cache->heads[c];
  cache->heads[c] = node;
  ++cache->lengths[c];
}

// A deleter knows only the block, so each class has its own.
template <size_t kClass>
void free_small_class(void* block) {
  free_small(block, kClass);
}
template <size_t... kClass>
constexpr std::array<DeleterFn, kSmallClasses> make_deleters(
    std::index_sequence<kClass...>) {
  return {&free_small_class<kClass>...};
}
constexpr auto small_deleters =
    make_deleters(std::make_index_sequence<kSmallClasses>());

DataPtr allocate_small(size_t nbytes) {
  const size_t c = (nbytes - 1) / kAlignment;
  ThreadCache* cache = fast_cache;
  if (C10_UNLIKELY(!cache)) {
    cache = fast_cache = &thread_cache();
  }
  void* block = cache->heads[c];
  if (C10_LIKELY(block != nullptr)) {
    cache->heads[c] = cache->heads[c]->next;
    --cache->lengths[c];
  } else {
    block = system_allocate((c + 1) * kAlignment);
  }
  return DataPtr(block, block, small_deleters[c], Device(kCPU));
}

// ----------------------------------------------------- large blocks, shared

// Rounds up to a class: 2^k times 4/4, 5/4, 6/4 or 7/4.
struct LargeClass {
  size_t index;
  size_t nbytes;
};
LargeClass large_class(size_t nbytes) {
  const int k = 63 - __builtin_clzll(nbytes - 1);
  const size_t quarter = (size_t{1} << k) / 4;
  const size_t step = (nbytes - (size_t{1} << k) + quarter - 1) / quarter;
  return {static_cast<size_t>(k) * 4 + step, (size_t{1} << k) + step * quarter};
}

// The class is stored in front of the block; the data stays aligned.
struct Header {
  size_t index;
  size_t nbytes;
};
static_assert(sizeof(Header) <= kAlignment, "the header precedes the data");

struct LargeCache {
  std::mutex mutex;
  std::array<std::vector<void*>, kLargeClasses + 8> blocks;
};
LargeCache& large_cache() {
  static auto* cache = new LargeCache; // outlives every storage
  return *cache;
}

void free_large(void* raw) {
  auto* header = static_cast<Header*>(raw);
  const auto nbytes = static_cast<int64_t>(header->nbytes);
  counters.allocated.fetch_sub(nbytes, std::memory_order_relaxed);
  if (counters.cached.load(std::memory_order_relaxed) + nbytes <=
      static_cast<int64_t>(cache_limit.load(std::memory_order_relaxed))) {
    LargeCache& cache = large_cache();
    std::lock_guard<std::mutex> lock(cache.mutex);
    cache.blocks[header->index].push_back(raw);
    counters.cached.fetch_add(nbytes, std::memory_order_relaxed);
    return;
  }
  std::free(raw);
}

void* take_cached(const LargeClass& wanted) {
  LargeCache& cache = large_cache();
  std::lock_guard<std::mutex> lock(cache.mutex);
  auto& list = cache.blocks[wanted.index];
  if (list.empty()) {
    return nullptr;
  }
  void* raw = list.back();
  list.pop_back();
  counters.cached.fetch_sub(
      static_cast<int64_t>(wanted.nbytes), std::memory_order_relaxed);
  counters.hits.fetch_add(1, std::memory_order_relaxed);
  return raw;
}

DataPtr allocate_large(size_t nbytes) {
  TORCH_CHECK(
      nbytes < (size_t{1} << 47),
      "[enforce fail at CPUAllocator.cpp] "
      "DefaultCPUAllocator: can't allocate memory: you tried to allocate ",
      nbytes,
      " bytes. Error code 12 (Cannot allocate memory)");
  const LargeClass wanted = large_class(nbytes);
  void* raw = take_cached(wanted);
  if (!raw) {
    raw = system_allocate(wanted.nbytes + kAlignment);
    *static_cast<Header*>(raw) = {wanted.index, wanted.nbytes};
  }
  const auto size = static_cast<int64_t>(wanted.nbytes);
  const int64_t now =
      counters.allocated.fetch_add(size, std::memory_order_relaxed) + size;
  int64_t peak = counters.peak.load(std::memory_order_relaxed);
  while (now > peak && !counters.peak.compare_exchange_weak(peak, now)) {
  }
  counters.count.fetch_add(1, std::memory_order_relaxed);
  return DataPtr(
      static_cast<char*>(raw) + kAlignment, raw, free_large, Device(kCPU));
}

class CPUAllocator final : public Allocator {
 public:
  DataPtr allocate(size_t nbytes) override {
    if (C10_UNLIKELY(nbytes == 0)) {
      return DataPtr(nullptr, Device(kCPU));
    }
    return nbytes <= kSmallLimit ? allocate_small(nbytes)
                                 : allocate_large(nbytes);
  }
};

} // namespace

Allocator* get_cpu_allocator() {
  static auto* allocator = new CPUAllocator; // outlives every storage
  return allocator;
}

CPUAllocatorStats cpu_allocator_stats() {
  return {
      counters.allocated, counters.peak, counters.cached, counters.count,
      counters.hits};
}

void cpu_allocator_empty_cache() {
  if (fast_cache) {
    fast_cache->flush();
  }
  LargeCache& cache = large_cache();
  std::lock_guard<std::mutex> lock(cache.mutex);
  for (auto& list : cache.blocks) {
    for (void* raw : list) {
      counters.cached.fetch_sub(
          static_cast<int64_t>(static_cast<Header*>(raw)->nbytes));
      std::free(raw);
    }
    list.clear();
  }
}

void cpu_allocator_set_cache_limit(size_t nbytes) {
  cache_limit = nbytes;
}

// --------------------------------------------------------- one per device

namespace {
constexpr size_t kDeviceTypes = 32;
std::array<Allocator*, kDeviceTypes>& allocators() {
  static std::array<Allocator*, kDeviceTypes> table{};
  return table;
}
} // namespace

void set_allocator(DeviceType type, Allocator* allocator) {
  allocators()[static_cast<size_t>(type)] = allocator;
}

Allocator* get_allocator(DeviceType type) {
  if (type == DeviceType::CPU) {
    return get_cpu_allocator();
  }
  Allocator* allocator = allocators()[static_cast<size_t>(type)];
  TORCH_CHECK(
      allocator, "Allocator for ", device_type_name(type), " is not set.");
  return allocator;
}

} // namespace c10

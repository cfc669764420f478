// FakeDriver: aten/cuda/Driver.h without a GPU. Device memory is numbers of a
// bounded space, streams are queues that the test advances, events remember
// how much of a stream's queue they wait for.
#pragma once

#include <cstdlib>
#include <map>
#include <set>
#include <vector>

#include "aten/cuda/Driver.h"

namespace at::cuda {

class FakeDriver final : public Driver {
 public:
  struct Event {
    StreamHandle stream;
    int64_t position;
  };

  int devices = 2;
  int current = 0;
  size_t capacity = size_t{1} << 30;
  size_t used = 0;
  int allocations = 0;
  int frees = 0;
  int live_events = 0;
  int host_allocations = 0;
  std::map<char*, size_t> blocks;
  std::map<StreamHandle, int64_t> queued; // work submitted
  std::map<StreamHandle, int64_t> done; // work finished
  std::vector<std::pair<StreamHandle, EventHandle>> waits;
  std::vector<int> priorities;
  std::vector<ProcessMemory> processes;

  void submit(StreamHandle s) { ++queued[s]; }
  void finish(StreamHandle s) { done[s] = queued[s]; }

  int device_count() override { return devices; }
  int get_device() override { return current; }
  void set_device(int device) override { current = device; }
  void synchronize_device() override { done = queued; }

  void* allocate(size_t nbytes) override {
    if (used + nbytes > capacity) {
      return nullptr;
    }
    ++allocations;
    used += nbytes;
    char* block = next_;
    next_ += nbytes;
    blocks[block] = nbytes;
    return block;
  }
  void free(void* block) override {
    ++frees;
    const auto found = blocks.find(static_cast<char*>(block));
    used -= found->second;
    blocks.erase(found);
  }
  void memory_info(size_t* free_bytes, size_t* total_bytes) override {
    *free_bytes = capacity - used;
    *total_bytes = capacity;
  }
  std::vector<ProcessMemory> process_memory() override { return processes; }
  void* allocate_host(size_t nbytes) override {
    ++host_allocations;
    return std::malloc(nbytes);
  }
  void free_host(void* block) override { std::free(block); }

  StreamHandle create_stream(int priority) override {
    priorities.push_back(priority);
    return reinterpret_cast<StreamHandle>(0x1000 + 16 * priorities.size());
  }
  int greatest_priority() override { return -3; }
  bool query_stream(StreamHandle s) override { return done[s] == queued[s]; }
  void synchronize_stream(StreamHandle s) override { finish(s); }

  EventHandle create_event(EventFlags) override {
    ++live_events;
    return new Event{nullptr, 0};
  }
  void destroy_event(EventHandle event) noexcept override {
    --live_events;
    delete static_cast<Event*>(event);
  }
  void record_event(EventHandle event, StreamHandle stream) override {
    *static_cast<Event*>(event) = {stream, queued[stream]};
  }
  bool query_event(EventHandle event) override {
    auto* e = static_cast<Event*>(event);
    return done[e->stream] >= e->position;
  }
  void synchronize_event(EventHandle event) override {
    finish(static_cast<Event*>(event)->stream);
  }
  void wait_event(StreamHandle stream, EventHandle event) override {
    waits.emplace_back(stream, event);
  }
  float elapsed_ms(EventHandle, EventHandle) override { return 0; }

 private:
  char* next_ = reinterpret_cast<char*>(uintptr_t{1} << 40);
};

} // namespace at::cuda

#include "aten/cuda/Stream.h"

#include <array>
#include <atomic>
#include <mutex>

#include "c10/util/Exception.h"

namespace at::cuda {
namespace {

// Bits of an id, low to high: native (1), kind (4), number in the pool (5).
constexpr int kKindShift = 1;
constexpr int kNumberShift = 5;
constexpr int64_t kKindMask = 15;

// kind: 1 + distance of the priority below zero.
int64_t pack_id(int number, int pool) {
  return static_cast<int64_t>(number) << kNumberShift |
      static_cast<int64_t>(pool + 1) << kKindShift | 1;
}
int pool_of(int64_t id) {
  return static_cast<int>(id >> kKindShift & kKindMask) - 1;
}
// The runtime's own special handles are odd too, but of kind zero.
bool is_native(int64_t id) { return (id & 1) != 0 && pool_of(id) >= 0; }
int number_of(int64_t id) {
  return static_cast<int>(id >> kNumberShift) & (kStreamsPerPool - 1);
}

struct Pool {
  std::once_flag made;
  std::atomic<uint32_t> next{0};
  std::array<StreamHandle, kStreamsPerPool> streams{};
};

Pool& pool(int device, int priority_index) {
  static std::array<std::array<Pool, kMaxPriorities>, kMaxDevices> pools;
  return pools[static_cast<size_t>(device)]
              [static_cast<size_t>(priority_index)];
}

// Zero is the default stream, so that the block starts out right.
thread_local std::array<int64_t, kMaxDevices> current_ids{};

int resolve(int device) {
  const int resolved = device < 0 ? driver().get_device() : device;
  TORCH_CHECK(
      resolved < kMaxDevices && resolved < driver().device_count(),
      "Device index value ",
      resolved,
      " is out of index range [0, ",
      driver().device_count(),
      ")");
  return resolved;
}

} // namespace

Stream default_stream(int device) { return {0, resolve(device)}; }

Stream stream_from_pool(int priority, int device) {
  TORCH_CHECK(
      priority <= 0,
      "Expected cuda stream priority to be less than or equal to 0, got ",
      priority);
  device = resolve(device);
  const DriverDeviceGuard guard(device);
  const int lowest = driver().greatest_priority();
  int index = priority < lowest ? -lowest : -priority;
  index = index < kMaxPriorities ? index : kMaxPriorities - 1;
  Pool& p = pool(device, index);
  std::call_once(p.made, [&] {
    for (StreamHandle& stream : p.streams) {
      stream = driver().create_stream(-index);
    }
  });
  const int number =
      static_cast<int>(p.next.fetch_add(1) % kStreamsPerPool);
  return {pack_id(number, index), device};
}

Stream external_stream(StreamHandle handle, int device) {
  return {reinterpret_cast<int64_t>(handle), resolve(device)};
}

StreamHandle handle_of(Stream stream) {
  if (!is_native(stream.id)) {
    return reinterpret_cast<StreamHandle>(stream.id);
  }
  const auto number = static_cast<size_t>(number_of(stream.id));
  return pool(stream.device, pool_of(stream.id)).streams[number];
}

int priority_of(Stream stream) {
  return is_native(stream.id) ? -pool_of(stream.id) : 0;
}

Stream stream_of(int device) {
  device = device < 0 ? driver().get_device() : resolve(device);
  return {current_ids[static_cast<size_t>(device)], device};
}

void set_stream(Stream stream) {
  current_ids[static_cast<size_t>(resolve(stream.device))] = stream.id;
}

void wait_stream(Stream waiting, Stream other) {
  Driver& d = driver();
  const DriverDeviceGuard guard(other.device);
  const EventHandle event = d.create_event(EventFlags{});
  d.record_event(event, handle_of(other));
  {
    const DriverDeviceGuard there(waiting.device);
    d.wait_event(handle_of(waiting), event);
  }
  d.destroy_event(event); // the runtime keeps it until it is passed
}

} // namespace at::cuda

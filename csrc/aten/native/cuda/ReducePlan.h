// How a reduction is spread over a CUDA device: plan_reduce() turns the
// ReducePlan of native/ReduceOps.h into a ReduceLaunch, whose host-device
// functions tell each thread what it reads. No CUDA header here: the tests run
// the same functions on any machine (test/cpp/cuda_reduce_plan_test.cpp).
//
// Note [Shape of a reduction launch]
// A block is `lanes` x `outs` threads: outs neighbouring outputs, each shared
// by lanes threads. Neighbouring threads are lanes where reduced elements lie
// side by side, outputs where those do (downwards). The reduced elements of an
// output are cut into slots: one element, or the elements of one aligned
// 16-byte word of a dense row, so that a slot may be partly, or even wholly,
// outside of its row. Where the outputs alone do not fill the device, the
// slots are dealt out to `splits` blocks, and a second kernel joins the parts:
// always in the same order, so that the digits do not change from run to run.
#pragma once

#include <algorithm>
#include <cstdint>

#include "aten/native/ReduceOps.h"
#include "aten/native/cuda/IntegerDivider.h"
#include "c10/macros/Macros.h"
#include "c10/util/Exception.h"

namespace at::native {

constexpr int kMaxReduceDims = 25;
constexpr int kReduceThreads = 256; // of a block, at most
constexpr int kMaxSplits = 1024;

// What plan_reduce() wants to know of the device.
struct DeviceShape {
  int multiprocessors;
  int threads_per_multiprocessor;
};

// Some dimensions, innermost first. Strides count elements.
struct ReduceDims {
  int n = 0;
  int64_t sizes[kMaxReduceDims];
  int64_t strides[kMaxReduceDims];
};

struct ReduceLaunch {
  ReduceDims kept; // smallest stride first
  int64_t out_strides[kMaxReduceDims]; // of the kept dimensions
  ReduceDims rows; // the reduced dimensions but the innermost, which is a row
  int64_t length; // of a row
  int64_t stride; // within a row
  int64_t outputs;
  int width; // elements of a slot
  int64_t slots_per_row;
  int64_t slots; // of one output
  bool few_slots; // below 2^31: division by multiplication serves
  IntegerDivider<uint32_t> by_row; // by slots_per_row
  IntegerDivider<uint32_t> by_size[kMaxReduceDims]; // by rows.sizes
  bool downwards;
  int lanes; // a power of two, as is outs
  int outs;
  int splits;
  int64_t chunk; // slots of one split

  int threads() const { return lanes * outs; }
  C10_HOST_DEVICE int64_t blocks() const { return (outputs + outs - 1) / outs; }

  // -------------------------------------------------- what a thread is to do
  C10_HOST_DEVICE int lane_of(int thread) const {
    return downwards ? thread / outs : thread % lanes;
  }
  C10_HOST_DEVICE int out_of(int thread) const {
    return downwards ? thread % outs : thread / lanes;
  }

  struct Place {
    int64_t in; // offset of an output's first element in self
    int64_t out; // its own offset
  };
  C10_HOST_DEVICE Place place_of(int64_t output) const {
    Place place{0, 0};
    for (int d = 0; d < kept.n; ++d) {
      int64_t i = output; // what is left belongs to the outermost dimension
      if (d + 1 < kept.n) {
        const int64_t rest = output / kept.sizes[d];
        i -= rest * kept.sizes[d];
        output = rest;
      }
      place.in += i * kept.strides[d];
      place.out += i * out_strides[d];
    }
    return place;
  }

  // A lane takes the slots first, first + lanes, ... below last.
  C10_HOST_DEVICE int64_t first_slot(int split, int lane) const {
    return split * chunk + lane;
  }
  C10_HOST_DEVICE int64_t last_slot(int split) const {
    const int64_t last = (split + 1) * chunk;
    return last < slots ? last : slots;
  }

  C10_HOST_DEVICE int64_t row_of(int64_t slot) const {
    if (rows.n == 0) {
      return 0;
    }
    return few_slots ? by_row.div(static_cast<uint32_t>(slot))
                     : slot / slots_per_row;
  }
  C10_HOST_DEVICE int64_t row_offset(int64_t row) const {
    int64_t offset = 0;
    for (int d = 0; d < rows.n; ++d) {
      int64_t i = row;
      if (d + 1 < rows.n) {
        const int64_t rest = few_slots
            ? by_size[d].div(static_cast<uint32_t>(row))
            : row / rows.sizes[d];
        i -= rest * rows.sizes[d];
        row = rest;
      }
      offset += i * rows.strides[d];
    }
    return offset;
  }
  // The first element of a slot within its row. `skew` is how many elements
  // past a 16-byte boundary the row begins; the first slot then begins before
  // the row.
  C10_HOST_DEVICE int64_t
  first_in_row(int64_t slot, int64_t row, int skew) const {
    return (slot - row * slots_per_row) * width - skew;
  }
  C10_HOST_DEVICE bool is_whole(int64_t first) const {
    return first >= 0 && first + width <= length;
  }
};

namespace detail {

constexpr int64_t floor_power_of_two(int64_t n) {
  int64_t p = 1;
  while (p * 2 <= n) {
    p *= 2;
  }
  return p;
}
constexpr int64_t ceil_power_of_two(int64_t n) {
  int64_t p = 1;
  while (p < n) {
    p *= 2;
  }
  return p;
}
constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// A broadcast dimension is no one's neighbour.
inline int64_t distance(int64_t stride) {
  return stride == 0 ? INT64_MAX : stride;
}

inline void check_dims(size_t n) {
  TORCH_CHECK(
      n <= kMaxReduceDims, "tensor has too many (>", kMaxReduceDims, ") dims");
}

inline void place_kept(const ReducePlan& plan, ReduceLaunch& launch) {
  const size_t n = plan.kept_sizes.size();
  check_dims(n);
  int64_t out_stride = 1;
  for (size_t i = n; i-- > 0;) {
    // Inserted where the strides of self are in ascending order.
    int at = launch.kept.n++;
    const int64_t stride = plan.kept_strides[i];
    for (; at > 0 && distance(launch.kept.strides[at - 1]) > distance(stride);
         --at) {
      launch.kept.sizes[at] = launch.kept.sizes[at - 1];
      launch.kept.strides[at] = launch.kept.strides[at - 1];
      launch.out_strides[at] = launch.out_strides[at - 1];
    }
    launch.kept.sizes[at] = plan.kept_sizes[i];
    launch.kept.strides[at] = stride;
    launch.out_strides[at] = out_stride;
    out_stride *= plan.kept_sizes[i];
  }
}

inline void place_reduced(const ReducePlan& plan, ReduceLaunch& launch) {
  const size_t n = plan.reduced_sizes.size();
  check_dims(n);
  launch.length = n == 0 ? 1 : plan.reduced_sizes[n - 1];
  launch.stride = n == 0 ? 0 : plan.reduced_strides[n - 1];
  for (size_t i = n; i-- > 1;) {
    const int at = launch.rows.n++;
    launch.rows.sizes[at] = plan.reduced_sizes[i - 1];
    launch.rows.strides[at] = plan.reduced_strides[i - 1];
  }
}

// Long dense rows are read in 16-byte words.
inline void cut_slots(int wide, int64_t count, ReduceLaunch& launch) {
  const bool words =
      !launch.downwards && launch.stride == 1 && launch.length >= 8 * wide;
  launch.width = words ? wide : 1;
  // A skewed row touches one word more than it fills.
  launch.slots_per_row =
      ceil_div(launch.length + launch.width - 1, launch.width);
  launch.slots =
      launch.length == 0 ? 0 : count / launch.length * launch.slots_per_row;
  launch.few_slots = launch.slots < INT64_C(1) << 31;
  if (launch.few_slots && launch.slots > 0) {
    launch.by_row =
        IntegerDivider<uint32_t>(static_cast<uint32_t>(launch.slots_per_row));
    for (int d = 0; d < launch.rows.n; ++d) {
      launch.by_size[d] =
          IntegerDivider<uint32_t>(static_cast<uint32_t>(launch.rows.sizes[d]));
    }
  }
}

inline void shape_block(int64_t device_threads, ReduceLaunch& launch) {
  constexpr int64_t kFew = 4; // slots of a lane that are read at once
  constexpr int64_t kMany = 64;
  const int64_t outputs =
      ceil_power_of_two(std::min<int64_t>(launch.outputs, kReduceThreads));
  const int64_t slots = std::max<int64_t>(launch.slots, 1);
  int64_t lanes = 1;
  if (launch.downwards) {
    // A warp reads 32 neighbouring outputs; the block's warps share them.
    const int64_t room = kReduceThreads / std::min<int64_t>(outputs, 32);
    lanes = std::min(room, floor_power_of_two(ceil_div(slots, kFew)));
  } else {
    lanes = std::min<int64_t>(32, ceil_power_of_two(ceil_div(slots, kFew)));
    while (lanes < kReduceThreads && 2 * lanes <= slots &&
           (launch.outputs * lanes < device_threads || slots / lanes > kMany)) {
      lanes *= 2;
    }
  }
  launch.lanes = static_cast<int>(lanes);
  launch.outs = static_cast<int>(std::max<int64_t>(
      std::min(kReduceThreads / lanes, outputs),
      32 / lanes)); // whole warps
}

// More blocks per output until the device is full or a lane has little to do.
inline void split_slots(int64_t device_threads, ReduceLaunch& launch) {
  constexpr int64_t kWorthIt = 16; // slots of a lane
  const int64_t wanted =
      device_threads / launch.threads() / std::max<int64_t>(launch.blocks(), 1);
  const int64_t useful = launch.slots / (launch.lanes * kWorthIt);
  int64_t splits = std::min<int64_t>({wanted, useful, kMaxSplits});
  splits = std::max<int64_t>(splits, 1);
  launch.chunk = launch.lanes *
      std::max<int64_t>(ceil_div(launch.slots, splits * launch.lanes), 1);
  launch.splits = static_cast<int>(
      std::max<int64_t>(ceil_div(launch.slots, launch.chunk), 1));
}

} // namespace detail

// wide: elements of a 16-byte word, or 1 where words cannot be read.
inline ReduceLaunch plan_reduce(
    const ReducePlan& plan,
    int wide,
    DeviceShape device) {
  ReduceLaunch launch;
  launch.outputs = plan.outputs;
  detail::place_kept(plan, launch);
  detail::place_reduced(plan, launch);
  launch.downwards = launch.kept.n > 0 &&
      detail::distance(launch.kept.strides[0]) <
          detail::distance(launch.stride);
  detail::cut_slots(wide, plan.count, launch);
  const int64_t threads =
      int64_t{device.multiprocessors} * device.threads_per_multiprocessor;
  detail::shape_block(threads, launch);
  detail::split_slots(threads, launch);
  return launch;
}

} // namespace at::native

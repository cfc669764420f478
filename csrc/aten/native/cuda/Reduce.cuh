// launch_reduce(body, plan): the one driver of CUDA reductions. Which thread
// reads what is decided in ReducePlan.h, what it does with it in ReduceLane.h;
// here the lanes of a block, and the splits of an output, are joined.
#pragma once

#include "aten/native/cuda/BlockReduce.cuh"
#include "aten/native/cuda/ReduceLane.h"
#include "aten/native/cuda/RowLaunch.cuh"

namespace at::native {
namespace {

// The totals of an output's lanes, in lane 0. Lanes of one warp shuffle; until
// then, or where neighbouring threads are outputs, pairs meet in `shared`.
template <typename Body, typename Total>
__device__ Total join_lanes(
    const Body& body,
    const ReduceLaunch& plan,
    int lane,
    int out,
    Total total,
    Total* shared) {
  const int by_shuffle =
      plan.downwards ? 1 : (plan.lanes < 32 ? plan.lanes : 32);
  for (int half = plan.lanes / 2; half >= by_shuffle; half /= 2) {
    shared[lane * plan.outs + out] = total;
    __syncthreads();
    if (lane < half) {
      total = body.join(total, shared[(lane + half) * plan.outs + out]);
    }
    __syncthreads();
  }
  return warp_reduce(
      total,
      [&](const Total& a, const Total& b) { return body.join(a, b); },
      by_shuffle);
}

// parts: (outputs, splits), or null where one split says it all.
template <int kWidth, typename Body>
__global__ void __launch_bounds__(kReduceThreads) reduce_slots(
    const __grid_constant__ Body body,
    const __grid_constant__ ReduceLaunch plan,
    typename Body::Total* parts) {
  using Total = typename Body::Total;
  AT_SHARED_ARRAY(Total, shared, kReduceThreads);
  const int thread = static_cast<int>(threadIdx.x);
  const int split = static_cast<int>(blockIdx.y);
  const int lane = plan.lane_of(thread);
  const int out = plan.out_of(thread);
  const int64_t blocks = plan.blocks();
  for (int64_t block = blockIdx.x; block < blocks; block += gridDim.x) {
    const int64_t output = block * plan.outs + out;
    const bool is_real = output < plan.outputs;
    ReduceLaunch::Place place{0, 0};
    Total total = body.none();
    if (is_real) {
      place = plan.place_of(output);
      total = lane_total<kWidth>(body, plan, place, split, lane);
    }
    total = join_lanes(body, plan, lane, out, total, shared);
    if (is_real && lane == 0) {
      if (parts) {
        parts[output * plan.splits + split] = total;
      } else {
        body.store(place.out, total);
      }
    }
  }
}

// One warp per output.
template <typename Body>
__global__ void __launch_bounds__(kReduceThreads) join_splits(
    const __grid_constant__ Body body,
    const __grid_constant__ ReduceLaunch plan,
    const typename Body::Total* parts) {
  using Total = typename Body::Total;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int64_t warps = int64_t{gridDim.x} * (kReduceThreads / 32);
  int64_t output = int64_t{blockIdx.x} * (kReduceThreads / 32) +
      static_cast<int>(threadIdx.x) / 32;
  for (; output < plan.outputs; output += warps) {
    Total total = body.none();
    for (int s = lane; s < plan.splits; s += 32) {
      total = body.join(total, parts[output * plan.splits + s]);
    }
    total = warp_reduce(
        total, [&](const Total& a, const Total& b) { return body.join(a, b); });
    if (lane == 0) {
      body.store(plan.place_of(output).out, total);
    }
  }
}

// The plan's offsets are added to the body's pointers. words: whether 16-byte
// words may be read at all (a body of two tensors needs them skewed alike).
template <typename Body>
void launch_reduce(
    const Body& body,
    const ReducePlan& plan,
    bool words = true) {
  using Total = typename Body::Total;
  if (plan.outputs == 0) {
    return;
  }
  const ReduceLaunch launch =
      plan_reduce(plan, words ? Body::kWide : 1, device_shape());
  c10::DataPtr scratch;
  Total* parts = nullptr;
  if (launch.splits > 1) {
    scratch = at::cuda::scratch(
        static_cast<size_t>(launch.outputs * launch.splits) * sizeof(Total));
    parts = static_cast<Total*>(scratch.get());
  }
  at::native::launch(
      Body::kWide > 1 && launch.width > 1 ? reduce_slots<Body::kWide, Body>
                                          : reduce_slots<1, Body>,
      grid_for(launch.outputs, launch.outs, launch.splits),
      dim3(static_cast<unsigned>(launch.threads())),
      body,
      launch,
      parts);
  if (launch.splits > 1) {
    at::native::launch(
        join_splits<Body>,
        grid_for(launch.outputs, kReduceThreads / 32),
        dim3(kReduceThreads),
        body,
        launch,
        parts);
  }
}

} // namespace
} // namespace at::native

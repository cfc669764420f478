// distribution_kernel and what it draws: the driver of the random operators
// whose numbers are PyTorch's CUDA numbers. Thread t of the launch owns stream
// t of the Philox generator and takes elements t, t + threads, ... in rounds
// of Draw::kCount. Read DistributionPolicy.h and docs/design/random.md first.
#pragma once

#include <limits>

#include "aten/core/TensorBase.h"
#include "aten/cuda/CUDAGenerator.h"
#include "aten/cuda/Philox.h"
#include "aten/native/cuda/DistributionPolicy.h"
#include "aten/native/cuda/Launch.cuh"
#include "c10/core/ScalarType.h"

namespace at::native {
namespace {

using at::cuda::Philox4x32;
using at::cuda::PhiloxArgs;
using at::cuda::PhiloxWords;

// The type that random numbers are made in.
template <typename T>
using random_type =
    std::conditional_t<std::is_same<T, double>::value, double, float>;

// ------------------------------------------- what one block of words gives

template <typename U>
struct DrawUniform; // (0, 1]
template <>
struct DrawUniform<float> {
  static constexpr int kCount = 4;
  __device__ void operator()(Philox4x32& engine, float (&v)[4]) const {
    const PhiloxWords w = engine();
    v[0] = at::cuda::philox_uniform(w.x);
    v[1] = at::cuda::philox_uniform(w.y);
    v[2] = at::cuda::philox_uniform(w.z);
    v[3] = at::cuda::philox_uniform(w.w);
  }
};
template <>
struct DrawUniform<double> {
  static constexpr int kCount = 2;
  __device__ void operator()(Philox4x32& engine, double (&v)[2]) const {
    const PhiloxWords w = engine();
    v[0] = at::cuda::philox_uniform(w.x, w.y);
    v[1] = at::cuda::philox_uniform(w.z, w.w);
  }
};

template <typename U>
struct DrawNormal;
template <>
struct DrawNormal<float> {
  static constexpr int kCount = 4;
  __device__ void operator()(Philox4x32& engine, float (&v)[4]) const {
    const PhiloxWords w = engine();
    const auto a = at::cuda::philox_normal(w.x, w.y);
    const auto b = at::cuda::philox_normal(w.z, w.w);
    v[0] = a.first;
    v[1] = a.second;
    v[2] = b.first;
    v[3] = b.second;
  }
};
template <>
struct DrawNormal<double> {
  static constexpr int kCount = 2;
  __device__ void operator()(Philox4x32& engine, double (&v)[2]) const {
    const auto a = at::cuda::philox_normal_double(engine());
    v[0] = a.first;
    v[1] = a.second;
  }
};

template <typename U>
struct DrawBits;
template <>
struct DrawBits<uint32_t> {
  static constexpr int kCount = 4;
  __device__ void operator()(Philox4x32& engine, uint32_t (&v)[4]) const {
    const PhiloxWords w = engine();
    v[0] = w.x;
    v[1] = w.y;
    v[2] = w.z;
    v[3] = w.w;
  }
};
template <>
struct DrawBits<uint64_t> {
  static constexpr int kCount = 2;
  __device__ void operator()(Philox4x32& engine, uint64_t (&v)[2]) const {
    const PhiloxWords w = engine();
    v[0] = static_cast<uint64_t>(w.x) << 32 | w.y;
    v[1] = static_cast<uint64_t>(w.z) << 32 | w.w;
  }
};

// ------------------------------------------------------------- the driver

template <typename Draw, typename U, typename T, typename F>
__global__ void __launch_bounds__(DistributionPolicy::kThreads)
    distribution_kernel(T* out, int64_t n, PhiloxArgs args, F f) {
  const int64_t thread = global_thread();
  const int64_t threads = global_threads();
  Philox4x32 engine(args.seed, static_cast<uint64_t>(thread), args.offset);
  for (int64_t i = thread; i < n; i += threads * Draw::kCount) {
    U values[Draw::kCount];
    Draw()(engine, values);
#pragma unroll
    for (int k = 0; k < Draw::kCount; ++k) {
      const int64_t at = i + k * threads;
      if (at < n) {
        out[at] = f(values[k]);
      }
    }
  }
}

// out[i] = f(number) for a dense run of n elements. Runs that 32-bit byte
// offsets cannot reach are halved, as PyTorch halves them, each half with its
// own piece of the generator's sequence.
template <typename Draw, typename U, typename T, typename F>
void fill_from(T* out, int64_t n, const Generator& generator, const F& f) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  if (n == 0) {
    return;
  }
  if ((n - 1) * static_cast<int64_t>(sizeof(T)) + 1 > kMost) {
    fill_from<Draw, U>(out, n / 2, generator, f);
    fill_from<Draw, U>(out + n / 2, n - n / 2, generator, f);
    return;
  }
  const DistributionPolicy policy =
      distribution_policy(n, Draw::kCount, resident_blocks());
  launch(
      distribution_kernel<Draw, U, T, F>,
      policy.blocks,
      DistributionPolicy::kThreads,
      out,
      n,
      at::cuda::philox_args(generator, policy.increment),
      f);
}

template <typename T>
T* data_of(const TensorBase& t) {
  return static_cast<T*>(t.data_ptr());
}

} // namespace
} // namespace at::native

// Dropout in one pass on CUDA, with PyTorch's numbers: mask and product. Which
// word decides about an element depends on how many of them a thread takes at
// once, hence the same rule as there (dropout_vector_size).
#include "aten/native/Dropout.h"

#include "aten/Dispatch.h"
#include "aten/native/cuda/Distributions.cuh"

namespace at::native {
namespace {

template <typename T>
struct DropoutArgs {
  const T* input;
  T* out;
  bool* mask;
  int64_t n;
  opmath_type<T> keep; // probability
  PhiloxArgs philox;

  // Uniforms are float for every dtype.
  __device__ void put(int64_t i, float u) const {
    using A = opmath_type<T>;
    const bool kept = u < keep;
    const A scale = static_cast<A>(1.0 / keep);
    mask[i] = kept;
    out[i] =
        static_cast<T>(static_cast<A>(input[i]) * static_cast<A>(kept) * scale);
  }
};

// Each thread takes kVector neighbours a round, and one block of words for
// every four of them; with kVector 1, four elements a grid apart.
template <typename T, int kVector>
__global__ void __launch_bounds__(DistributionPolicy::kThreads)
    dropout_kernel(const DropoutArgs<T> args) {
  const int64_t thread = global_thread();
  const int64_t threads = global_threads();
  Philox4x32 engine(
      args.philox.seed, static_cast<uint64_t>(thread), args.philox.offset);
  constexpr int kStep = kVector == 1 ? 4 : kVector;
  for (int64_t i = thread * kVector; i < args.n; i += threads * kStep) {
#pragma unroll
    for (int first = 0; first < kStep; first += 4) {
      float u[4];
      DrawUniform<float>()(engine, u);
#pragma unroll
      for (int k = 0; k < 4 && first + k < kStep; ++k) {
        const int64_t at = kVector == 1 ? i + k * threads : i + first + k;
        if (at < args.n) {
          args.put(at, u[k]);
        }
      }
    }
  }
}

template <typename T>
void launch_dropout(const DropoutArgs<T>& args, uint32_t blocks) {
  constexpr uint32_t kThreads = DistributionPolicy::kThreads;
  switch (dropout_vector_size(
      args.n, sizeof(T), reinterpret_cast<uintptr_t>(args.input))) {
    case 8:
      return launch(dropout_kernel<T, 8>, blocks, kThreads, args);
    case 4:
      return launch(dropout_kernel<T, 4>, blocks, kThreads, args);
    case 2:
      return launch(dropout_kernel<T, 2>, blocks, kThreads, args);
    default:
      return launch(dropout_kernel<T, 1>, blocks, kThreads, args);
  }
}

void fused_dropout_kernel(
    const TensorBase& out,
    const TensorBase& mask,
    const TensorBase& input,
    double keep) {
  const int64_t n = input.numel();
  const DistributionPolicy policy =
      distribution_policy(n, 4, resident_blocks());
  const PhiloxArgs philox =
      at::cuda::philox_args(Generator(), policy.increment);
  dispatch_floating_types(input.scalar_type(), "fused_dropout", [&](auto type) {
    using T = decltype(type);
    launch_dropout(
        DropoutArgs<T>{
            data_of<T>(input),
            data_of<T>(out),
            data_of<bool>(mask),
            n,
            static_cast<opmath_type<T>>(keep),
            philox},
        policy.blocks);
  });
}

} // namespace

REGISTER_DISPATCH(fused_dropout_stub, fused_dropout_kernel);

} // namespace at::native

// copy_ on CUDA: between layouts and dtypes of one device (copy_stub), and
// plain bytes within a device, between devices and to and from the host
// (copy_bytes_stub). Which of the two serves is decided in native/Copy.cpp.
#include "aten/native/Copy.h"

#include "aten/cuda/PinnedMemory.h"
#include "aten/cuda/Stream.h"
#include "aten/native/cuda/Loops.cuh"

namespace at::native {
namespace {

// Elements a thread takes.
constexpr int kWork = 4;

// Same dtype: only the size of an element matters.
template <typename Bits>
__global__ void __launch_bounds__(kThreads) move_kernel(
    char* out,
    const char* in,
    const OffsetCalculator<2> calculator,
    const uint32_t n) {
  uint32_t offset[2][kWork];
  const int count = locate<kWork>(calculator, n, offset);
  Bits values[kWork];
#pragma unroll
  for (int w = 0; w < kWork; ++w) {
    if (w < count) {
      values[w] = *reinterpret_cast<const Bits*>(in + offset[1][w]);
    }
  }
#pragma unroll
  for (int w = 0; w < kWork; ++w) {
    if (w < count) {
      *reinterpret_cast<Bits*>(out + offset[0][w]) = values[w];
    }
  }
}

// The source's dtype is known at run time only: every thread takes the same
// branch.
template <typename To>
__global__ void __launch_bounds__(kThreads) convert_kernel(
    char* out,
    const char* in,
    const ScalarType from,
    const OffsetCalculator<2> calculator,
    const uint32_t n) {
  uint32_t offset[2][kWork];
  const int count = locate<kWork>(calculator, n, offset);
  To values[kWork];
  switch_dtype<0, kHighestKind>(from, [&](auto type) {
    using From = decltype(type);
#pragma unroll
    for (int w = 0; w < kWork; ++w) {
      if (w < count) {
        values[w] = convert<To>(load_element<From>(in + offset[1][w]));
      }
    }
  });
#pragma unroll
  for (int w = 0; w < kWork; ++w) {
    if (w < count) {
      *reinterpret_cast<To*>(out + offset[0][w]) = values[w];
    }
  }
}

template <typename F>
void for_each_copy(const TensorIterator& iter, const F& start) {
  split_for_32bit(iter, [&](const IterationSpace& piece) {
    const int64_t n = piece.numel();
    start(
        blocks_for(n, kThreads * kWork),
        piece.data[0],
        static_cast<const char*>(piece.data[1]),
        make_calculator<2>(piece),
        static_cast<uint32_t>(n));
  });
}

template <typename Bits>
void move_elements(const TensorIterator& iter) {
  for_each_copy(
      iter,
      [](uint32_t blocks,
         char* out,
         const char* in,
         const OffsetCalculator<2>& calculator,
         uint32_t n) {
        launch(move_kernel<Bits>, blocks, kThreads, out, in, calculator, n);
      });
}

void copy_kernel(TensorIterator& iter, bool /*non_blocking*/) {
  const ScalarType from = iter.dtype(1);
  if (iter.dtype(0) == from) {
    switch (iter.element_size(0)) {
      case 1:
        return move_elements<uint8_t>(iter);
      case 2:
        return move_elements<uint16_t>(iter);
      case 4:
        return move_elements<uint32_t>(iter);
      case 8:
        return move_elements<uint64_t>(iter);
      default:
        return move_elements<ulonglong2>(iter);
    }
  }
  dispatch_every_type(iter.dtype(0), "copy_", [&](auto type) {
    using To = decltype(type);
    for_each_copy(
        iter,
        [from](
            uint32_t blocks,
            char* out,
            const char* in,
            const OffsetCalculator<2>& calculator,
            uint32_t n) {
          launch(
              convert_kernel<To>,
              blocks,
              kThreads,
              out,
              in,
              from,
              calculator,
              n);
        });
  });
}

// ------------------------------------------------------------------- bytes

// The copy runs on the source's stream, when the destination's work is done;
// the destination goes on when the copy is.
void copy_between_devices(const TensorBase& dst, const TensorBase& src) {
  using namespace at::cuda;
  const int to = dst.device().index();
  const int from = src.device().index();
  const DriverDeviceGuard guard(from);
  const Stream reading = stream_of(from);
  const Stream writing = stream_of(to);
  wait_stream(reading, writing);
  C10_CUDA_CHECK(cudaMemcpyPeerAsync(
      dst.data_ptr(), to, src.data_ptr(), from, src.nbytes(),
      at::cuda::current_stream()));
  wait_stream(writing, reading);
}

void copy_bytes_kernel(
    const TensorBase& dst,
    const TensorBase& src,
    bool non_blocking) {
  if (dst.is_cuda() && src.is_cuda() && dst.device() != src.device()) {
    copy_between_devices(dst, src);
    return;
  }
  const cudaStream_t stream = at::cuda::current_stream();
  C10_CUDA_CHECK(cudaMemcpyAsync(
      dst.data_ptr(), src.data_ptr(), src.nbytes(), cudaMemcpyDefault, stream));
  if (dst.is_cuda() && src.is_cuda()) {
    return;
  }
  if (!non_blocking) {
    C10_CUDA_CHECK(cudaStreamSynchronize(stream));
    return;
  }
  const TensorBase& host = dst.is_cuda() ? src : dst;
  at::cuda::pinned_allocator().record_stream(
      host.data_ptr(), at::cuda::stream_of(-1));
}

} // namespace

REGISTER_DISPATCH(copy_stub, copy_kernel);
REGISTER_DISPATCH(copy_bytes_stub, copy_bytes_kernel);

} // namespace at::native

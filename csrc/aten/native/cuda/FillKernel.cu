// fill_ on CUDA.
#include "aten/native/Fill.h"

#include <cstring>

#include "aten/native/cuda/Loops.cuh"

namespace at::native {
namespace {

template <typename T>
struct Constant {
  T value;
  __device__ T operator()() const { return value; }
};

template <typename T>
bool is_zero_bytes(const T& value) {
  static const char zeros[sizeof(T)] = {};
  return std::memcmp(&value, zeros, sizeof value) == 0;
}

void fill_kernel(TensorIterator& iter, const Scalar& value) {
  dispatch_every_type(iter.dtype(0), "fill_cuda", [&](auto type) {
    using T = decltype(type);
    const T element = value.to<T>();
    if (iter.is_contiguous() && is_zero_bytes(element)) {
      C10_CUDA_CHECK(cudaMemsetAsync(
          iter.data_ptr(0),
          0,
          static_cast<size_t>(iter.numel()) * sizeof(T),
          at::cuda::current_stream()));
      return;
    }
    gpu_kernel_typed<T>(iter, Constant<T>{element});
  });
}

} // namespace

REGISTER_DISPATCH(fill_stub, fill_kernel);

} // namespace at::native

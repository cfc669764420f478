// Tensor.item() on CUDA: one element crosses, the stream is waited for.
#include "aten/core/Tensor.h"
#include "aten/cuda/CUDAContext.h"
#include "generated/native/Item.h"

namespace at::native {

Scalar _local_scalar_dense_cuda(const Tensor& self) {
  alignas(16) char element[16];
  const cudaStream_t stream = at::cuda::current_stream();
  C10_CUDA_CHECK(cudaMemcpyAsync(
      element,
      self.data_ptr(),
      self.itemsize(),
      cudaMemcpyDeviceToHost,
      stream));
  C10_CUDA_CHECK(cudaStreamSynchronize(stream));
  switch (self.scalar_type()) {
#define AT_CASE_(T, Name)   \
  case ScalarType::Name:    \
    return Scalar(*reinterpret_cast<const T*>(element));
    C10_FORALL_SCALAR_TYPES(AT_CASE_)
#undef AT_CASE_
    default:
      TORCH_CHECK(false, "_local_scalar_dense: unsupported dtype");
  }
}

} // namespace at::native

// InputMetadata: what a gradient flowing into a Node must look like: the
// shape, dtype and device of the forward output it belongs to; and on CUDA the
// stream that was current when that was made.
#pragma once

#include "aten/core/CUDAHooks.h"
#include "autograd/Edge.h"

namespace torch::autograd {

class C10_API InputMetadata {
 public:
  InputMetadata() = default;
  explicit InputMetadata(const Tensor& output)
      : sizes_(output.sizes()),
        dtype_(output.scalar_type()),
        device_(output.device()),
        defined_(true) {
    if (C10_UNLIKELY(device_.is_cuda())) {
      stream_id_ =
          at::cuda::cuda_hooks()->current_stream(device_.index()).id;
    }
  }

  // False for an output that carries no gradient.
  bool defined() const { return defined_; }
  IntArrayRef sizes() const { return sizes_; }
  ScalarType dtype() const { return dtype_; }
  at::Device device() const { return device_; }
  int64_t stream_id() const { return stream_id_; }
  at::TensorOptions options() const {
    return at::TensorOptions(dtype_).device(device_);
  }
  bool matches(const Tensor& grad) const {
    return grad.scalar_type() == dtype_ && grad.device() == device_ &&
        grad.sizes() == sizes();
  }
  Tensor zeros() const;

 private:
  at::DimVector sizes_;
  int64_t stream_id_ = 0;
  ScalarType dtype_ = ScalarType::Undefined;
  at::Device device_;
  bool defined_ = false;
};

} // namespace torch::autograd

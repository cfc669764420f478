#include "autograd/ForwardStream.h"

namespace torch::autograd {

using at::cuda::CUDAHooks;
using at::cuda::Stream;

void ForwardStream::enter() {
  CUDAHooks& hooks = *at::cuda::cuda_hooks();
  caller_ = hooks.current_stream(metadata_->device().index());
  const Stream forward{metadata_->stream_id(), caller_.device};
  if (forward == caller_) {
    return;
  }
  hooks.wait_stream(forward, caller_);
  hooks.set_stream(forward);
  switched_ = true;
}

void ForwardStream::finish(const variable_list& results) {
  CUDAHooks& hooks = *at::cuda::cuda_hooks();
  hooks.wait_stream(
      caller_, Stream{metadata_->stream_id(), caller_.device});
  for (const at::Tensor& t : results) {
    if (t.defined() && t.is_cuda()) {
      hooks.record_stream(t.storage()->data_ptr(), caller_);
    }
  }
}

} // namespace torch::autograd

// ForwardStream: lets a node run where its forward operator ran, on the device
// and the CUDA stream of the outputs it gave. For CPU nodes it does nothing.
//
// Note [Streams of a backward pass]
// A node's stream waits for the caller's before it runs, and the caller's for
// the node's afterwards; gradients are added up in between, on the caller's.
// So whatever streams the forward used, the backward is in order, and its
// results are ready on the caller's stream. Where all is one stream, which is
// the rule, nothing waits.
#pragma once

#include "aten/core/CUDAHooks.h"
#include "autograd/Node.h"

namespace torch::autograd {

class ForwardStream {
 public:
  explicit ForwardStream(const Node& node)
      : metadata_(find(node)),
        guard_(metadata_ != nullptr ? metadata_->device() : at::Device()) {
    if (C10_UNLIKELY(metadata_ != nullptr)) {
      enter();
    }
  }
  ForwardStream(const ForwardStream&) = delete;
  ForwardStream& operator=(const ForwardStream&) = delete;
  ~ForwardStream() {
    if (C10_UNLIKELY(switched_)) {
      at::cuda::cuda_hooks()->set_stream(caller_);
    }
  }

  // Once the node has run: the caller's stream waits for its results.
  void hand_over(const variable_list& results) {
    if (C10_UNLIKELY(switched_)) {
      finish(results);
    }
  }

 private:
  static const InputMetadata* find(const Node& node) {
    for (size_t i = 0; i < node.num_inputs(); ++i) {
      const InputMetadata& metadata = node.input_metadata(i);
      if (C10_UNLIKELY(metadata.defined() && metadata.device().is_cuda())) {
        return &metadata;
      }
    }
    return nullptr;
  }
  void enter();
  void finish(const variable_list& results);

  const InputMetadata* metadata_;
  const at::DeviceGuard guard_;
  at::cuda::Stream caller_;
  bool switched_ = false;
};

} // namespace torch::autograd

// AutogradMeta: what a tensor that takes part in autograd carries, made on
// first need. Whether it requires grad is not here: that is the Autograd bit
// of its key set.
//
// Read first: docs/design/views_and_inplace.md for the fields of views.
#pragma once

#include "autograd/Edge.h"
#include "autograd/FunctionHook.h"
#include "c10/util/FreeList.h"

namespace c10 {

struct C10_API AutogradMeta : FreeListed<AutogradMeta> {
  ~AutogradMeta();

  at::Tensor grad;
  // Null for a leaf. Of a view, valid while TensorImpl::attr_version() is the
  // version of its memory.
  intrusive_ptr<torch::autograd::Node> grad_fn;
  // The AccumulateGrad of a leaf; lives as long as some graph uses it.
  weak_intrusive_ptr<torch::autograd::Node> grad_accumulator;
  uint32_t output_nr = 0;
  bool retains_grad = false;

  struct Hooks {
    // Of a leaf; a non-leaf's are in its grad_fn.
    std::vector<std::unique_ptr<torch::autograd::FunctionPreHook>> tensor;
    std::unique_ptr<torch::autograd::PostAccumulateGradHook> post_accumulate;
    // The Python dict of a tensor's hooks; owned by csrc/api/python.
    void* python = nullptr;
  };
  std::unique_ptr<Hooks> hooks;
};

} // namespace c10

namespace torch::autograd {

using c10::AutogradMeta;

inline AutogradMeta* get_autograd_meta(const Tensor& t) {
  return t.unsafe_impl()->autograd_meta();
}
inline AutogradMeta& materialize_autograd_meta(const Tensor& t) {
  AutogradMeta* meta = get_autograd_meta(t);
  if (!meta) {
    meta = new AutogradMeta;
    t.unsafe_impl()->set_autograd_meta(meta);
  }
  return *meta;
}

// The node that made `t`, brought up to date when `t` is a view whose base
// was written since. Null for a leaf. Borrowed: valid while `t` is.
C10_API Node* grad_fn_of(const Tensor& t);
// Where the gradient of `t` goes: its grad_fn, a leaf's AccumulateGrad, or
// nowhere when it does not require grad.
C10_API Edge gradient_edge(const Tensor& t);
// The AccumulateGrad of a leaf that requires grad, made when missing.
C10_API intrusive_ptr<Node> grad_accumulator(const Tensor& t);
C10_API intrusive_ptr<Node> try_get_grad_accumulator(const Tensor& t);

// Makes `t` output `output_nr` of `node`.
C10_API void set_gradient_edge(const Tensor& t, Edge edge);
// PyTorch's errors for a non-leaf or an integral dtype.
C10_API void set_requires_grad(const Tensor& t, bool requires_grad);
C10_API void retain_grad(const Tensor& t);
C10_API bool retains_grad(const Tensor& t);
// x.detach_(): forgets the history. RuntimeError for a view.
C10_API void detach_inplace(const Tensor& t);

// A hook on the gradient of `t`: kept by its grad_fn, or by a leaf itself.
C10_API void add_tensor_hook(
    const Tensor& t,
    std::unique_ptr<FunctionPreHook> hook);
C10_API void set_post_accumulate_grad_hook(
    const Tensor& t,
    std::unique_ptr<PostAccumulateGradHook> hook);

} // namespace torch::autograd

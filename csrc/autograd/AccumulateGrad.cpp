#include "autograd/AccumulateGrad.h"

#include <thread>

#include "autograd/AutogradMeta.h"
#include "c10/core/ThreadLocalState.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

namespace {

class SpinGuard {
 public:
  explicit SpinGuard(std::atomic_flag& flag) : flag_(flag) {
    while (flag_.test_and_set(std::memory_order_acquire)) {
      std::this_thread::yield();
    }
  }
  ~SpinGuard() { flag_.clear(std::memory_order_release); }
  SpinGuard(const SpinGuard&) = delete;
  SpinGuard& operator=(const SpinGuard&) = delete;

 private:
  std::atomic_flag& flag_;
};

bool same_strides(const Tensor& a, const Tensor& b) {
  for (int64_t d = 0; d < a.dim(); ++d) {
    if (a.sizes()[d] != 1 && a.strides()[d] != b.strides()[d]) {
      return false;
    }
  }
  return true;
}

// Optimizers walk a parameter and its gradient together: a gradient is kept
// with its leaf's strides when those are dense, else row-major.
bool has_layout_of(const Tensor& grad, const Tensor& leaf) {
  return leaf.is_non_overlapping_and_dense() ? same_strides(grad, leaf)
                                             : grad.is_contiguous();
}

Tensor clone_with_layout_of(const Tensor& grad, const Tensor& leaf) {
  if (!leaf.is_non_overlapping_and_dense()) {
    return grad.clone(at::MemoryFormat::Contiguous);
  }
  if (has_layout_of(grad, leaf)) {
    return grad.clone(at::MemoryFormat::Preserve);
  }
  Tensor copy =
      at::empty_strided(leaf.sizes(), leaf.strides(), grad.options());
  copy.copy_(grad);
  return copy;
}

} // namespace

// The largest number: a leaf is served as soon as its gradient is complete.
AccumulateGrad::AccumulateGrad(Tensor leaf)
    : Node(kLeafSequenceNr), variable(std::move(leaf)) {
  add_input_metadata(variable);
}

void AccumulateGrad::release_resources() {
  variable.reset();
  Node::release_resources();
}

variable_list AccumulateGrad::apply(variable_list&& grads) {
  if (!grads[0].defined()) {
    return {};
  }
  TORCH_CHECK(
      !grad_fn_of(variable),
      "leaf variable has been moved into the graph interior");
  if (!variable.requires_grad()) {
    return {};
  }
  SpinGuard guard(busy_);
  accumulate(std::move(grads[0]));
  const AutogradMeta* meta = get_autograd_meta(variable);
  if (C10_UNLIKELY(meta->hooks && meta->hooks->post_accumulate)) {
    (*meta->hooks->post_accumulate)(variable);
  }
  return {};
}

// A gradient that nobody else holds becomes .grad as it is; otherwise .grad
// gets a copy, so that a later in-place sum changes nobody else's tensor.
void AccumulateGrad::accumulate(Tensor new_grad) {
  Tensor& grad = materialize_autograd_meta(variable).grad;
  const bool recording = at::GradMode::is_enabled();
  if (!grad.defined()) {
    if (recording) {
      grad = clone_with_layout_of(new_grad, variable);
    } else if (
        new_grad.use_count() == 1 && has_layout_of(new_grad, variable)) {
      const at::TensorImpl* impl = new_grad.unsafe_impl();
      const bool plain = !impl->view_base() && !impl->autograd_meta();
      grad = plain ? std::move(new_grad) : Tensor(impl->shallow_copy());
    } else {
      grad = clone_with_layout_of(new_grad, variable);
    }
  } else if (recording) {
    grad = has_layout_of(grad, variable)
        ? at::add(grad, new_grad)
        : clone_with_layout_of(at::add(grad, new_grad), variable);
  } else {
    grad.add_(new_grad);
  }
}

} // namespace torch::autograd

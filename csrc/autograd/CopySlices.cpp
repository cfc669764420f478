#include "autograd/CopySlices.h"

#include "autograd/AutogradMeta.h"
#include "autograd/SavedVariable.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

CopySlices::CopySlices(
    const Tensor& base,
    const Tensor& view,
    intrusive_ptr<Node> fn)
    : base_(base), view_(view), fn_(std::move(fn)) {
  add_input_metadata(base);
  add_edges_of(base);
  // fn makes the gradient of the slice exactly when that of the base is
  // wanted.
  fn_->set_next_edge(0, next_edge(0));
  for (size_t i = 1; i < fn_->num_outputs(); ++i) {
    add_next_edge(fn_->next_edge(i));
  }
}

// With s the written slice and f the writer, new_base = base outside s and
// f(base[s], ...) on s. So d(base) = grad outside s, and on s what f's
// derivative makes of grad[s].
variable_list CopySlices::apply(variable_list&& grads) {
  variable_list result(num_outputs());
  const Tensor& grad = grads[0];
  if (!grad.defined()) {
    return result;
  }
  if (!fn_) {
    throw_backward_twice();
  }
  Tensor base_grad =
      at::empty_strided(base_.sizes, base_.strides, grad.options());
  base_grad.copy_(grad);
  Tensor slice = base_grad.as_strided(
      view_.sizes, view_.strides, view_.offset - base_.offset);
  variable_list slice_grads(1);
  slice_grads[0] = slice.clone(at::MemoryFormat::Contiguous);
  if (restricted_node == this) {
    restricted_node = fn_.get();
  }
  variable_list made = fn_->apply(std::move(slice_grads));
  if (restricted_node == fn_.get()) {
    restricted_node = this;
  }
  for (size_t i = 1; i < made.size(); ++i) {
    if (should_compute_output(i)) {
      result[i] = std::move(made[i]);
    }
  }
  if (should_compute_output(0)) {
    if (made[0].defined()) {
      slice.copy_(made[0]);
    } else {
      slice.zero_();
    }
    result[0] = std::move(base_grad);
  }
  return result;
}

void CopySlices::release_variables() {
  if (fn_) {
    release_node(std::move(fn_));
  }
}

} // namespace torch::autograd

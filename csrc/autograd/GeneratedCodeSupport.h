// What generated recording wrappers (build/generated/autograd) are written
// with. Life of a call: docs/design/autograd.md.
//
//   check_inplace(self);                         in-place forms only
//   auto node = make_node<MulBackward0>(self, other);
//   if (node) node->self_ = SavedVariable(self, false);
//   { AutoDispatchBelowAutograd below; result = at::mul(self, other); }
//   if (node) set_history(result, std::move(node));
//
// An in-place form whose formula names `self` saves `self.clone()`, taken
// before the call, since the memory is about to change.
#pragma once

#include <array>
#include <vector>

#include "aten/core/Keys.h"
#include "autograd/AutogradMeta.h"
#include "autograd/Node.h"
#include "autograd/SavedVariable.h"
#include "c10/core/ThreadLocalState.h"

namespace torch::autograd {

using at::AutoDispatchBelowAutograd;

// Whether a gradient has to flow to any of the inputs (Tensor, TensorList).
template <typename... Inputs>
bool compute_requires_grad(const Inputs&... inputs) {
  return (at::DispatchKeySet() | ... | at::keys_of(inputs))
      .has(at::DispatchKey::Autograd);
}

// A node with one edge per input tensor, or null when no input requires grad.
template <typename N, typename... Inputs>
intrusive_ptr<N> make_node(const Inputs&... inputs) {
  if (!compute_requires_grad(inputs...)) {
    return {};
  }
  auto node = c10::make_intrusive<N>();
  (node->add_edges_of(inputs), ...);
  return node;
}

// ---- fresh results. Call once per differentiable output, in order: the
// gradient of the i-th arrives as grads[i]. Integral and undefined results
// get no history but keep their number.
C10_API void set_history(Tensor& result, intrusive_ptr<Node> node);
C10_API void set_history(
    std::vector<Tensor>& results,
    const intrusive_ptr<Node>& node);

// ---- results that are views; the native function has set their view base.
C10_API void set_view_history(Tensor& result, intrusive_ptr<Node> node);
// Several views of one call, which must not be written in place.
C10_API void set_view_history(
    std::vector<Tensor>& results,
    const intrusive_ptr<Node>& node);

// ---- in-place forms
// Raises where grad mode forbids writing `self` (leaf, view of a leaf,
// multi-output view, no_grad view). Call before anything is changed.
C10_API void check_inplace(const Tensor& self);
// `self` has just been written by `node`: becomes its output, and so does
// its base when it is a view. The edge for self's old value is in `node`.
C10_API void rebase_history(Tensor& self, intrusive_ptr<Node> node);

// ---- out= forms: raises PyTorch's "functions with out=... arguments don't
// support automatic differentiation, ..." for `name`.
[[noreturn]] C10_API void throw_error_out_requires_grad(const char* name);

// ---- saved lists
C10_API std::vector<SavedVariable> save_list(
    TensorList tensors,
    bool is_output = false);
C10_API std::vector<Tensor> unpack_list(
    const std::vector<SavedVariable>& saved,
    Node& saved_for);

// Moves the gradients of a list input to their place in apply()'s result.
inline void copy_range(
    variable_list& out,
    size_t begin,
    std::vector<Tensor>&& grads) {
  for (size_t i = 0; i < grads.size(); ++i) {
    out[begin + i] = std::move(grads[i]);
  }
}

} // namespace torch::autograd

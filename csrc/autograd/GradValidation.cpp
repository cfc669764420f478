#include "autograd/GradValidation.h"

#include "autograd/functions/FormulaOps.h"

namespace torch::autograd {

bool is_expandable_to(IntArrayRef sizes, IntArrayRef desired) {
  if (sizes.size() > desired.size()) {
    return false;
  }
  const size_t lead = desired.size() - sizes.size();
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] != desired[lead + i] && sizes[i] != 1) {
      return false;
    }
  }
  return true;
}

Tensor undo_broadcast(const Tensor& grad, IntArrayRef sizes) {
  if (grad.sizes() == sizes) {
    return grad;
  }
  if (sizes.empty()) {
    return grad.sum();
  }
  const size_t lead = static_cast<size_t>(grad.dim()) - sizes.size();
  at::DimVector dims;
  for (size_t d = 0; d < static_cast<size_t>(grad.dim()); ++d) {
    if (d < lead || (sizes[d - lead] == 1 && grad.sizes()[d] != 1)) {
      dims.push_back(static_cast<int64_t>(d));
    }
  }
  Tensor sum = dims.empty() ? grad : grad.sum(dims, /*keepdim=*/true);
  return lead ? sum.view(sizes) : sum;
}

namespace {

// Who made the gradients: a node, or null for the caller of backward().
std::string maker(const Node* node) {
  return node ? "Function " + node->name() + " returned an " : "";
}

// Off the common path: `grad` differs from what `expected` says.
C10_NOINLINE void repair(
    const Node* node,
    size_t i,
    const InputMetadata& expected,
    Tensor& grad) {
  if (grad.sizes() != expected.sizes()) {
    TORCH_CHECK(
        is_expandable_to(expected.sizes(), grad.sizes()),
        maker(node),
        "invalid gradient at index ",
        i,
        " - got ",
        grad.sizes(),
        " but expected shape compatible with ",
        expected.sizes());
    grad = undo_broadcast(grad, expected.sizes());
  }
  TORCH_CHECK(
      c10::is_floating_type(grad.scalar_type()) ||
          c10::is_complex_type(expected.dtype()) == grad.is_complex(),
      "Expected isFloatingType(grad.scalar_type()) || (input_is_complex == "
      "grad_is_complex) to be true, but got false.  (Could this error message "
      "be improved?  If so, please report an enhancement request to PyTorch.)");
  if (grad.scalar_type() != expected.dtype()) {
    grad = grad.to(expected.dtype());
  }
  if (grad.device() != expected.device()) {
    TORCH_CHECK(
        grad.dim() == 0,
        maker(node),
        "invalid gradient at index ",
        i,
        " - expected device ",
        expected.device(),
        " but got ",
        grad.device());
    grad = grad.to(expected.device(), expected.dtype());
  }
}

void validate_one(const Node* node, size_t i, const Edge& edge, Tensor& grad) {
  const InputMetadata& expected =
      edge.function->input_metadata(edge.input_nr);
  if (C10_UNLIKELY(expected.defined() && !expected.matches(grad))) {
    repair(node, i, expected, grad);
  }
}

} // namespace

void validate_gradients(const Node& node, variable_list& grads) {
  const size_t count = node.num_outputs();
  if (C10_UNLIKELY(grads.size() != count)) {
    TORCH_CHECK(
        grads.size() > count || node.is_accumulate_grad(),
        maker(&node),
        "invalid number of gradients - expected ",
        count,
        ", but got ",
        grads.size());
    for (size_t i = count; i < grads.size(); ++i) {
      TORCH_CHECK(
          !grads[i].defined(),
          maker(&node),
          "invalid number of gradients - expected ",
          count,
          ", but got ",
          grads.size());
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const Edge& edge = node.next_edge(i);
    if (edge.is_valid() && grads[i].defined()) {
      validate_one(&node, i, edge, grads[i]);
    }
  }
}

void validate_root_gradients(ArrayRef<Edge> roots, variable_list& grads) {
  TORCH_CHECK(
      roots.size() == grads.size(),
      "invalid number of gradients - expected ",
      roots.size(),
      ", but got ",
      grads.size());
  for (size_t i = 0; i < roots.size(); ++i) {
    if (grads[i].defined()) {
      validate_one(nullptr, i, roots[i], grads[i]);
    }
  }
}

void check_no_nan(const Node& node, const variable_list& grads) {
  at::AutoGradMode no_grad(false);
  for (size_t i = 0; i < grads.size(); ++i) {
    const Tensor& grad = grads[i];
    TORCH_CHECK(
        !grad.defined() || !at::item<bool>((grad != grad).any(std::nullopt, false)),
        "Function '",
        node.name(),
        "' returned nan values in its ",
        i,
        "th output.");
  }
}

} // namespace torch::autograd

// The autograd side of a tensor: its leaf state, its place in the graph, its
// hooks. What is special to views is in VariableView.cpp.

#include "autograd/AccumulateGrad.h"
#include "autograd/AutogradMeta.h"
#include "autograd/Engine.h"
#include "autograd/GeneratedCodeSupport.h"
#include "autograd/Node.h"
#include "autograd/VariableView.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/TensorFactories.h"

namespace c10 {

AutogradMeta::~AutogradMeta() {
  if (grad_fn) {
    torch::autograd::release_node(std::move(grad_fn));
  }
}

namespace {

[[maybe_unused]] const bool hooks_filled = [] {
  autograd_meta_hooks.destroy = [](AutogradMeta* meta) { delete meta; };
  return true;
}();

} // namespace
} // namespace c10

namespace torch::autograd {

using at::DispatchKey;

// ------------------------------------------------------------------- history

void set_gradient_edge(const Tensor& t, Edge edge) {
  AutogradMeta& meta = materialize_autograd_meta(t);
  meta.grad_fn = std::move(edge.function);
  meta.output_nr = edge.input_nr;
  at::TensorImpl* impl = t.unsafe_impl();
  if (impl->view_base()) {
    impl->set_attr_version(impl->version());
  }
  if (meta.grad_fn) {
    impl->add_key(DispatchKey::Autograd);
  }
}

void set_history(Tensor& result, intrusive_ptr<Node> node) {
  if (C10_UNLIKELY(
          !result.defined() ||
          !c10::is_differentiable_type(result.scalar_type()))) {
    node->add_input_metadata_undefined();
    return;
  }
  const uint32_t nr = node->add_input_metadata(result);
  set_gradient_edge(result, Edge(std::move(node), nr));
}

void set_history(
    std::vector<Tensor>& results,
    const intrusive_ptr<Node>& node) {
  for (Tensor& result : results) {
    set_history(result, node);
  }
}

void set_view_history(Tensor& result, intrusive_ptr<Node> node) {
  set_history(result, std::move(node));
}

void set_view_history(
    std::vector<Tensor>& results,
    const intrusive_ptr<Node>& node) {
  for (Tensor& result : results) {
    set_history(result, node);
    at::TensorImpl* impl = result.unsafe_impl();
    if (impl->creation_meta() == at::CreationMeta::Default) {
      impl->set_creation_meta(at::CreationMeta::MultiOutputNode);
    }
  }
}

void throw_error_out_requires_grad(const char* name) {
  TORCH_CHECK(
      false,
      name,
      "(): functions with out=... arguments don't support automatic "
      "differentiation, but one of the arguments requires grad.");
}

Edge gradient_edge(const Tensor& t) {
  if (Node* fn = grad_fn_of(t)) {
    return Edge(fn->self(), get_autograd_meta(t)->output_nr);
  }
  return Edge(grad_accumulator(t), 0);
}

intrusive_ptr<Node> try_get_grad_accumulator(const Tensor& t) {
  const AutogradMeta* meta = get_autograd_meta(t);
  return meta ? meta->grad_accumulator.lock() : intrusive_ptr<Node>();
}

intrusive_ptr<Node> grad_accumulator(const Tensor& t) {
  // A view of a leaf that requires grad has no bit of its own: its gradient
  // goes nowhere.
  if (!t.unsafe_impl()->own_key_set().has(DispatchKey::Autograd)) {
    return {};
  }
  AutogradMeta& meta = materialize_autograd_meta(t);
  TORCH_CHECK(
      !meta.grad_fn,
      "grad_accumulator() should be only called on leaf Variables");
  if (auto existing = meta.grad_accumulator.lock()) {
    return existing;
  }
  intrusive_ptr<Node> fresh = c10::make_intrusive<AccumulateGrad>(t);
  meta.grad_accumulator = c10::weak_intrusive_ptr<Node>(fresh);
  return fresh;
}

// ---------------------------------------------------------------- leaf state

void set_requires_grad(const Tensor& t, bool requires_grad) {
  at::TensorImpl* impl = t.unsafe_impl();
  if (!t.is_leaf()) {
    TORCH_CHECK(
        requires_grad,
        "you can only change requires_grad flags of leaf variables. If you "
        "want to use a computed variable in a subgraph that doesn't require "
        "differentiation use var_no_grad = var.detach().");
    return;
  }
  if (!requires_grad) {
    impl->remove_key(DispatchKey::Autograd);
    return;
  }
  TORCH_CHECK(
      !impl->is_inference() || c10::tls_state.inference_mode,
      "Setting requires_grad=True on inference tensor outside InferenceMode is "
      "not allowed.");
  TORCH_CHECK(
      c10::is_differentiable_type(t.scalar_type()),
      "only Tensors of floating point dtype can require gradients");
  impl->add_key(DispatchKey::Autograd);
}

void detach_inplace(const Tensor& t) {
  at::TensorImpl* impl = t.unsafe_impl();
  TORCH_CHECK(
      !impl->view_base(),
      "Can't detach views in-place. Use detach() instead. If you are using "
      "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view "
      "is set as True, gradients are views of DDP buckets, and hence detach_() "
      "cannot be called on these gradients. To fix this error, please refer to "
      "the Optimizer.zero_grad() function in torch/optim/optimizer.py as the "
      "solution.");
  impl->remove_key(DispatchKey::Autograd);
  if (AutogradMeta* meta = impl->autograd_meta()) {
    release_node(std::move(meta->grad_fn));
    meta->output_nr = 0;
    meta->retains_grad = false;
  }
}

// --------------------------------------------------------------------- hooks

namespace {

// Keeps what arrives for one tensor in that tensor's .grad.
struct RetainsGradHook final : FunctionPreHook {
  RetainsGradHook(const Tensor& t, uint32_t input_nr)
      : tensor_(t.impl()), input_nr_(input_nr) {}

  variable_list operator()(variable_list&& grads) override {
    const Tensor& grad = grads[input_nr_];
    const Tensor tensor(tensor_.lock());
    if (grad.defined() && tensor.defined()) {
      Tensor& kept = materialize_autograd_meta(tensor).grad;
      kept = kept.defined() ? at::add(kept, grad) : grad.clone();
    }
    return std::move(grads);
  }

 private:
  c10::weak_intrusive_ptr<at::TensorImpl> tensor_;
  uint32_t input_nr_;
};

} // namespace

void retain_grad(const Tensor& t) {
  TORCH_CHECK(
      t.requires_grad(),
      "can't retain_grad on Tensor that has requires_grad=False");
  if (t.is_leaf()) {
    return;
  }
  AutogradMeta& meta = materialize_autograd_meta(t);
  if (meta.retains_grad) {
    return;
  }
  meta.retains_grad = true;
  grad_fn_of(t)->make_extras().retains_grad_hooks.push_back(
      {meta.output_nr, std::make_unique<RetainsGradHook>(t, meta.output_nr)});
}

bool retains_grad(const Tensor& t) {
  const AutogradMeta* meta = get_autograd_meta(t);
  return meta && meta->retains_grad && !t.is_leaf();
}

// `t` has left output `old_nr` of `old_fn`: what was retained there no longer
// is its gradient.
void move_retains_grad_hook(const Tensor& t, Node* old_fn, uint32_t old_nr) {
  AutogradMeta& meta = materialize_autograd_meta(t);
  if (!meta.retains_grad) {
    return;
  }
  if (old_fn && old_fn->extras()) {
    auto& hooks = old_fn->extras()->retains_grad_hooks;
    for (size_t i = 0; i < hooks.size(); ++i) {
      if (hooks[i].input_nr == old_nr) {
        hooks.erase(hooks.begin() + static_cast<std::ptrdiff_t>(i));
        break;
      }
    }
  }
  meta.retains_grad = false;
  retain_grad(t);
}

void add_tensor_hook(const Tensor& t, std::unique_ptr<FunctionPreHook> hook) {
  TORCH_CHECK(
      t.requires_grad(),
      "cannot register a hook on a tensor that doesn't require gradient");
  if (Node* fn = grad_fn_of(t)) {
    const uint32_t nr = get_autograd_meta(t)->output_nr;
    fn->make_extras().tensor_pre_hooks.push_back({nr, std::move(hook)});
    return;
  }
  AutogradMeta& meta = materialize_autograd_meta(t);
  if (!meta.hooks) {
    meta.hooks = std::make_unique<AutogradMeta::Hooks>();
  }
  meta.hooks->tensor.push_back(std::move(hook));
}

void set_post_accumulate_grad_hook(
    const Tensor& t,
    std::unique_ptr<PostAccumulateGradHook> hook) {
  AutogradMeta& meta = materialize_autograd_meta(t);
  if (!meta.hooks) {
    meta.hooks = std::make_unique<AutogradMeta::Hooks>();
  }
  meta.hooks->post_accumulate = std::move(hook);
}

Tensor InputMetadata::zeros() const { return at::zeros(sizes(), options()); }

} // namespace torch::autograd

// ------------------------------------------------------- methods of at::Tensor

namespace at {

using namespace torch::autograd;

Tensor& Tensor::requires_grad_(bool requires_grad) {
  set_requires_grad(*this, requires_grad);
  return *this;
}

bool Tensor::is_leaf() const {
  return !requires_grad() || !torch::autograd::grad_fn_of(*this);
}

const Tensor& Tensor::grad() const {
  static const Tensor undefined;
  const AutogradMeta* meta = get_autograd_meta(*this);
  return meta ? meta->grad : undefined;
}

Tensor& Tensor::mutable_grad() {
  return materialize_autograd_meta(*this).grad;
}

c10::intrusive_ptr<Node> Tensor::grad_fn() const {
  return c10::intrusive_ptr<Node>::retain_ptr(grad_fn_of(*this));
}

void Tensor::backward(
    const Tensor& gradient,
    std::optional<bool> retain_graph,
    bool create_graph) const {
  torch::autograd::backward(
      {*this}, {gradient}, retain_graph.value_or(create_graph), create_graph);
}

} // namespace at

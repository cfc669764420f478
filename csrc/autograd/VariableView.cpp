// Views and in-place writes: which writes are allowed, how a write enters the
// history of its tensor and of that tensor's base, and how a view finds its
// grad_fn again afterwards.
//
// Read first: docs/design/views_and_inplace.md.

#include "autograd/VariableView.h"

#include "autograd/CopySlices.h"
#include "autograd/GeneratedCodeSupport.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

using at::CreationMeta;

namespace {

const char* forbidden_reason(CreationMeta meta) {
  switch (meta) {
    case CreationMeta::NoGradMode:
      return " Given that this use case is ambiguous and error-prone, it is "
             "forbidden. You can clarify your code by moving both the view and "
             "the inplace either both inside the no_grad block (if you don't "
             "want the inplace to be tracked) or both outside (if you want the "
             "inplace to be tracked).";
    case CreationMeta::InferenceMode:
      return " Given that this use case is ambiguous and error-prone, it is "
             "forbidden. You can clarify your code by moving both the view and "
             "the inplace either both inside the inference_mode block (if you "
             "don't want the inplace to be tracked) or both outside (if you "
             "want the inplace to be tracked).";
    case CreationMeta::MultiOutputNode:
      return " This view is the output of a function that returns multiple "
             "views. Such functions do not allow the output views to be "
             "modified inplace. You should replace the inplace operation by an "
             "out-of-place one.";
    default:
      return " This view was created inside a custom Function (or because an "
             "input was returned as-is) and the autograd logic to handle "
             "view+inplace would override the custom backward associated with "
             "the custom Function, leading to incorrect gradients. This "
             "behavior is forbidden. You can fix this by cloning the output of "
             "the custom Function.";
  }
}

// indirect: the memory of `view` was written through its base or a sibling.
[[noreturn]] C10_NOINLINE void throw_view_written(
    const Tensor& view,
    bool indirect) {
  const CreationMeta creation = view.unsafe_impl()->creation_meta();
  const char* written = indirect
      ? "its base or another view of its base has been modified inplace"
      : "is being modified inplace";
  const AutogradMeta* meta = get_autograd_meta(view);
  std::string text;
  if (meta && meta->grad_fn) {
    text = c10::str(
        "Output ", meta->output_nr, " of ", forward_name(*meta->grad_fn),
        " is a view and ", written, ".");
  } else if (creation == CreationMeta::InferenceMode) {
    text = c10::str(
        "A view was created in inference mode and ", written,
        " in normal mode.");
  } else {
    text = c10::str(
        "A view was created in no_grad mode and ", written,
        " with grad mode enabled.");
  }
  TORCH_CHECK(false, text, forbidden_reason(creation));
}

// Replays a view from its base, which has a new history, as one as_strided.
void regenerate_grad_fn(const Tensor& view) {
  at::TensorImpl* impl = view.unsafe_impl();
  if (impl->creation_meta() != CreationMeta::Default) {
    throw_view_written(view, /*indirect=*/true);
  }
  AutogradMeta& meta = materialize_autograd_meta(view);
  const intrusive_ptr<Node> old_fn = meta.grad_fn;
  const uint32_t old_nr = meta.output_nr;
  {
    at::AutoGradMode recording(true);
    Tensor replay = at::as_strided(
        Tensor(impl->view_base()),
        view.sizes(),
        view.strides(),
        view.storage_offset());
    AutogradMeta* made = get_autograd_meta(replay);
    set_gradient_edge(view, Edge(std::move(made->grad_fn), made->output_nr));
  }
  move_retains_grad_hook(view, old_fn.get(), old_nr);
}

} // namespace

Node* grad_fn_of(const Tensor& t) {
  const at::TensorImpl* impl = t.unsafe_impl();
  const AutogradMeta* meta = impl->autograd_meta();
  if (C10_UNLIKELY(impl->view_base().defined())) {
    const bool base_requires_grad =
        impl->view_base()->own_key_set().has(at::DispatchKey::Autograd);
    if (base_requires_grad && impl->attr_version() != impl->version()) {
      regenerate_grad_fn(t);
      meta = impl->autograd_meta();
    }
  }
  return meta ? meta->grad_fn.get() : nullptr;
}

// Note [Writing in place]
// A leaf's value is what backward() differentiates by, so recorded code may
// not write it, nor through a view of it. A view whose history cannot be
// replayed (see CreationMeta) may not be written either.
void check_inplace(const Tensor& self) {
  const at::TensorImpl* impl = self.unsafe_impl();
  if (C10_LIKELY(!impl->view_base())) {
    const AutogradMeta* meta = impl->autograd_meta();
    TORCH_CHECK(
        !self.requires_grad() || (meta && meta->grad_fn),
        "a leaf Variable that requires grad is being used in an in-place "
        "operation.");
    return;
  }
  if (impl->creation_meta() != CreationMeta::Default) {
    throw_view_written(self, /*indirect=*/false);
  }
  const at::TensorImpl* base = impl->view_base().get();
  const bool base_is_leaf =
      !base->autograd_meta() || !base->autograd_meta()->grad_fn;
  const bool base_requires_grad =
      base->own_key_set().has(at::DispatchKey::Autograd);
  TORCH_CHECK(
      !(base_requires_grad && base_is_leaf) &&
          !(self.requires_grad() && self.is_leaf()),
      "a view of a leaf Variable that requires grad is being used in an "
      "in-place operation.");
}

void rebase_history(Tensor& self, intrusive_ptr<Node> node) {
  const uint32_t nr = node->add_input_metadata(self);
  at::TensorImpl* impl = self.unsafe_impl();
  if (C10_UNLIKELY(impl->view_base().defined())) {
    const Tensor base(impl->view_base());
    intrusive_ptr<Node> slices =
        c10::make_intrusive<CopySlices>(base, self, std::move(node));
    const AutogradMeta* base_meta = base.unsafe_impl()->autograd_meta();
    const intrusive_ptr<Node> old_fn =
        base_meta ? base_meta->grad_fn : intrusive_ptr<Node>();
    const uint32_t old_nr = base_meta ? base_meta->output_nr : 0;
    set_gradient_edge(base, Edge(std::move(slices), 0));
    move_retains_grad_hook(base, old_fn.get(), old_nr);
    // The write raised the version: this replays the view.
    grad_fn_of(self);
    return;
  }
  const AutogradMeta* meta = impl->autograd_meta();
  const bool retained = meta && meta->retains_grad;
  const intrusive_ptr<Node> old_fn =
      retained ? meta->grad_fn : intrusive_ptr<Node>();
  const uint32_t old_nr = retained ? meta->output_nr : 0;
  set_gradient_edge(self, Edge(std::move(node), nr));
  if (C10_UNLIKELY(retained)) {
    move_retains_grad_hook(self, old_fn.get(), old_nr);
  }
}

} // namespace torch::autograd

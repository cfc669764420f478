#include "autograd/SavedVariable.h"

#include "aten/LegacyTypeName.h"
#include "autograd/AutogradMeta.h"
#include "autograd/GeneratedCodeSupport.h"
#include "autograd/Node.h"

namespace torch::autograd {

C10_THREAD_LOCAL std::unique_ptr<SavedVariableHooks> (*make_saved_hooks)() =
    nullptr;

void throw_backward_twice() {
  TORCH_CHECK(
      false,
      "Trying to backward through the graph a second time (or directly access "
      "saved tensors after they have already been freed). Saved intermediate "
      "values of the graph are freed when you call .backward() or "
      "autograd.grad(). Specify retain_graph=True if you need to backward "
      "through the graph a second time or if you need to access saved tensors "
      "after calling backward.");
}

namespace {

// An alias without history: shares storage and, with it, the version.
Tensor detached_alias(const Tensor& t) {
  return Tensor(t.unsafe_impl()->shallow_copy());
}

[[noreturn]] C10_NOINLINE void throw_modified(
    const Tensor& data,
    uint32_t expected,
    const Node* fn,
    uint32_t output_nr) {
  std::string text = c10::str(
      "one of the variables needed for gradient computation has been modified "
      "by an inplace operation: [",
      legacy_type_name(data),
      " ",
      data.sizes(),
      "]");
  if (fn) {
    text += c10::str(
        ", which is output ", output_nr, " of ", forward_name(*fn), ",");
  }
  text += c10::str(
      " is at version ",
      data._version(),
      "; expected version ",
      expected,
      " instead. Hint: ");
  text += anomaly_mode.enabled
      ? "the backtrace further above shows the operation that failed to "
        "compute its gradient. The variable in question was changed in there "
        "or anywhere later. Good luck!"
      : "enable anomaly detection to find the operation that failed to compute "
        "its gradient, with torch.autograd.set_detect_anomaly(True, "
        "check_nan=False).";
  TORCH_CHECK(false, text);
}

} // namespace

SavedVariable::SavedVariable(
    const Tensor& variable,
    bool is_output,
    uint32_t output_nr) {
  if (!variable.defined()) {
    return;
  }
  TORCH_CHECK(
      !variable.unsafe_impl()->is_inference(),
      "Inference tensors cannot be saved for backward. Please do not use "
      "Tensors created in inference mode in computation tracked by autograd. "
      "To work around this, you can make a clone to get a normal tensor and "
      "use it in autograd, or use `torch.no_grad()` instead of "
      "`torch.inference_mode()`.");
  version_ = variable._version();
  const AutogradMeta* meta = get_autograd_meta(variable);
  output_nr_ = is_output && meta && meta->grad_fn ? meta->output_nr : output_nr;
  kind_ = is_output ? Kind::Output : Kind::Input;
  data_ = is_output ? detached_alias(variable) : variable;
  if (C10_UNLIKELY(make_saved_hooks != nullptr)) {
    if (auto hooks = make_saved_hooks()) {
      register_hooks(std::move(hooks));
    }
  }
}

SavedVariable::~SavedVariable() {
  if (edge_.function) {
    release_node(std::move(edge_.function));
  }
}

void SavedVariable::register_hooks(std::unique_ptr<SavedVariableHooks> hooks) {
  TORCH_CHECK(
      kind_ != Kind::Released &&
          (kind_ == Kind::Undefined || data_.defined() || hooks_),
      "Calling register_hooks on a saved tensor after it has been freed. "
      "Saved intermediate values of the graph are freed when you call "
      ".backward() or autograd.grad(). Specify retain_graph=True if you need "
      "to backward through the graph a second time or if you need to access "
      "saved variables after calling backward.");
  TORCH_CHECK(
      kind_ != Kind::Undefined,
      "Calling register_hooks on a saved tensor with value None is forbidden");
  TORCH_CHECK(
      !hooks_,
      "Calling register_hooks on a saved tensor whose hooks have already been "
      "set. Hint: only one pair of hooks is allowed at a time.");
  at::NoGradGuard no_grad;
  if (kind_ == Kind::Input) {
    edge_ = gradient_edge(data_);
  }
  const Tensor packed = detached_alias(data_);
  hooks->call_pack(packed);
  TORCH_CHECK(
      packed._version() == version_,
      "A saved tensor pack hook is modifying its input in place. Tensors "
      "provided as input to pack hook can not be modified by in-place "
      "operations as this can lead to unexpected side-effects. Please open an "
      "issue if you need to perform in-place operations on the input to a "
      "pack hook.");
  data_.reset();
  hooks_ = std::move(hooks);
}

void SavedVariable::reset_data() {
  if (kind_ != Kind::Undefined) {
    kind_ = Kind::Released;
    data_.reset();
    hooks_.reset();
    if (edge_.function) {
      release_node(std::move(edge_.function));
    }
  }
}

void SavedVariable::check_version(Node* saved_for) const {
  if (C10_LIKELY(data_.unsafe_impl()->version() == version_)) {
    return;
  }
  if (kind_ == Kind::Output) {
    throw_modified(data_, version_, saved_for, output_nr_);
  }
  const Node* fn = grad_fn_of(data_);
  const AutogradMeta* meta = get_autograd_meta(data_);
  throw_modified(data_, version_, fn, meta ? meta->output_nr : 0);
}

Tensor SavedVariable::unpack(Node* saved_for) const {
  if (kind_ == Kind::Undefined) {
    return {};
  }
  if (C10_UNLIKELY(kind_ == Kind::Released)) {
    throw_backward_twice();
  }
  if (C10_UNLIKELY(hooks_ != nullptr)) {
    return unpack_hooked(saved_for);
  }
  check_version(saved_for);
  // Nothing records what a formula does with it: no history is needed.
  if (kind_ == Kind::Input || !at::GradMode::is_enabled()) {
    return data_;
  }
  TORCH_CHECK(saved_for, "No grad_fn for non-leaf saved tensor");
  Tensor result = detached_alias(data_);
  set_gradient_edge(result, Edge(saved_for->self(), output_nr_));
  return result;
}

Tensor SavedVariable::unpack_hooked(Node* saved_for) const {
  Tensor unpacked;
  {
    at::NoGradGuard no_grad;
    unpacked = hooks_->call_unpack();
  }
  TORCH_CHECK(
      unpacked.defined(),
      "Output of saved tensor unpack_hook expected to be a Tensor");
  Tensor result = detached_alias(unpacked);
  if (kind_ == Kind::Output) {
    TORCH_CHECK(saved_for, "No grad_fn for non-leaf saved tensor");
    set_gradient_edge(result, Edge(saved_for->self(), output_nr_));
  } else if (edge_.function && edge_.function->is_accumulate_grad()) {
    set_requires_grad(result, true);
    materialize_autograd_meta(result).grad_accumulator =
        c10::weak_intrusive_ptr<Node>(edge_.function);
  } else if (edge_.function) {
    set_gradient_edge(result, edge_);
  }
  return result;
}

std::vector<SavedVariable> save_list(TensorList tensors, bool is_output) {
  std::vector<SavedVariable> saved;
  saved.reserve(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    saved.emplace_back(tensors[i], is_output, static_cast<uint32_t>(i));
  }
  return saved;
}

std::vector<Tensor> unpack_list(
    const std::vector<SavedVariable>& saved,
    Node& saved_for) {
  std::vector<Tensor> tensors;
  tensors.reserve(saved.size());
  for (const SavedVariable& s : saved) {
    tensors.push_back(s.unpack(saved_for));
  }
  return tensors;
}

} // namespace torch::autograd

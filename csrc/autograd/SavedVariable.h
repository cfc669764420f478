// SavedVariable: a tensor that a Node keeps for its backward formula, with
// the version it had then. unpack() refuses one that was written since.
//
// Read first: docs/design/autograd.md, "Saved tensors".
#pragma once

#include <memory>

#include "autograd/Edge.h"

namespace torch::autograd {

// torch.autograd.graph.saved_tensors_hooks: pack at saving, unpack at use.
struct SavedVariableHooks {
  virtual ~SavedVariableHooks() = default;
  virtual void call_pack(const Tensor& tensor) = 0;
  virtual Tensor call_unpack() = 0;
};

// Filled by csrc/api/python; null while no hooks are active.
extern C10_API C10_THREAD_LOCAL
    std::unique_ptr<SavedVariableHooks> (*make_saved_hooks)();

class C10_API SavedVariable {
 public:
  SavedVariable() = default;
  // is_output: `variable` is a result of the node that saves it. Kept
  // without its grad_fn, since that would be a reference cycle.
  SavedVariable(const Tensor& variable, bool is_output)
      : data_(variable) {
    if (variable.defined()) {
      save(is_output);
    }
  }
  SavedVariable(SavedVariable&&) noexcept = default;
  SavedVariable& operator=(SavedVariable&&) noexcept = default;
  ~SavedVariable();

  // The tensor with its history. `saved_for` is the node that holds this.
  Tensor unpack(Node& saved_for) const {
    return unpack(&saved_for);
  }
  Tensor unpack(Node* saved_for = nullptr) const;
  void reset_data();
  // _raw_saved_<name>.register_hooks(); RuntimeError when there are some.
  void register_hooks(std::unique_ptr<SavedVariableHooks> hooks);
  bool was_default_constructed() const { return kind_ == Kind::Undefined; }

 private:
  enum class Kind : uint8_t {
    Undefined, // None was saved
    Original, // data_ is the very tensor
    Output, // data_ is a detached alias of output output_nr_ of the node
    Hooked, // data_ is empty, hooks_ has it
    Released,
  };
  void save(bool is_output);
  void check_version(Node* saved_for) const;

  Tensor data_;
  std::unique_ptr<SavedVariableHooks> hooks_;
  uint32_t version_ = 0;
  uint32_t output_nr_ = 0;
  Kind kind_ = Kind::Undefined;
  bool is_output_ = false;
  bool is_leaf_ = false;
  bool requires_grad_ = false;
  intrusive_ptr<Node> grad_fn_; // of a hooked input
};

} // namespace torch::autograd

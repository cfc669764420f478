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

// Filled by csrc/api/python while a thread has default hooks; else null. May
// return null too (hooks disabled inside another hook).
extern C10_API C10_THREAD_LOCAL
    std::unique_ptr<SavedVariableHooks> (*make_saved_hooks)();

// "Trying to backward through the graph a second time ..."
[[noreturn]] C10_API void throw_backward_twice();

class C10_API SavedVariable {
 public:
  SavedVariable() = default;
  // is_output: `variable` is differentiable output `output_nr` of the node
  // that saves it; it is kept without its grad_fn, since that would be a
  // reference cycle. May be made before or after the history is set.
  SavedVariable(const Tensor& variable, bool is_output, uint32_t output_nr = 0);
  SavedVariable(SavedVariable&&) noexcept = default;
  SavedVariable& operator=(SavedVariable&&) noexcept = default;
  ~SavedVariable();

  // The tensor, with its history while grad mode is on. `saved_for` is the
  // node that holds this, needed for outputs.
  Tensor unpack(Node& saved_for) const { return unpack(&saved_for); }
  Tensor unpack(Node* saved_for = nullptr) const;
  void reset_data();
  // _raw_saved_<name>.register_hooks(pack, unpack)
  void register_hooks(std::unique_ptr<SavedVariableHooks> hooks);

 private:
  enum class Kind : uint8_t {
    Undefined, // None was saved
    Input, // data_ is the very tensor
    Output, // data_ is a detached alias of an output of the node
    Released,
  };
  void check_version(Node* saved_for) const;
  Tensor unpack_hooked(Node* saved_for) const;

  Tensor data_;
  // Once set, data_ is empty, and an input's way back is in edge_.
  std::unique_ptr<SavedVariableHooks> hooks_;
  Edge edge_;
  uint32_t version_ = 0;
  uint32_t output_nr_ = 0;
  Kind kind_ = Kind::Undefined;
};

} // namespace torch::autograd

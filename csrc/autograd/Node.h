// Node: one step of the backward graph. It takes the gradients of an
// operator's outputs and gives those of its inputs, which the Engine carries
// along next_edges. A tensor points at the Node that made it (its grad_fn).
//
// Read first: Edge.h, docs/design/autograd.md. Derived classes are generated
// from csrc/aten/ops; the hand-written ones are in BasicNodes.h, CopySlices.h
// and AccumulateGrad.h.
#pragma once

#include <string>

#include "autograd/Edge.h"
#include "autograd/FunctionHook.h"
#include "autograd/InputMetadata.h"
#include "c10/core/Scalar.h"

namespace torch::autograd {

class SavedVariable;

// Receives what a Node saved, by the name PyTorch shows as `_saved_<name>`.
struct SavedVisitor {
  virtual ~SavedVisitor() = default;
  virtual void visit(const char* name, const SavedVariable& value) = 0;
  virtual void visit(
      const char* name,
      const std::vector<SavedVariable>& value) = 0;
  virtual void visit(const char* name, bool value) = 0;
  virtual void visit(const char* name, int64_t value) = 0;
  virtual void visit(const char* name, double value) = 0;
  virtual void visit(const char* name, const Scalar& value) = 0;
  virtual void visit(const char* name, ScalarType value) = 0;
  virtual void visit(const char* name, IntArrayRef value) = 0;
  virtual void visit(const char* name, ArrayRef<double> value) = 0;
  virtual void visit(const char* name, const std::string& value) = 0;
  virtual void visit_none(const char* name) = 0;
  // Whatever has no Python form (a Generator, TensorOptions) is skipped.
};

// Numbers nodes in the order of their making, per thread. The Engine runs the
// youngest ready node first.
C10_API uint64_t next_sequence_nr();
C10_API uint64_t peek_sequence_nr();

// While a backward pass on this thread computes only the gradients asked for
// (inputs=): the node it is in, and whether it follows an edge.
extern C10_API C10_THREAD_LOCAL const Node* restricted_node;
C10_API bool needed_by_task(const Edge& edge);

constexpr uint64_t kLeafSequenceNr = ~uint64_t{0};

struct C10_API Node : c10::intrusive_ptr_target {
  Node() : Node(next_sequence_nr()) {}
  explicit Node(uint64_t sequence_nr);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() override;

  // Nodes are made on every recorded call: blocks are kept per size class.
  static void* operator new(size_t size);
  static void operator delete(void* block, size_t size);

  // The work: one gradient per output of the forward operator in, one per
  // differentiable input out. Undefined means zero on both sides.
  virtual variable_list apply(variable_list&& grads) = 0;
  // "AddBackward0"
  virtual std::string name() const = 0;
  // Drops what was saved for backward; apply() then raises.
  virtual void release_variables() {}
  virtual void visit_saved(SavedVisitor&) const {}

  uint64_t sequence_nr() const { return sequence_nr_; }
  // Only AccumulateGrad has this number, which no counter reaches.
  bool is_accumulate_grad() const { return sequence_nr_ == kLeafSequenceNr; }
  intrusive_ptr<Node> self() { return intrusive_ptr<Node>::retain_ptr(this); }

  // ---- edges to the nodes of the operator's inputs
  size_t num_outputs() const { return next_edges_.size(); }
  const Edge& next_edge(size_t i) const { return next_edges_[i]; }
  const edge_list& next_edges() const { return next_edges_; }
  void add_next_edge(Edge edge) { next_edges_.push_back(std::move(edge)); }
  void set_next_edge(size_t i, Edge edge) { next_edges_[i] = std::move(edge); }
  void set_next_edges(edge_list edges) { next_edges_ = std::move(edges); }
  // The edge of each tensor; lists add one per element.
  void add_edges_of(const Tensor& input);
  void add_edges_of(TensorList inputs);
  // Whether somebody wants the gradient of input i.
  bool should_compute_output(size_t i) const {
    return next_edges_[i].is_valid() &&
        (C10_LIKELY(restricted_node != this) || needed_by_task(next_edges_[i]));
  }
  // Whether any input in [begin, end) does.
  bool should_compute_any(size_t begin, size_t end) const {
    for (size_t i = begin; i < end; ++i) {
      if (should_compute_output(i)) {
        return true;
      }
    }
    return false;
  }

  // ---- the gradients that flow in
  size_t num_inputs() const { return input_metadata_.size(); }
  const InputMetadata& input_metadata(size_t i) const {
    return input_metadata_[i];
  }
  // Registers one more forward output; returns its number.
  uint32_t add_input_metadata(const Tensor& output) {
    input_metadata_.emplace_back(output);
    return static_cast<uint32_t>(input_metadata_.size() - 1);
  }
  uint32_t add_input_metadata_undefined() {
    input_metadata_.emplace_back();
    return static_cast<uint32_t>(input_metadata_.size() - 1);
  }
  void set_input_metadata(size_t i, const Tensor& output) {
    input_metadata_[i] = InputMetadata(output);
  }
  void clear_input_metadata() { input_metadata_.clear(); }

  // ---- what few nodes have
  struct Extras {
    tensor_hook_list tensor_pre_hooks; // of the tensors this node made
    tensor_hook_list retains_grad_hooks; // run after those, one per tensor
    std::vector<std::unique_ptr<FunctionPreHook>> pre_hooks;
    std::vector<std::unique_ptr<FunctionPostHook>> post_hooks;
    std::unique_ptr<AnomalyMetadata> anomaly;
    // The node's Python object; borrowed, cleared by that object.
    void* pyobj = nullptr;
  };
  Extras* extras() const { return extras_.get(); }
  Extras& make_extras() {
    if (!extras_) {
      extras_ = std::make_unique<Extras>();
    }
    return *extras_;
  }

 protected:
  void release_resources() override;

 private:
  uint64_t sequence_nr_;
  edge_list next_edges_;
  c10::SmallVector<InputMetadata, 1> input_metadata_;
  std::unique_ptr<Extras> extras_;
};

// The forward operator as error texts name it: AddBackward0 -> Add,
// SumBackward1 -> Sum1.
C10_API std::string forward_name(const Node& node);

// Drops a reference; a chain of any length is freed without recursion.
C10_API void release_node(intrusive_ptr<Node> node);

} // namespace torch::autograd

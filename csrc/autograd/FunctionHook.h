// What a user can attach to a Node or to a tensor. csrc/api/python derives
// from these classes; nothing here knows Python.
#pragma once

#include <memory>
#include <vector>

#include "autograd/Edge.h"

namespace torch::autograd {

// Sees and may replace the gradients that flow into a node.
struct FunctionPreHook {
  virtual ~FunctionPreHook() = default;
  virtual variable_list operator()(variable_list&& grads) = 0;
};

// Sees the gradients a node got and may replace those it made.
struct FunctionPostHook {
  virtual ~FunctionPostHook() = default;
  virtual variable_list operator()(
      variable_list&& outputs,
      const variable_list& inputs) = 0;
};

// Runs after a leaf's .grad has been updated.
struct PostAccumulateGradHook {
  virtual ~PostAccumulateGradHook() = default;
  virtual void operator()(const Tensor& variable) = 0;
};

// One hook of a tensor: which of the node's inputs it belongs to.
struct TensorPreHook {
  uint32_t input_nr;
  std::unique_ptr<FunctionPreHook> hook;
};
using tensor_hook_list = std::vector<TensorPreHook>;

// What anomaly mode remembers about a node: where the forward call was.
struct AnomalyMetadata {
  virtual ~AnomalyMetadata() = default;
  virtual void store_stack() = 0;
  virtual void print_stack(const std::string& node_name) = 0;
  virtual void assign_parent(const intrusive_ptr<Node>& parent) = 0;
};

// Filled by csrc/api/python.
struct AnomalyHooks {
  bool enabled = false;
  bool check_nan = true;
  std::unique_ptr<AnomalyMetadata> (*make)() = nullptr;
};
extern C10_API AnomalyHooks anomaly_mode;

} // namespace torch::autograd

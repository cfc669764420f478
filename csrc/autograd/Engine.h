// Engine: runs the backward graph from its roots, on the calling thread, the
// youngest ready node first.
//
// Read first: docs/design/autograd.md. Entry points: Engine::execute for edges
// (what torch.autograd calls), backward() and grad() for tensors.
#pragma once

#include <memory>

#include "autograd/Edge.h"

namespace torch::autograd {

struct EngineCallback {
  virtual ~EngineCallback() = default;
  virtual void run() = 0;
};

struct C10_API Engine {
  // grads[i] flows into roots[i].
  // outputs empty: every leaf reached accumulates into its .grad.
  // outputs given, accumulate_grad: only those nodes and what leads to them.
  // outputs given, otherwise: the gradients that arrive at them are returned,
  // undefined where none does, and nothing is accumulated.
  // keep_graph: nodes keep what they saved. create_graph: backward itself is
  // recorded. The roots must outlive the call.
  static variable_list execute(
      ArrayRef<Edge> roots,
      variable_list grads,
      bool keep_graph,
      bool create_graph,
      bool accumulate_grad,
      ArrayRef<Edge> outputs = {});

  // Runs once, when the innermost pass that this thread is in has finished.
  // RuntimeError outside one.
  static void queue_callback(std::unique_ptr<EngineCallback> callback);
  // Whether a pass is running on this thread, and the node it is in (null
  // unless anomaly mode is on).
  static bool is_running();
  static Node* evaluating_node();
  // Whether the running pass was given the inputs it is to reach.
  static bool is_restricted();
  // The number of the running pass; -1 outside one.
  static int64_t current_graph_task_id();
};

// What torch.autograd.backward and grad do once their arguments are lists:
// roots and inputs become edges, with PyTorch's errors.
C10_API variable_list run_backward(
    TensorList tensors,
    TensorList grad_tensors,
    bool keep_graph,
    bool create_graph,
    TensorList inputs,
    bool allow_unreachable,
    bool accumulate_grad);

// torch.autograd.backward: missing gradients of one-element tensors are 1.
C10_API void backward(
    TensorList tensors,
    TensorList grad_tensors,
    bool retain_graph,
    bool create_graph,
    TensorList inputs = {});

// torch.autograd.grad
C10_API variable_list grad(
    TensorList outputs,
    TensorList inputs,
    TensorList grad_outputs = {},
    bool retain_graph = false,
    bool create_graph = false,
    bool allow_unused = false);

} // namespace torch::autograd

// backward() and grad(): from tensors to edges, with the checks PyTorch makes
// on the way.

#include "autograd/AutogradMeta.h"
#include "autograd/BasicNodes.h"
#include "autograd/Engine.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

namespace {

using edge_vector = std::vector<Edge>;

edge_vector root_edges(TensorList tensors) {
  edge_vector roots;
  roots.reserve(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    Edge edge = gradient_edge(tensors[i]);
    TORCH_CHECK(
        edge.is_valid(),
        "element ",
        i,
        " of tensors does not require grad and does not have a grad_fn");
    roots.push_back(std::move(edge));
  }
  return roots;
}

// Where the gradient of each input is to be caught.
edge_vector input_edges(TensorList inputs, bool accumulate_grad) {
  edge_vector edges;
  edges.reserve(inputs.size());
  for (const Tensor& input : inputs) {
    TORCH_CHECK(
        input.requires_grad(),
        "One of the differentiated Tensors does not require grad");
    Node* fn = grad_fn_of(input);
    Edge edge;
    if (fn) {
      edge = Edge(fn->self(), get_autograd_meta(input)->output_nr);
      if (accumulate_grad) {
        retain_grad(input);
      }
    } else {
      edge = Edge(try_get_grad_accumulator(input), 0);
    }
    if (!edge.is_valid()) {
      // No graph uses this leaf: a node that nothing leads to.
      edge = Edge(c10::make_intrusive<Identity>(), 0);
    }
    edges.push_back(std::move(edge));
  }
  return edges;
}

// Given gradients, or ones for tensors of one element.
variable_list make_root_grads(TensorList tensors, TensorList grads) {
  TORCH_CHECK(
      grads.empty() || grads.size() == tensors.size(),
      "got ",
      tensors.size(),
      " tensors and ",
      grads.size(),
      " gradients");
  variable_list result(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& output = tensors[i];
    if (i < grads.size() && grads[i].defined()) {
      TORCH_CHECK(
          grads[i].sizes() == output.sizes(),
          "Mismatch in shape: grad_output[",
          i,
          "] has a shape of ",
          grads[i].sizes(),
          " and output[",
          i,
          "] has a shape of ",
          output.sizes(),
          ".");
      result[i] = grads[i];
    } else if (output.requires_grad()) {
      TORCH_CHECK(
          output.numel() == 1,
          "grad can be implicitly created only for scalar outputs");
      result[i] = at::ones_like(output);
    }
  }
  return result;
}

} // namespace

variable_list run_backward(
    TensorList tensors,
    TensorList grad_tensors,
    bool keep_graph,
    bool create_graph,
    TensorList inputs,
    bool allow_unreachable,
    bool accumulate_grad) {
  if (accumulate_grad && create_graph) {
    TORCH_WARN_ONCE(
        "Using backward() with create_graph=True will create a reference cycle "
        "between the parameter and its gradient which can cause a memory leak. "
        "We recommend using autograd.grad when creating the graph to avoid "
        "this. If you have to use this function, make sure to reset the .grad "
        "fields of your parameters to None after use to break the cycle and "
        "avoid the leak.");
  }
  const edge_vector roots = root_edges(tensors);
  const edge_vector outputs = input_edges(inputs, accumulate_grad);
  variable_list grads(tensors.size());
  for (size_t i = 0; i < grad_tensors.size(); ++i) {
    grads[i] = grad_tensors[i];
  }
  variable_list captured = Engine::execute(
      roots,
      std::move(grads),
      keep_graph,
      create_graph,
      accumulate_grad,
      outputs);
  if (!accumulate_grad && !allow_unreachable) {
    for (size_t i = 0; i < captured.size(); ++i) {
      TORCH_CHECK(
          captured[i].defined(),
          "The differentiated Tensor at index ",
          i,
          " appears to not have been used in the graph. Set allow_unused=True "
          "if this is the desired behavior.");
    }
  }
  return captured;
}

void backward(
    TensorList tensors,
    TensorList grad_tensors,
    bool retain_graph,
    bool create_graph,
    TensorList inputs) {
  const variable_list grads = make_root_grads(tensors, grad_tensors);
  run_backward(
      tensors,
      grads,
      retain_graph,
      create_graph,
      inputs,
      /*allow_unreachable=*/true,
      /*accumulate_grad=*/true);
}

variable_list grad(
    TensorList outputs,
    TensorList inputs,
    TensorList grad_outputs,
    bool retain_graph,
    bool create_graph,
    bool allow_unused) {
  const variable_list grads = make_root_grads(outputs, grad_outputs);
  return run_backward(
      outputs,
      grads,
      retain_graph || create_graph,
      create_graph,
      inputs,
      allow_unused,
      /*accumulate_grad=*/false);
}

} // namespace torch::autograd

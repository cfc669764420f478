// Edge: where a gradient goes: an input of a Node. variable_list: a short
// list of tensors, the currency of the graph.
#pragma once

#include "aten/core/Tensor.h"
#include "c10/util/SmallVector.h"
#include "c10/util/intrusive_ptr.h"

namespace torch::autograd {

using at::ArrayRef;
using at::IntArrayRef;
using at::OptionalIntArrayRef;
using at::Scalar;
using at::ScalarType;
using at::Tensor;
using at::TensorList;
using c10::intrusive_ptr;

struct Node;

// An undefined tensor in it stands for a gradient of zeros.
using variable_list = c10::SmallVector<Tensor, 4>;

struct Edge {
  Edge() = default;
  Edge(intrusive_ptr<Node> fn, uint32_t nr)
      : function(std::move(fn)), input_nr(nr) {}
  bool is_valid() const { return function.defined(); }

  intrusive_ptr<Node> function;
  uint32_t input_nr = 0;
};
using edge_list = c10::SmallVector<Edge, 2>;

} // namespace torch::autograd

// Whether gradients fit what they are gradients of, and the repairs that are
// allowed: summing over broadcast dimensions, casting the dtype.
#pragma once

#include "autograd/Node.h"

namespace torch::autograd {

// What `node` made, against the nodes its edges lead to.
void validate_gradients(const Node& node, variable_list& grads);
void validate_root_gradients(ArrayRef<Edge> roots, variable_list& grads);
// RuntimeError naming the first output that holds a NaN.
void check_no_nan(const Node& node, const variable_list& grads);

// Sums `grad` over the dimensions in which `sizes` was broadcast to it.
C10_API Tensor undo_broadcast(const Tensor& grad, IntArrayRef sizes);
C10_API bool is_expandable_to(IntArrayRef sizes, IntArrayRef desired);

} // namespace torch::autograd

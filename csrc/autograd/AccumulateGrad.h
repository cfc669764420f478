// AccumulateGrad: the sink of the graph, one per leaf that requires grad. It
// adds the gradient that arrives to the leaf's .grad.
//
// It owns its leaf; the leaf refers to it weakly. So both live as long as a
// graph needs them, and a leaf outside any graph has none.
#pragma once

#include <atomic>

#include "autograd/Node.h"

namespace torch::autograd {

struct C10_API AccumulateGrad final : Node {
  explicit AccumulateGrad(Tensor leaf);
  variable_list apply(variable_list&& grads) override;
  std::string name() const override {
    return "torch::autograd::AccumulateGrad";
  }

  Tensor variable;

 protected:
  void release_resources() override;

 private:
  void accumulate(Tensor new_grad);
  // Two threads may run graphs that end in the same leaf.
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
};

} // namespace torch::autograd

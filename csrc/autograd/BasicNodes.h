// Nodes that belong to no operator.
#pragma once

#include "autograd/Node.h"

namespace torch::autograd {

// Where there is no derivative: raises `message` when backward gets here.
struct C10_API Error : Node {
  explicit Error(std::string message) : message_(std::move(message)) {}
  variable_list apply(variable_list&& grads) override;
  std::string name() const override { return "Error"; }

 private:
  std::string message_;
};

// The derivative of an operator whose formula is not written.
struct C10_API NotImplemented : Error {
  explicit NotImplemented(const std::string& operator_name)
      : Error("derivative for " + operator_name + " is not implemented") {}
  std::string name() const override { return "NotImplemented"; }
};

// Passes its gradients on.
struct C10_API Identity : Node {
  variable_list apply(variable_list&& grads) override {
    return std::move(grads);
  }
  std::string name() const override { return "Identity"; }
};

// Turns every gradient into an undefined one.
struct C10_API UndefinedGrad : Node {
  variable_list apply(variable_list&&) override {
    return variable_list(num_outputs());
  }
  std::string name() const override { return "UndefinedGrad"; }
};

} // namespace torch::autograd

// CopySlices: the grad_fn of a base tensor one of whose views was written in
// place. It sends the gradient of the written slice through the writer's
// node and passes the rest of the gradient on.
//
// Read first: docs/design/views_and_inplace.md.
#pragma once

#include "autograd/Node.h"

namespace torch::autograd {

struct C10_API CopySlices final : Node {
  // fn: the node of the in-place operator; its first edge belongs to `view`.
  CopySlices(
      const Tensor& base,
      const Tensor& view,
      intrusive_ptr<Node> fn);
  variable_list apply(variable_list&& grads) override;
  void release_variables() override;
  std::string name() const override {
    return "torch::autograd::CopySlices";
  }

 private:
  struct Geometry {
    explicit Geometry(const Tensor& t)
        : sizes(t.sizes()), strides(t.strides()), offset(t.storage_offset()) {}
    at::DimVector sizes;
    at::DimVector strides;
    int64_t offset;
  };
  Geometry base_;
  Geometry view_;
  intrusive_ptr<Node> fn_;
};

} // namespace torch::autograd

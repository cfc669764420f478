#include "autograd/functions/Padding.h"

#include "generated/ops/Padding.h"

namespace torch::autograd {

// A border taken off again: padding by the negative numbers.
Tensor constant_pad_nd_backward(const Tensor& grad, IntArrayRef pad) {
  at::DimVector negated(pad);
  for (int64_t& p : negated) {
    p = -p;
  }
  return at::constant_pad_nd(grad, negated, 0);
}

} // namespace torch::autograd

#include "autograd/functions/Slicing.h"

#include "generated/ops/ReduceOps.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

using at::DimVector;

Tensor
repeat_backward(const Tensor& grad, IntArrayRef sizes, IntArrayRef repeats) {
  if (repeats.empty()) {
    return grad;
  }
  // (r, n, r, n, ...) as the forward laid the copies out; the r are summed.
  const size_t lead = repeats.size() - sizes.size();
  DimVector apart;
  DimVector copies;
  for (size_t i = 0; i < repeats.size(); ++i) {
    copies.push_back(static_cast<int64_t>(apart.size()));
    apart.push_back(repeats[i]);
    apart.push_back(i < lead ? 1 : sizes[i - lead]);
  }
  return grad.reshape(apart).sum(copies).reshape(sizes);
}

Tensor
roll_backward(const Tensor& grad, IntArrayRef shifts, IntArrayRef dims) {
  DimVector back(shifts);
  for (int64_t& shift : back) {
    shift = -shift;
  }
  return grad.roll(back, dims);
}

} // namespace torch::autograd

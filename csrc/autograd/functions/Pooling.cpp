#include "autograd/functions/Pooling.h"

#include "generated/ops/Indexing.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

Tensor max_pool_double_backward(
    const Tensor& grad,
    const Tensor& indices,
    int64_t dims) {
  const Tensor flat = grad.contiguous().flatten(-dims);
  return flat.gather(-1, indices.flatten(-dims)).view(indices.sizes());
}

} // namespace torch::autograd

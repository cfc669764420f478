#include "autograd/functions/Indexing.h"

#include "generated/ops/BinaryOps.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

Tensor index_backward(
    const Tensor& grad,
    IntArrayRef sizes,
    TensorList indices) {
  return at::index_put(
      at::zeros(sizes, grad.options()), indices, grad, /*accumulate=*/true);
}

Tensor
index_fill_value_backward(const Tensor& grad, int64_t dim, const Tensor& index) {
  return at::sub(grad, grad.index_fill(dim, index, 0)).sum();
}

} // namespace torch::autograd

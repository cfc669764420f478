#include "autograd/functions/Indexing.h"

#include "generated/ops/Indexing.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

Tensor index_backward(
    const Tensor& grad,
    IntArrayRef sizes,
    TensorList indices) {
  return at::index_put(
      at::zeros(sizes, grad.options()), indices, grad, /*accumulate=*/true);
}

} // namespace torch::autograd

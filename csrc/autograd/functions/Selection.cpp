#include "autograd/functions/Selection.h"

#include "aten/ExpandUtils.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Joining.h"
#include "generated/ops/Selection.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

Tensor
take_backward(const Tensor& grad, IntArrayRef sizes, const Tensor& index) {
  const Tensor zeros = at::zeros(sizes, grad.options()).reshape({-1});
  return at::index_put(
             zeros, {index.reshape({-1})}, grad.reshape({-1}), true)
      .view(sizes);
}

Tensor masked_select_backward(
    const Tensor& grad,
    IntArrayRef sizes,
    const Tensor& mask) {
  const at::DimVector shape = at::infer_size(sizes, mask.sizes());
  return at::zeros(shape, grad.options())
      .masked_scatter(mask, grad)
      .sum_to_size(sizes);
}

Tensor masked_scatter_backward(
    const Tensor& grad,
    const Tensor& mask,
    IntArrayRef source_sizes) {
  const Tensor used = at::masked_select(grad, mask);
  const Tensor zeros = at::zeros(source_sizes, grad.options()).reshape({-1});
  const int64_t rest = zeros.numel() - used.numel();
  return at::cat({used, zeros.narrow(0, 0, rest)}).view(source_sizes);
}

} // namespace torch::autograd

#include "autograd/functions/Embedding.h"

#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

// The rows of grad that the indices name; none for the padding.
Tensor embedding_dense_double_backward(
    const Tensor& grad,
    const Tensor& indices,
    int64_t padding_idx) {
  Tensor rows = grad.index_select(0, indices.reshape({-1}));
  at::DimVector shape(indices.sizes());
  shape.push_back(grad.size(-1));
  rows = rows.view(shape);
  if (padding_idx >= 0) {
    const Tensor kept = at::ne(indices, padding_idx).unsqueeze(-1);
    rows = at::mul(rows, kept.to(rows.scalar_type()));
  }
  return rows;
}

} // namespace torch::autograd

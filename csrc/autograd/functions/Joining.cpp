#include "autograd/functions/Joining.h"

#include "generated/ops/Copy.h"
#include "generated/ops/Joining.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

using at::DimVector;

std::vector<Tensor> cat_backward(
    const Tensor& grad,
    const std::vector<std::vector<int64_t>>& sizes,
    const std::vector<at::ScalarType>& dtypes,
    int64_t dim) {
  std::vector<Tensor> result(sizes.size());
  if (!grad.defined()) {
    return result;
  }
  dim = at::maybe_wrap_dim(dim, grad.dim());
  int64_t start = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    // An empty one-dimensional tensor takes no room, see native/Joining.cpp.
    const bool skipped = sizes[i].size() == 1 && sizes[i][0] == 0;
    if (skipped) {
      result[i] = at::zeros({0}, grad.options().dtype(dtypes[i]));
      continue;
    }
    const int64_t length = sizes[i][static_cast<size_t>(dim)];
    result[i] = grad.narrow(dim, start, length);
    if (grad.is_complex() && !c10::is_complex_type(dtypes[i])) {
      result[i] = at::real(result[i]);
    }
    start += length;
  }
  return result;
}

std::vector<Tensor> stack_backward(
    const Tensor& grad,
    const std::vector<at::ScalarType>& dtypes,
    int64_t dim) {
  if (!grad.defined()) {
    return std::vector<Tensor>(dtypes.size());
  }
  std::vector<Tensor> result = grad.unbind(dim);
  for (size_t i = 0; i < result.size(); ++i) {
    if (grad.is_complex() && !c10::is_complex_type(dtypes[i])) {
      result[i] = at::real(result[i]);
    }
  }
  return result;
}

Tensor split_with_sizes_backward(
    TensorList grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    IntArrayRef split_sizes,
    int64_t dim) {
  dim = at::maybe_wrap_dim(dim, static_cast<int64_t>(sizes.size()));
  std::vector<Tensor> parts = grads.vec();
  DimVector part(sizes);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].defined()) {
      part[dim] = split_sizes[i];
      parts[i] = at::zeros(part, options);
    }
  }
  return at::cat(parts, dim);
}

Tensor split_backward(
    TensorList grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    int64_t split_size,
    int64_t dim) {
  dim = at::maybe_wrap_dim(dim, static_cast<int64_t>(sizes.size()));
  DimVector parts(grads.size(), split_size);
  parts.back() =
      sizes[dim] - split_size * (static_cast<int64_t>(grads.size()) - 1);
  return split_with_sizes_backward(grads, sizes, options, parts, dim);
}

Tensor unbind_backward(
    TensorList grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    int64_t dim) {
  dim = at::maybe_wrap_dim(dim, static_cast<int64_t>(sizes.size()));
  DimVector part(sizes);
  part.erase(part.begin() + dim);
  std::vector<Tensor> parts = grads.vec();
  for (Tensor& p : parts) {
    if (!p.defined()) {
      p = at::zeros(part, options);
    }
  }
  return parts.empty() ? at::zeros(sizes, options) : at::stack(parts, dim);
}

} // namespace torch::autograd

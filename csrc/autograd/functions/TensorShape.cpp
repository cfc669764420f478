#include "autograd/functions/TensorShape.h"

#include "aten/EmptyTensor.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Joining.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

using at::DimVector;
using c10::kLong;

Tensor permute_backward(const Tensor& grad, IntArrayRef dims) {
  DimVector inverse(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t d = dims[i] < 0
        ? dims[i] + static_cast<int64_t>(dims.size())
        : dims[i];
    inverse[d] = static_cast<int64_t>(i);
  }
  return grad.permute(inverse);
}

namespace {

// Positions in the storage that (sizes, strides, offset) shows, row-major.
Tensor positions(
    IntArrayRef sizes,
    IntArrayRef strides,
    int64_t offset,
    at::Device device) {
  Tensor result = at::full({}, offset, at::TensorOptions(kLong));
  for (size_t d = 0; d < sizes.size(); ++d) {
    const Tensor steps = at::mul(
        at::arange(sizes[d], at::TensorOptions(kLong)), strides[d]);
    result = at::add(result.unsqueeze(-1), steps);
  }
  return result.reshape({-1}).to(device);
}

int64_t reach(IntArrayRef sizes, IntArrayRef strides, int64_t offset) {
  return static_cast<int64_t>(
      at::detail::computed_nbytes(sizes, strides, 1, offset));
}

} // namespace

Tensor as_strided_backward(
    const Tensor& grad,
    IntArrayRef self_sizes,
    IntArrayRef self_strides,
    int64_t self_offset,
    IntArrayRef size,
    IntArrayRef stride,
    std::optional<int64_t> storage_offset) {
  const int64_t offset = storage_offset.value_or(self_offset);
  const int64_t base = std::min(offset, self_offset);
  const int64_t length = std::max<int64_t>(
      {reach(size, stride, offset - base),
       reach(self_sizes, self_strides, self_offset - base),
       1});
  const at::Device device = grad.device();
  const Tensor shown = positions(size, stride, offset - base, device);
  const Tensor own =
      positions(self_sizes, self_strides, self_offset - base, device);
  const Tensor zeros = at::zeros({length}, grad.options());
  const Tensor storage =
      at::index_add(zeros, 0, shown, grad.reshape({-1}));
  Tensor result = storage.index_select(0, own);
  // An element that self shows several times shares its gradient among them.
  const Tensor ones = at::ones({own.numel()}, grad.options());
  const Tensor count =
      at::index_add(zeros, 0, own, ones).index_select(0, own);
  return at::div(result, count).reshape(self_sizes);
}

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
    const std::vector<Tensor>& grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    IntArrayRef split_sizes,
    int64_t dim) {
  dim = at::maybe_wrap_dim(dim, static_cast<int64_t>(sizes.size()));
  std::vector<Tensor> parts(grads);
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
    const std::vector<Tensor>& grads,
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
    const std::vector<Tensor>& grads,
    IntArrayRef sizes,
    const at::TensorOptions& options,
    int64_t dim) {
  dim = at::maybe_wrap_dim(dim, static_cast<int64_t>(sizes.size()));
  DimVector part(sizes);
  part.erase(part.begin() + dim);
  std::vector<Tensor> parts(grads);
  for (Tensor& p : parts) {
    if (!p.defined()) {
      p = at::zeros(part, options);
    }
  }
  return parts.empty() ? at::zeros(sizes, options) : at::stack(parts, dim);
}

Tensor index_backward(
    const Tensor& grad,
    IntArrayRef sizes,
    TensorList indices) {
  return at::index_put(
      at::zeros(sizes, grad.options()), indices, grad, /*accumulate=*/true);
}

} // namespace torch::autograd

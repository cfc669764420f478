#include "autograd/functions/TensorShape.h"

#include "aten/EmptyTensor.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
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

} // namespace torch::autograd

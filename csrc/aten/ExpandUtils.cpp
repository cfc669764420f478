#include "aten/ExpandUtils.h"

#include <algorithm>

namespace at {

DimVector infer_size(IntArrayRef a, IntArrayRef b) {
  const size_t ndim = std::max(a.size(), b.size());
  DimVector shape(ndim);
  for (size_t i = ndim; i-- > 0;) {
    const size_t from_end = ndim - i;
    const int64_t size_a = from_end <= a.size() ? a[a.size() - from_end] : 1;
    const int64_t size_b = from_end <= b.size() ? b[b.size() - from_end] : 1;
    TORCH_CHECK(
        size_a == size_b || size_a == 1 || size_b == 1,
        "The size of tensor a (",
        size_a,
        ") must match the size of tensor b (",
        size_b,
        ") at non-singleton dimension ",
        i);
    shape[i] = size_a == 1 ? size_b : size_a;
  }
  return shape;
}

bool is_expandable_to(IntArrayRef shape, IntArrayRef desired) {
  if (shape.size() > desired.size()) {
    return false;
  }
  const size_t offset = desired.size() - shape.size();
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1 && shape[i] != desired[offset + i]) {
      return false;
    }
  }
  return true;
}

ExpandGeometry infer_expand_geometry(
    IntArrayRef tensor_sizes,
    IntArrayRef tensor_strides,
    IntArrayRef sizes) {
  const auto ndim = static_cast<int64_t>(sizes.size());
  const auto tensor_dim = static_cast<int64_t>(tensor_sizes.size());
  ExpandGeometry result{DimVector(sizes.size()), DimVector(sizes.size())};
  for (int64_t i = ndim - 1; i >= 0; --i) {
    const int64_t dim = i - (ndim - tensor_dim);
    int64_t size = dim >= 0 ? tensor_sizes[dim] : 1;
    int64_t stride = dim >= 0
        ? tensor_strides[dim]
        : (i + 1 < ndim ? result.sizes[i + 1] * result.strides[i + 1] : 1);
    int64_t target = sizes[i];
    if (target == -1) {
      TORCH_CHECK(
          dim >= 0,
          "The expanded size of the tensor (",
          target,
          ") isn't allowed in a leading, non-existing dimension ",
          i);
      target = size;
    }
    if (size != target) {
      TORCH_CHECK(
          size == 1,
          "The expanded size of the tensor (",
          target,
          ") must match the existing size (",
          size,
          ") at non-singleton dimension ",
          i,
          ".  Target sizes: ",
          sizes,
          ".  Tensor sizes: ",
          tensor_sizes);
      size = target;
      stride = 0;
    }
    result.sizes[i] = size;
    result.strides[i] = stride;
  }
  return result;
}

} // namespace at

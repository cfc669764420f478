// The few words that generated nodes and derivative formulas use besides
// at:: functions: what they save of lists, and sizes seen through x.size(d).
#pragma once

#include <optional>
#include <vector>

#include "aten/core/Tensor.h"
#include "autograd/Edge.h"

namespace torch::autograd {

inline bool any_defined(const variable_list& grads) {
  for (const Tensor& grad : grads) {
    if (grad.defined()) {
      return true;
    }
  }
  return false;
}

// x.size(dim) of a tensor of which only the sizes were saved.
inline int64_t size_at(IntArrayRef sizes, int64_t dim) {
  const auto ndim = static_cast<int64_t>(sizes.size());
  return sizes[static_cast<size_t>(at::maybe_wrap_dim(dim, ndim))];
}

inline std::vector<std::vector<int64_t>> sizes_of(TensorList tensors) {
  std::vector<std::vector<int64_t>> result;
  result.reserve(tensors.size());
  for (const Tensor& t : tensors) {
    result.push_back(t.sizes().vec());
  }
  return result;
}

inline std::vector<ScalarType> dtypes_of(TensorList tensors) {
  std::vector<ScalarType> result;
  result.reserve(tensors.size());
  for (const Tensor& t : tensors) {
    result.push_back(t.scalar_type());
  }
  return result;
}

// An optional list argument, copied into the node.
inline std::optional<at::DimVector> to_owned(OptionalIntArrayRef list) {
  return list ? std::optional<at::DimVector>(*list) : std::nullopt;
}
inline std::optional<std::vector<double>> to_owned(
    std::optional<ArrayRef<double>> list) {
  return list ? std::optional<std::vector<double>>(list->vec())
              : std::nullopt;
}

} // namespace torch::autograd

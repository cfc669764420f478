// embedding and its dense gradient: rows gathered, rows added.
#include "aten/native/Embedding.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/LegacyTypeName.h"
#include "aten/Parallel.h"
#include "aten/core/Tensor.h"
#include "generated/native/Embedding.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Embedding.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
void check_embedding_indices(
    const Tensor& indices,
    const char* function,
    int position) {
  TORCH_CHECK(
      indices.scalar_type() == c10::ScalarType::Long ||
          indices.scalar_type() == c10::ScalarType::Int,
      "Expected tensor for argument #",
      position,
      " 'indices' to have one of the following scalar types: Long, Int; but "
      "got ",
      legacy_type_name(indices),
      " instead (while checking arguments for ",
      function,
      ")");
}

Tensor embedding(
    const Tensor& weight,
    const Tensor& indices,
    int64_t,
    bool,
    bool) {
  TORCH_CHECK(weight.dim() == 2, "'weight' must be 2-D");
  check_embedding_indices(indices, "embedding", 1);
  if (indices.dim() == 1) {
    return weight.index_select(0, indices);
  }
  DimVector shape(indices.sizes());
  shape.push_back(weight.sizes()[1]);
  return weight.index_select(0, indices.reshape({-1})).view(shape);
}

Tensor embedding_backward(
    const Tensor& grad,
    const Tensor& indices,
    int64_t num_weights,
    int64_t padding_idx,
    bool scale_grad_by_freq,
    bool sparse) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !sparse, "embedding: sparse gradients are not implemented");
  return at::embedding_dense_backward(
      grad, indices, num_weights, padding_idx, scale_grad_by_freq);
}

Tensor embedding_dense_backward_cpu(
    const Tensor& grad_output,
    const Tensor& indices,
    int64_t num_weights,
    int64_t padding_idx,
    bool scale_grad_by_freq) {
  check_embedding_indices(indices, "embedding_backward", 2);
  const Tensor index = indices.to(c10::ScalarType::Long).contiguous();
  const int64_t n = index.numel();
  const int64_t* const rows = static_cast<const int64_t*>(index.data_ptr());
  const Tensor grad = grad_output.contiguous();
  const int64_t width = grad.size(-1);
  const Tensor result(
      at::detail::empty({num_weights, width}, grad.scalar_type()));

  std::vector<int64_t> counts;
  if (scale_grad_by_freq) {
    counts.assign(static_cast<size_t>(num_weights), 0);
    for (int64_t i = 0; i < n; ++i) {
      ++counts[static_cast<size_t>(rows[i])];
    }
  }
  constexpr TypeSet kTypes = kFloatingTypes | kComplexTypes;
  dispatch<kTypes>(grad.scalar_type(), "embedding_backward", [&](auto type) {
    using T = decltype(type);
    using A = opmath_type<T>;
    const T* const g = static_cast<const T*>(grad.data_ptr());
    T* const out = static_cast<T*>(result.data_ptr());
    // Each thread owns a range of the table and looks at all indices.
    parallel_for(0, num_weights, 1000, [&](int64_t begin, int64_t end) {
      std::fill(out + begin * width, out + end * width, T(0));
      for (int64_t i = 0; i < n; ++i) {
        const int64_t row = rows[i];
        if (row < begin || row >= end || row == padding_idx) {
          continue;
        }
        const A scale = counts.empty()
            ? A(1)
            : A(1) / A(static_cast<float>(counts[static_cast<size_t>(row)]));
        for (int64_t j = 0; j < width; ++j) {
          T& sum = out[row * width + j];
          sum = T(A(sum) + A(g[i * width + j]) * scale);
        }
      }
    });
  });
  return result;
}

// Rows named by the indices are scaled down to a norm of max_norm.
Tensor& embedding_renorm_cpu_(
    Tensor& self,
    const Tensor& indices,
    double max_norm,
    double norm_type) {
  check_embedding_indices(indices, "embedding_renorm_", 2);
  const Tensor index = indices.to(c10::ScalarType::Long).contiguous();
  const int64_t* const data = static_cast<const int64_t*>(index.data_ptr());
  std::vector<int64_t> rows(data, data + index.numel());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (int64_t row : rows) {
    TORCH_CHECK_INDEX(
        row >= 0 && row < self.sizes()[0],
        "select(): index ",
        row,
        " out of range for tensor of size ",
        self.sizes(),
        " at dimension 0");
  }
  const int64_t width = self.sizes()[1];
  const int64_t step = self.strides()[1];
  dispatch_floating_types(self.scalar_type(), "embedding_renorm_", [&](auto t) {
    using T = decltype(t);
    T* const table = static_cast<T*>(self.data_ptr());
    for (int64_t row : rows) {
      T* const x = table + row * self.strides()[0];
      double sum = 0;
      for (int64_t j = 0; j < width; ++j) {
        const double v = std::fabs(static_cast<double>(x[j * step]));
        sum = std::isinf(norm_type) ? std::max(sum, v)
                                    : sum + std::pow(v, norm_type);
      }
      const double norm =
          std::isinf(norm_type) ? sum : std::pow(sum, 1 / norm_type);
      if (norm > max_norm) {
        const double scale = max_norm / (norm + 1e-7);
        for (int64_t j = 0; j < width; ++j) {
          x[j * step] =
              T(static_cast<opmath_type<T>>(
                  static_cast<double>(x[j * step]) * scale));
        }
      }
    }
  });
  return self;
}

} // namespace at::native

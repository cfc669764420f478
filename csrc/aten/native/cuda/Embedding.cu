// The dense gradient of embedding, and renormalisation of its rows, on CUDA.
// Indices are sorted first, so that one thread makes each element: no sum
// depends on the order of threads.
#include <cmath>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/Embedding.h"
#include "aten/native/cuda/Launch.cuh"
#include "aten/native/cuda/IndexSort.h"
#include "generated/native/Embedding.h"

namespace at::native {
namespace {

// i: (sorted index, column). The first of equal indices sums for all.
template <typename T>
struct EmbeddingGrad {
  const T* grad; // (indices, width)
  T* out; // (rows, width), zero
  const int64_t* rows; // sorted
  const int64_t* order;
  int64_t n, width, num_weights, padding_idx;
  bool by_frequency;

  __device__ void operator()(int64_t i) const {
    using A = opmath_type<T>;
    const int64_t k = i / width;
    const int64_t column = i - k * width;
    const int64_t row = rows[k];
    if (row == padding_idx || (k > 0 && rows[k - 1] == row)) {
      return;
    }
    CUDA_KERNEL_ASSERT(row >= 0 && row < num_weights);
    A sum = A(0);
    int64_t end = k;
    for (; end < n && rows[end] == row; ++end) {
      sum += static_cast<A>(grad[order[end] * width + column]);
    }
    if (by_frequency) {
      sum = sum / A(static_cast<float>(end - k));
    }
    out[row * width + column] = static_cast<T>(sum);
  }
};

Tensor long_indices(const Tensor& indices) {
  return indices.to(c10::ScalarType::Long).contiguous();
}
const int64_t* data_of(const Tensor& indices) {
  return static_cast<const int64_t*>(indices.data_ptr());
}

} // namespace

Tensor embedding_dense_backward_cuda(
    const Tensor& grad_output,
    const Tensor& indices,
    int64_t num_weights,
    int64_t padding_idx,
    bool scale_grad_by_freq) {
  check_embedding_indices(indices, "embedding_backward", 2);
  const Tensor index = long_indices(indices);
  const Tensor grad = grad_output.contiguous();
  const int64_t width = grad.size(-1);
  Tensor result(
      at::detail::empty(
          {num_weights, width}, grad.scalar_type(), grad.device()));
  result.zero_();
  const int64_t n = index.numel();
  if (n * width == 0) {
    return result;
  }
  const SortedKeys sorted =
      sort_keys(data_of(index), n, static_cast<uint64_t>(num_weights));
  constexpr TypeSet kTypes = kFloatingTypes | kComplexTypes;
  dispatch<kTypes>(
      grad.scalar_type(), "embedding_backward_cuda", [&](auto type) {
        using T = decltype(type);
        for_each_index(
            n * width,
            EmbeddingGrad<T>{
                static_cast<const T*>(grad.data_ptr()),
                static_cast<T*>(result.data_ptr()),
                sorted.keys,
                sorted.order,
                n,
                width,
                num_weights,
                padding_idx,
                scale_grad_by_freq});
      });
  return result;
}

namespace {

// A row per thread: rows are few beside what the table's users do with them.
template <typename T>
struct RenormRow {
  T* table;
  const int64_t* rows; // sorted
  int64_t num_weights, width, row_step, step;
  double max_norm, norm_type;

  __device__ void operator()(int64_t k) const {
    using A = opmath_type<T>;
    const int64_t row = rows[k];
    CUDA_KERNEL_ASSERT(row >= 0 && row < num_weights);
    if (k > 0 && rows[k - 1] == row) {
      return;
    }
    T* const x = table + row * row_step;
    double sum = 0;
    for (int64_t j = 0; j < width; ++j) {
      const double v =
          std::fabs(static_cast<double>(static_cast<A>(x[j * step])));
      sum = std::isinf(norm_type) ? (v > sum ? v : sum)
                                  : sum + std::pow(v, norm_type);
    }
    const double norm =
        std::isinf(norm_type) ? sum : std::pow(sum, 1 / norm_type);
    if (norm > max_norm) {
      const double scale = max_norm / (norm + 1e-7);
      for (int64_t j = 0; j < width; ++j) {
        x[j * step] = static_cast<T>(static_cast<A>(
            static_cast<double>(static_cast<A>(x[j * step])) * scale));
      }
    }
  }
};

} // namespace

Tensor& embedding_renorm_cuda_(
    Tensor& self,
    const Tensor& indices,
    double max_norm,
    double norm_type) {
  check_embedding_indices(indices, "embedding_renorm_", 2);
  const Tensor index = long_indices(indices);
  const int64_t n = index.numel();
  const SortedKeys sorted =
      sort_keys(data_of(index), n, static_cast<uint64_t>(self.sizes()[0]));
  dispatch_floating_types(
      self.scalar_type(), "embedding_renorm_cuda_", [&](auto type) {
        using T = decltype(type);
        for_each_index(
            n,
            RenormRow<T>{
                static_cast<T*>(self.data_ptr()),
                sorted.keys,
                self.sizes()[0],
                self.sizes()[1],
                self.strides()[0],
                self.strides()[1],
                max_norm,
                norm_type});
      });
  return self;
}

} // namespace at::native

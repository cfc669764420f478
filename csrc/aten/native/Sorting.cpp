// sort, topk, kthvalue: the dimension is brought to the end, rows are ordered
// by cpu/SortingKernel.cpp, and the results go back.
#include "aten/native/Sorting.h"

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/native/Sorting.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/Sorting.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(select_first_stub);

namespace {

// The first k along `dim`; (values, indices), row-major.
std::tuple<Tensor, Tensor> select_first(
    const Tensor& self,
    int64_t k,
    int64_t dim,
    bool descending,
    bool sorted) {
  const Tensor lines = self.dim() == 0
      ? self.reshape({1})
      : self.transpose(dim, -1).contiguous();
  DimVector shape(lines.sizes());
  SelectFirst s{1, shape.back(), k, descending, sorted};
  for (size_t d = 0; d + 1 < shape.size(); ++d) {
    s.rows *= shape[d];
  }
  shape.back() = k;
  const Tensor values(
      at::detail::empty(shape, self.scalar_type(), self.device()));
  const Tensor indices(
      at::detail::empty(shape, c10::ScalarType::Long, self.device()));
  if (values.numel() != 0) {
    select_first_stub(self.device_type(), values, indices, lines, s);
  }
  if (self.dim() == 0) {
    return {values.reshape({}), indices.reshape({})};
  }
  return {
      values.transpose(dim, -1).contiguous(),
      indices.transpose(dim, -1).contiguous()};
}

int64_t size_along(const Tensor& self, int64_t dim) {
  return self.dim() == 0 ? 1 : self.sizes()[static_cast<size_t>(dim)];
}

} // namespace

std::tuple<Tensor, Tensor> sort(
    const Tensor& self,
    std::optional<bool>,
    int64_t dim,
    bool descending) {
  TORCH_CHECK(!self.is_complex(), " Sort does not support complex dtypes on CPU");
  dim = maybe_wrap_dim(dim, self.dim());
  return select_first(self, size_along(self, dim), dim, descending, true);
}

std::tuple<Tensor, Tensor> sort(
    const Tensor& self,
    int64_t dim,
    bool descending) {
  return native::sort(self, std::nullopt, dim, descending);
}

Tensor argsort(const Tensor& self, int64_t dim, bool descending) {
  return std::get<1>(at::sort(self, dim, descending));
}
Tensor argsort(
    const Tensor& self,
    bool stable,
    int64_t dim,
    bool descending) {
  return std::get<1>(at::sort(self, stable, dim, descending));
}
Tensor msort(const Tensor& self) {
  return std::get<0>(at::sort(self, 0, false));
}

std::tuple<Tensor, Tensor> topk(
    const Tensor& self,
    int64_t k,
    int64_t dim,
    bool largest,
    bool sorted) {
  TORCH_CHECK(
      !self.is_complex(), " topk does not support complex dtypes on CPU");
  TORCH_CHECK(
      self.scalar_type() != c10::ScalarType::Bool,
      "topk does not support bool dtypes on CPU");
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK(
      k >= 0 && k <= size_along(self, dim), "selected index k out of range");
  return select_first(self, k, dim, largest, sorted);
}

std::tuple<Tensor, Tensor> kthvalue(
    const Tensor& self,
    int64_t k,
    int64_t dim,
    bool keepdim) {
  dim = maybe_wrap_dim(dim, self.dim());
  const int64_t n = size_along(self, dim);
  TORCH_CHECK_INDEX(
      n != 0,
      "kthvalue(): Expected reduction dim ",
      dim,
      " to have non-zero size.");
  TORCH_CHECK(
      k >= 1 && k <= n,
      "kthvalue(): selected number k out of range for dimension ",
      dim);
  if (self.dim() == 0) {
    return {self.clone(), at::zeros({}, self.options().dtype(kLong))};
  }
  if (!self.is_meta()) {
    dispatch_all_types(
        self.scalar_type(),
        self.is_cuda() ? "kthvalue_cuda" : "kthvalue_cpu",
        [](auto) {});
  }
  const auto [values, indices] = select_first(self, k, dim, false, true);
  const auto last = [&](const Tensor& t) {
    const Tensor kept = t.narrow(dim, k - 1, 1);
    return (keepdim ? kept : kept.squeeze(dim)).contiguous();
  };
  return {last(values), last(indices)};
}

} // namespace at::native

// Distinct elements: rows are grouped, sorted first or only with their
// neighbours; an element is a row of width one, a slice along a dimension one
// of that dimension's stride.
#include "aten/native/Unique.h"

#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/WrapDimUtils.h"
#include "generated/native/Unique.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(group_rows_stub);

namespace {

using Result = std::tuple<Tensor, Tensor, Tensor>;

// The slices of self along dim, which is wrapped, as rows (n, width),
// contiguous; after PyTorch's checks for dimensions of no elements.
Tensor unique_rows(const Tensor& self, int64_t& dim) {
  dim = maybe_wrap_dim(dim, self.dim());
  const auto zeros = std::count(self.sizes().begin(), self.sizes().end(), 0);
  const int64_t n = self.size(dim);
  TORCH_CHECK(
      n != 0 || zeros == 1,
      "Number of zero sized dimensions is more than one, so unique cannot be "
      "applied ");
  TORCH_CHECK(
      n == 0 || zeros == 0,
      "There are 0 sized dimensions, and they aren't selected, so unique "
      "cannot be applied");
  const int64_t width = n == 0 ? 1 : self.numel() / n;
  c10::DimVector order{dim};
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (d != dim) {
      order.push_back(d);
    }
  }
  return self.permute(order).contiguous().view({n, width});
}

Result results(
    Tensor values,
    RowGroups groups,
    IntArrayRef inverse_shape,
    bool return_inverse) {
  Tensor inverse = return_inverse
      ? groups.inverse.view(inverse_shape)
      : Tensor(at::detail::empty({0}, kLong, values.device()));
  return {std::move(values), std::move(inverse), std::move(groups.counts)};
}

Result unique_elements(
    const Tensor& self,
    bool sort,
    bool return_inverse,
    bool return_counts) {
  const Tensor flat = self.contiguous().view({-1});
  RowGroups groups = group_rows_stub(
      self.device_type(), flat.view({flat.numel(), 1}), sort, return_counts);
  Tensor values = flat.index_select(0, groups.first);
  return results(
      std::move(values), std::move(groups), self.sizes(), return_inverse);
}

Result unique_slices(
    const Tensor& self,
    int64_t dim,
    bool sort,
    bool return_inverse,
    bool return_counts) {
  const Tensor rows = unique_rows(self, dim);
  RowGroups groups =
      group_rows_stub(self.device_type(), rows, sort, return_counts);
  DimVector shape(self.sizes());
  shape.erase(shape.begin() + dim);
  shape.insert(shape.begin(), groups.first.numel());
  Tensor values =
      rows.index_select(0, groups.first).view(shape).movedim(0, dim);
  return results(
      std::move(values), std::move(groups), {rows.size(0)}, return_inverse);
}

} // namespace

// Sorted in any case, as PyTorch's are.
Result unique2(
    const Tensor& self,
    bool sorted,
    bool return_inverse,
    bool return_counts) {
  return unique_elements(self, true, return_inverse, return_counts);
}

Result unique_dim(
    const Tensor& self,
    int64_t dim,
    bool sorted,
    bool return_inverse,
    bool return_counts) {
  return unique_slices(self, dim, true, return_inverse, return_counts);
}

Result unique_consecutive(
    const Tensor& self,
    bool return_inverse,
    bool return_counts,
    std::optional<int64_t> dim) {
  if (!dim || self.dim() == 0) {
    return unique_elements(self, false, return_inverse, return_counts);
  }
  return unique_slices(self, *dim, false, return_inverse, return_counts);
}

} // namespace at::native

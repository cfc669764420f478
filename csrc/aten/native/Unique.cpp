// Distinct elements: rows are grouped, sorted first or only with their
// neighbours; an element is a row of width one, a slice along a dimension one
// of that dimension's stride.
#include "aten/native/Unique.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/WrapDimUtils.h"
#include "aten/core/Tensor.h"
#include "generated/native/Unique.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

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

namespace {

using Result = std::tuple<Tensor, Tensor, Tensor>;

struct Groups {
  std::vector<int64_t> first; // a row of each group, in output order
  std::vector<int64_t> counts;
  std::vector<int64_t> inverse; // the group of each row
};

// Negative, zero or positive; NaN is greater than any number and unequal even
// to NaN, so that each stays a value of its own.
template <typename T>
int compare_rows(const T* a, const T* b, int64_t width, bool nan_ties) {
  for (int64_t i = 0; i < width; ++i) {
    const bool a_nan = a[i] != a[i];
    const bool b_nan = b[i] != b[i];
    if (a_nan || b_nan) {
      if (a_nan && b_nan && nan_ties) {
        continue;
      }
      return a_nan ? 1 : -1;
    }
    if (a[i] < b[i] || b[i] < a[i]) {
      return a[i] < b[i] ? -1 : 1;
    }
  }
  return 0;
}

template <typename T>
Groups group_rows(const T* rows, int64_t n, int64_t width, bool sort) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  if (sort) {
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return compare_rows(rows + a * width, rows + b * width, width, true) < 0;
    });
  }
  Groups groups;
  groups.inverse.resize(order.size());
  for (const int64_t row : order) {
    const bool same = !groups.first.empty() &&
        compare_rows(
            rows + groups.first.back() * width,
            rows + row * width,
            width,
            false) == 0;
    if (!same) {
      groups.first.push_back(row);
      groups.counts.push_back(0);
    }
    ++groups.counts.back();
    groups.inverse[static_cast<size_t>(row)] =
        static_cast<int64_t>(groups.first.size()) - 1;
  }
  return groups;
}

Tensor to_tensor(const std::vector<int64_t>& values) {
  Tensor out(detail::empty({static_cast<int64_t>(values.size())}, kLong));
  std::copy(values.begin(), values.end(), out.data_ptr<int64_t>());
  return out;
}

// rows: (n, width), contiguous.
Groups group(const Tensor& rows, bool sort) {
  Groups groups;
  dispatch_all_types_and_bool(rows.scalar_type(), "unique", [&](auto type) {
    using T = decltype(type);
    const int64_t n = rows.size(0);
    groups = group_rows(rows.data_ptr<T>(), n, rows.size(1), sort);
  });
  return groups;
}

Result results(
    Tensor values,
    const Groups& groups,
    IntArrayRef inverse_shape,
    bool return_inverse,
    bool return_counts) {
  Tensor inverse = return_inverse
      ? to_tensor(groups.inverse).view(inverse_shape)
      : to_tensor({});
  Tensor counts = to_tensor(
      return_counts ? groups.counts : std::vector<int64_t>());
  return {std::move(values), std::move(inverse), std::move(counts)};
}

Result unique_elements(
    const Tensor& self,
    bool sort,
    bool return_inverse,
    bool return_counts) {
  const Tensor flat = self.contiguous().view({-1});
  const Groups groups = group(flat.view({flat.numel(), 1}), sort);
  return results(
      flat.index_select(0, to_tensor(groups.first)),
      groups,
      self.sizes(),
      return_inverse,
      return_counts);
}

Result unique_slices(
    const Tensor& self,
    int64_t dim,
    bool sort,
    bool return_inverse,
    bool return_counts) {
  const Tensor rows = unique_rows(self, dim);
  const Groups groups = group(rows, sort);
  return results(
      self.index_select(dim, to_tensor(groups.first)),
      groups,
      {rows.size(0)},
      return_inverse,
      return_counts);
}

} // namespace

// The CPU sorts in any case, as PyTorch's does.
Result unique2_cpu(
    const Tensor& self,
    bool sorted,
    bool return_inverse,
    bool return_counts) {
  return unique_elements(self, true, return_inverse, return_counts);
}

Result unique_dim_cpu(
    const Tensor& self,
    int64_t dim,
    bool sorted,
    bool return_inverse,
    bool return_counts) {
  return unique_slices(self, dim, true, return_inverse, return_counts);
}

Result unique_consecutive_cpu(
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

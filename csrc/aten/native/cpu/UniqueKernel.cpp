// Groups of equal rows on the CPU: row numbers are sorted by the rows' values,
// then each is compared with the group before it.
#include "aten/native/Unique.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"

namespace at::native {
namespace {

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

struct Groups {
  std::vector<int64_t> first, inverse, counts;
};

template <typename T>
Groups find_groups(const T* rows, int64_t n, int64_t width, bool sort) {
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
  Tensor out(at::detail::empty({static_cast<int64_t>(values.size())}, kLong));
  std::copy(values.begin(), values.end(), out.data_ptr<int64_t>());
  return out;
}

RowGroups group_rows(const Tensor& rows, bool sort, bool want_counts) {
  Groups found;
  dispatch_all_types_and_bool(rows.scalar_type(), "unique", [&](auto type) {
    using T = decltype(type);
    found = find_groups(rows.data_ptr<T>(), rows.size(0), rows.size(1), sort);
  });
  if (!want_counts) {
    found.counts.clear();
  }
  return {
      to_tensor(found.first),
      to_tensor(found.inverse),
      to_tensor(found.counts)};
}

} // namespace

REGISTER_DISPATCH(group_rows_stub, group_rows);

} // namespace at::native

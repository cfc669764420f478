// Groups of equal rows on CUDA. Rows are sorted, or left where only neighbours
// count; a row that differs from the one before it begins a group; the running
// total of beginnings numbers the groups. The host waits once, for their
// number.
#include "aten/native/Unique.h"

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/native/cuda/Scan.cuh"
#include "aten/native/functors/SortKeys.h"
#ifdef __CUDACC__ // tests bring their own
#include "aten/native/cuda/RowSort.cuh"
#endif
#include "generated/ops/Item.h"
#include "generated/ops/Sorting.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

__device__ inline int64_t row_at(const int64_t* order, int64_t i) {
  return order ? order[i] : i;
}

// begins[i]: whether row i of the order differs from the one before. A NaN
// differs from everything. order: null where rows stay where they are.
template <typename T>
__global__ void mark_groups(
    const T* rows,
    const int64_t* order,
    int64_t n,
    int64_t width,
    int64_t* begins) {
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    bool differs = i == 0;
    if (!differs) {
      const T* const a = rows + row_at(order, i - 1) * width;
      const T* const b = rows + row_at(order, i) * width;
      for (int64_t k = 0; k < width && !differs; ++k) {
        differs =
            !(static_cast<opmath_type<T>>(a[k]) ==
              static_cast<opmath_type<T>>(b[k]));
      }
    }
    begins[i] = differs;
  }
}

// groups: running totals of begins; a row's group is one less. starts: (m + 1)
// where each group begins in the order; first: a row of each group.
__global__ void write_groups(
    const int64_t* groups,
    const int64_t* order,
    int64_t n,
    int64_t* inverse,
    int64_t* starts,
    int64_t* first) {
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    const int64_t group = groups[i] - 1;
    const int64_t row = row_at(order, i);
    inverse[row] = group;
    if (i == 0 || groups[i - 1] != groups[i]) {
      starts[group] = i;
      first[group] = row;
    }
    if (i == n - 1) {
      starts[group + 1] = n;
    }
  }
}

__global__ void count_groups(
    const int64_t* starts,
    int64_t groups,
    int64_t* counts) {
  for (int64_t g = global_thread(); g < groups; g += global_threads()) {
    counts[g] = starts[g + 1] - starts[g];
  }
}

template <typename T>
__global__ void row_keys(
    const T* rows,
    int64_t n,
    int64_t width,
    uint64_t* keys,
    int64_t* order) {
  for (int64_t i = global_thread(); i < n * width; i += global_threads()) {
    keys[i] = sort_key(rows[i]);
    if (i < n) {
      order[i] = i;
    }
  }
}

Tensor longs(int64_t n, const Tensor& like) {
  return Tensor(at::detail::empty({n}, kLong, like.device()));
}

// The order of rows (n, width), n > 0.
Tensor sorted_order(const Tensor& rows) {
  const int64_t n = rows.size(0);
  const int64_t width = rows.size(1);
  if (width == 1) {
    return std::get<1>(at::sort(rows.view({n}), true, 0, false));
  }
  const Tensor order = longs(n, rows);
  const c10::DataPtr keys =
      at::cuda::scratch(static_cast<size_t>(n * width) * sizeof(uint64_t));
  auto* const data = static_cast<uint64_t*>(keys.get());
  dispatch_all_types_and_bool(rows.scalar_type(), "unique_dim", [&](auto type) {
    using T = decltype(type);
    launch(
        row_keys<T>,
        grid_for(n * width, kThreads),
        dim3(kThreads),
        pointer<T>(rows),
        n,
        width,
        data,
        pointer<int64_t>(order));
  });
  sort_rows(pointer<int64_t>(order), n, RowLess{data, width});
  return order;
}

RowGroups group_rows(const Tensor& rows, bool sort, bool want_counts) {
  const int64_t n = rows.size(0);
  if (n == 0) {
    return {longs(0, rows), longs(0, rows), longs(0, rows)};
  }
  const int64_t width = rows.size(1);
  const Tensor order_tensor = sort ? sorted_order(rows) : Tensor();
  const int64_t* const order = pointer<int64_t>(order_tensor);
  const Tensor groups = longs(n, rows);
  auto* const ids = pointer<int64_t>(groups);
  const dim3 grid = grid_for(n, kThreads);
  dispatch_all_types_and_bool(rows.scalar_type(), "unique", [&](auto type) {
    using T = decltype(type);
    launch(
        mark_groups<T>,
        grid,
        dim3(kThreads),
        pointer<T>(rows),
        order,
        n,
        width,
        ids);
  });
  scan_lines<int64_t>(ids, ids, plan_scan(1, n, 1, device_shape()), false);
  const int64_t m = item<int64_t>(groups.select(0, n - 1));
  const Tensor starts = longs(m + 1, rows);
  RowGroups result{longs(m, rows), longs(n, rows), longs(0, rows)};
  launch(
      write_groups,
      grid,
      dim3(kThreads),
      ids,
      order,
      n,
      pointer<int64_t>(result.inverse),
      pointer<int64_t>(starts),
      pointer<int64_t>(result.first));
  if (want_counts) {
    result.counts = longs(m, rows);
    launch(
        count_groups,
        grid_for(m, kThreads),
        dim3(kThreads),
        pointer<int64_t>(starts),
        m,
        pointer<int64_t>(result.counts));
  }
  return result;
}

} // namespace

REGISTER_DISPATCH(group_rows_stub, group_rows);

} // namespace at::native

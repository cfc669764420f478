// The kernel of unique.
#pragma once

#include "aten/core/Tensor.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// Rows that are equal, or only those that are equal and neighbours. int64.
struct RowGroups {
  Tensor first; // a row of each group, in the order of the output
  Tensor inverse; // the group of each row
  Tensor counts; // rows in each group
};

// rows: (n, width), contiguous. sort: by value first. Counts are empty unless
// wanted.
using group_rows_fn =
    RowGroups (*)(const Tensor& rows, bool sort, bool want_counts);
DECLARE_DISPATCH(group_rows_fn, group_rows_stub);

} // namespace at::native

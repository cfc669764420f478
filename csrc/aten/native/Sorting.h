// Stubs of sorting. Lines are contiguous: `rows` of them, n elements each.
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// values, indices (rows, k); input (rows, n). The first k of each row in
// ascending or descending order; equal elements keep their order. NaN is
// larger than everything. `sorted`: otherwise the k may stand in any order.
struct SelectFirst {
  int64_t rows, n, k;
  bool descending, sorted;
};
using select_first_fn = void (*)(
    const TensorBase&,
    const TensorBase&,
    const TensorBase&,
    const SelectFirst&);
DECLARE_DISPATCH(select_first_fn, select_first_stub);

} // namespace at::native

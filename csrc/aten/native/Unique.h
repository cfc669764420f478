// What the bodies of unique on every device share.
#pragma once

#include "aten/core/Tensor.h"

namespace at::native {

// The slices of self along dim, which is wrapped, as rows (n, width),
// contiguous; after PyTorch's checks for dimensions of no elements.
C10_API Tensor unique_rows(const Tensor& self, int64_t& dim);

} // namespace at::native

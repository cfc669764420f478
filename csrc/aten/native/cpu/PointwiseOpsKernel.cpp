// CPU kernels of where; the others: native/pointwise/PointwiseOps.h.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/PointwiseOps.h"

#include <algorithm>

namespace at::native {
namespace {

// ------------------------------------------------------------------- where

// One of two dense or constant sources, by a dense condition.
template <typename S>
void where_row(S* out, const bool* c, const S* a, const S* b, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const S x = a[i];
    const S y = b[i];
    out[i] = c[i] ? x : y;
  }
}

// Constants are spread over a block once.
constexpr int64_t kWhereBlock = 512;

template <typename S>
void where_any_row(
    char* const* data,
    const int64_t* strides,
    int64_t n,
    bool a_number,
    bool b_number) {
  constexpr auto size = static_cast<int64_t>(sizeof(S));
  const S a0 = static_cast<S>(load_one<S>(data[2], a_number));
  const S b0 = static_cast<S>(load_one<S>(data[3], b_number));
  auto usable = [](int64_t stride) { return stride == size || stride == 0; };
  if (strides[0] != size || strides[1] != 1 || !usable(strides[2]) ||
      !usable(strides[3])) {
    for (int64_t i = 0; i < n; ++i) {
      const bool c = *reinterpret_cast<bool*>(data[1] + i * strides[1]);
      const char* from =
          c ? data[2] + i * strides[2] : data[3] + i * strides[3];
      const bool constant = (c ? strides[2] : strides[3]) == 0;
      *reinterpret_cast<S*>(data[0] + i * strides[0]) =
          constant ? (c ? a0 : b0) : *reinterpret_cast<const S*>(from);
    }
    return;
  }
  S a_block[kWhereBlock];
  S b_block[kWhereBlock];
  const int64_t filled = std::min(kWhereBlock, n);
  if (strides[2] == 0) {
    std::fill_n(a_block, filled, a0);
  }
  if (strides[3] == 0) {
    std::fill_n(b_block, filled, b0);
  }
  for (int64_t at = 0; at < n; at += kWhereBlock) {
    where_row<S>(
        reinterpret_cast<S*>(data[0]) + at,
        reinterpret_cast<const bool*>(data[1]) + at,
        strides[2] ? reinterpret_cast<const S*>(data[2]) + at : a_block,
        strides[3] ? reinterpret_cast<const S*>(data[3]) + at : b_block,
        std::min(kWhereBlock, n - at));
  }
}

void where_kernel(TensorIterator& iter) {
  dispatch_every_type(iter.common_dtype(), "where_cpu", [&](auto type) {
    using S = decltype(type);
    const bool a_number = iter.is_number(2);
    const bool b_number = iter.is_number(3);
    iter.for_each(
        [&](char** data, const int64_t* strides, int64_t size0, int64_t size1) {
          for (int64_t i = 0; i < size1; ++i) {
            where_any_row<S>(data, strides, size0, a_number, b_number);
            for (int k = 0; k < 4; ++k) {
              data[k] += strides[4 + k];
            }
          }
        });
  });
  iter.cast_outputs();
}
REGISTER_DISPATCH(where_stub, where_kernel);

} // namespace
} // namespace at::native

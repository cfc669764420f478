// constant_pad_nd: a border of one value around the last dimensions, or, with
// negative numbers, less of them.
#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/native/Padding.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Padding.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

// t without `before` and `after` elements of dimension d; negative: none.
Tensor without_border(
    const Tensor& t,
    int64_t d,
    int64_t before,
    int64_t after) {
  before = std::max<int64_t>(0, before);
  after = std::max<int64_t>(0, after);
  return before == 0 && after == 0
      ? t
      : t.narrow(d, before, t.sizes()[d] - before - after);
}

} // namespace

Tensor constant_pad_nd(
    const Tensor& self,
    IntArrayRef pad,
    const Scalar& value) {
  TORCH_CHECK(
      pad.size() % 2 == 0, "Length of pad must be even but instead it equals ",
      pad.size());
  const int64_t padded = static_cast<int64_t>(pad.size() / 2);
  TORCH_CHECK(
      self.dim() >= padded,
      "Length of pad should be no more than twice the number of dimensions of "
      "the input. Pad length is ",
      pad.size(),
      "while the input has ",
      self.dim(),
      "dimensions.");
  // What a negative border takes off goes first; narrow() refuses too much.
  Tensor from = self;
  DimVector sizes(self.sizes());
  for (int64_t d = self.dim() - padded; d < self.dim(); ++d) {
    const size_t p = 2 * static_cast<size_t>(self.dim() - 1 - d);
    from = without_border(from, d, -pad[p], -pad[p + 1]);
    sizes[d] += pad[p] + pad[p + 1];
  }
  Tensor result(at::detail::empty(sizes, self.scalar_type(), self.device()));
  result.fill_(value);
  Tensor inside = result;
  for (int64_t d = self.dim() - padded; d < self.dim(); ++d) {
    const size_t p = 2 * static_cast<size_t>(self.dim() - 1 - d);
    inside = without_border(inside, d, pad[p], pad[p + 1]);
  }
  inside.copy_(from);
  return result;
}

} // namespace at::native

// constant_pad_nd: a border of one value around the last dimensions, or, with
// negative numbers, less of them.
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/native/Padding.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Padding.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

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
  const int64_t kept = self.dim() - padded;
  DimVector sizes(self.sizes());
  for (int64_t d = kept; d < self.dim(); ++d) {
    const size_t p = 2 * static_cast<size_t>(self.dim() - 1 - d);
    sizes[d] += pad[p] + pad[p + 1];
    TORCH_CHECK(
        sizes[d] >= 0,
        "The input size ",
        self.sizes()[d],
        ", plus negative padding ",
        pad[p],
        " and ",
        pad[p + 1],
        " resulted in a negative output size, which is invalid. Check "
        "dimension ",
        d,
        " of your input.");
  }
  Tensor result(
      at::detail::empty(sizes, self.scalar_type(), self.device()));
  result.fill_(value);
  // The part of self that is kept, and where it goes.
  Tensor from = self;
  Tensor to = result;
  for (int64_t d = kept; d < self.dim(); ++d) {
    const size_t p = 2 * static_cast<size_t>(self.dim() - 1 - d);
    const int64_t before = pad[p];
    const int64_t after = pad[p + 1];
    const auto inside = [d](const Tensor& t, int64_t left, int64_t right) {
      return t.narrow(d, left, std::max<int64_t>(0, t.sizes()[d] - left - right));
    };
    from = inside(
        from, std::max<int64_t>(0, -before), std::max<int64_t>(0, -after));
    to = inside(
        to, std::max<int64_t>(0, before), std::max<int64_t>(0, after));
  }
  to.copy_(from);
  return result;
}

} // namespace at::native

// Elements chosen by masks and flat positions, on top of Indexing.
#include <algorithm>
#include <vector>

#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "aten/core/Tensor.h"
#include "aten/native/DerivedForms.h"
#include "generated/native/Selection.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Item.h"
#include "generated/ops/Joining.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Selection.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

using c10::DimVector;

Tensor take(const Tensor& self, const Tensor& index) {
  TORCH_CHECK(
      index.scalar_type() == kLong,
      "take(): Expected a long tensor for index, but got ",
      index.scalar_type());
  TORCH_CHECK_INDEX(
      self.numel() != 0 || index.numel() == 0,
      "take(): tried to take from an empty tensor");
  const Tensor flat = self.reshape({-1});
  if (!index.is_meta() && index.numel() > 0) {
    const auto [least, most] = at::aminmax(index, std::nullopt, false);
    for (const int64_t i : {least.item().to_long(), most.item().to_long()}) {
      TORCH_CHECK_INDEX(
          i >= -flat.numel() && i < flat.numel(),
          "out of range: tried to access index ",
          i,
          " on a tensor of ",
          flat.numel(),
          " elements.");
    }
  }
  return at::index(flat, {index});
}

Tensor& take_out(const Tensor& self, const Tensor& index, Tensor& out) {
  TORCH_CHECK(
      self.scalar_type() == out.scalar_type(),
      "take(): self and out expected to have the same dtype, but got "
      "self.dtype = ",
      self.scalar_type(),
      " and out.dtype = ",
      out.scalar_type());
  check_out_memory(out, {self, index});
  return copy_to_out("take", out, native::take(self, index));
}

Tensor take_along_dim(
    const Tensor& self,
    const Tensor& indices,
    std::optional<int64_t> dim) {
  TORCH_CHECK(
      indices.scalar_type() == kLong,
      "torch.take_along_dim(): dtype of indices should be Long but got ",
      indices.scalar_type());
  if (!dim) {
    return self.reshape({-1}).gather(0, indices.reshape({-1}));
  }
  TORCH_CHECK(
      self.dim() == indices.dim(),
      "torch.take_along_dim(): input and indices should have the same number "
      "of dimensions, but got ",
      self.dim(),
      " dimensions for input, and ",
      indices.dim(),
      " dimensions for indices");
  const int64_t d = maybe_wrap_dim(*dim, self.dim());
  // All but the chosen dimension broadcast.
  DimVector shape(self.sizes());
  for (int64_t i = 0; i < self.dim(); ++i) {
    shape[i] = std::max(shape[i], indices.sizes()[i]);
  }
  DimVector self_shape(shape);
  DimVector index_shape(shape);
  self_shape[d] = self.sizes()[d];
  index_shape[d] = indices.sizes()[d];
  const Tensor from_start = at::where(
      at::lt(indices, 0), at::add(indices, self.sizes()[d]), indices);
  return self.expand(self_shape).gather(d, from_start.expand(index_shape));
}

Tensor masked_select(const Tensor& self, const Tensor& mask) {
  TORCH_CHECK(
      mask.scalar_type() == kBool,
      "masked_select: expected BoolTensor for mask");
  const DimVector shape = at::infer_size(mask.sizes(), self.sizes());
  return at::index(
      self.expand(shape).reshape({-1}), {mask.expand(shape).reshape({-1})});
}

Tensor& masked_select_out(
    const Tensor& self,
    const Tensor& mask,
    Tensor& out) {
  TORCH_CHECK(
      self.scalar_type() == out.scalar_type(),
      "masked_select(): self and result must have the same scalar type");
  check_out_memory(out, {self, mask});
  return copy_to_out("masked_select", out, native::masked_select(self, mask));
}

Tensor masked_scatter(
    const Tensor& self,
    const Tensor& mask,
    const Tensor& source) {
  TORCH_CHECK(
      self.scalar_type() == source.scalar_type(),
      "masked_scatter: expected self and source to have same dtypes but got",
      self.scalar_type(),
      " and ",
      source.scalar_type());
  TORCH_CHECK(
      mask.scalar_type() == kBool,
      "masked_scatter_ only supports boolean masks, but got mask with dtype ",
      mask.scalar_type());
  const DimVector shape = at::infer_size(mask.sizes(), self.sizes());
  const Tensor positions =
      at::nonzero(mask.expand(shape).reshape({-1})).select(1, 0);
  TORCH_CHECK(
      positions.numel() <= source.numel(),
      "Number of elements of source < number of ones in mask");
  const Tensor values = source.reshape({-1}).narrow(0, 0, positions.numel());
  return at::index_put(
             self.expand(shape).reshape({-1}), {positions}, values, false)
      .view(shape);
}

Tensor nonzero_cpu(const Tensor& self) {
  const Tensor truth =
      (self.scalar_type() == kBool ? self : at::ne(self, 0)).contiguous();
  const bool* data = truth.data_ptr<bool>();
  const int64_t n = truth.numel();
  const auto count = static_cast<int64_t>(std::count(data, data + n, true));
  const int64_t dim = self.dim();
  // One column after the other, as PyTorch lays the result out.
  Tensor out(at::detail::empty({dim, count}, kLong));
  auto* row = out.data_ptr<int64_t>();
  if (count == 0 || dim == 0) {
    return out.t();
  }
  // Places within a line, without a branch that half of them would miss:
  // each place is written, and kept where the next one does not overwrite it.
  const int64_t length = self.sizes()[dim - 1];
  std::vector<int64_t> places(static_cast<size_t>(length) + 1);
  for (int64_t start = 0; start < n; start += length) {
    int64_t found = 0;
    for (int64_t j = 0; j < length; ++j) {
      places[static_cast<size_t>(found)] = j;
      found += static_cast<int64_t>(data[start + j]);
    }
    if (found == 0) {
      continue;
    }
    int64_t rest = start / length;
    for (int64_t d = dim - 2; d >= 0; --d) {
      std::fill_n(row + d * count, found, rest % self.sizes()[d]);
      rest /= self.sizes()[d];
    }
    std::copy_n(places.begin(), found, row + (dim - 1) * count);
    row += found;
  }
  return out.t();
}

std::vector<Tensor> nonzero_numpy(const Tensor& self) {
  // NumPy's answer for a number is that of an array of one element.
  return at::nonzero(self.dim() == 0 ? self.unsqueeze(0) : self).unbind(1);
}

Tensor argwhere(const Tensor& self) { return at::nonzero(self); }

} // namespace at::native

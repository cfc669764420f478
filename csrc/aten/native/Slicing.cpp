// Parts of one tensor: select, slice, diagonal, windows; and repetitions.
// Each *_backward puts a gradient back into a tensor of zeros.
#include <algorithm>

#include "aten/core/Tensor.h"
#include "aten/native/View.h"
#include "generated/native/Slicing.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Item.h"
#include "generated/ops/Joining.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

using c10::DimVector;

Tensor select(const Tensor& self, int64_t dim, int64_t index) {
  TORCH_CHECK_INDEX(
      self.dim() > 0, "select() cannot be applied to a 0-dim tensor.");
  dim = maybe_wrap_dim(dim, self.dim());
  const int64_t size = self.sizes()[dim];
  TORCH_CHECK_INDEX(
      index >= -size && index < size,
      "select(): index ",
      index,
      " out of range for tensor of size ",
      self.sizes(),
      " at dimension ",
      dim);
  index += index < 0 ? size : 0;
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  const int64_t offset = self.storage_offset() + index * strides[dim];
  sizes.erase(sizes.begin() + dim);
  strides.erase(strides.begin() + dim);
  return make_view(self, sizes, strides, offset);
}

Tensor slice(
    const Tensor& self,
    int64_t dim,
    std::optional<int64_t> start,
    std::optional<int64_t> end,
    int64_t step) {
  TORCH_CHECK_INDEX(
      self.dim() > 0, "slice() cannot be applied to a 0-dim tensor.");
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK_VALUE(step > 0, "slice step must be positive");
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  const int64_t size = sizes[dim];
  auto clamp_index = [size](int64_t i, int64_t low) {
    i += i < 0 ? size : 0;
    return std::min(std::max(i, low), size);
  };
  const int64_t first = clamp_index(start.value_or(0), 0);
  const int64_t last = clamp_index(end.value_or(size), first);
  const int64_t offset = self.storage_offset() + first * strides[dim];
  sizes[dim] = (last - first + step - 1) / step;
  strides[dim] *= step;
  return make_view(self, sizes, strides, offset);
}

Tensor narrow(const Tensor& self, int64_t dim, int64_t start, int64_t length) {
  TORCH_CHECK(
      self.dim() > 0, "narrow() cannot be applied to a 0-dim tensor.");
  TORCH_CHECK(length >= 0, "narrow(): length must be non-negative.");
  const int64_t size = self.size(dim);
  TORCH_CHECK_INDEX(
      start >= -size && start <= size,
      "start out of range (expected to be in range of [",
      -size,
      ", ",
      size,
      "], but got ",
      start,
      ")");
  start += start < 0 ? size : 0;
  TORCH_CHECK(
      start <= size - length,
      "start (",
      start,
      ") + length (",
      length,
      ") exceeds dimension size (",
      size,
      ").");
  return at::slice(self, dim, start, start + length, 1);
}

Tensor narrow(
    const Tensor& self,
    int64_t dim,
    const Tensor& start,
    int64_t length) {
  TORCH_CHECK(
      start.dim() == 0 && c10::is_integral_type(start.scalar_type(), false),
      "start must be an 0-dim integral Tensor.");
  return self.narrow(dim, at::item<int64_t>(start), length);
}

Tensor narrow_copy(
    const Tensor& self,
    int64_t dim,
    int64_t start,
    int64_t length) {
  return self.narrow(dim, start, length).clone(c10::MemoryFormat::Contiguous);
}

// --------------------------------------------------------------- diagonals

Tensor diagonal(
    const Tensor& self,
    int64_t offset,
    int64_t dim1,
    int64_t dim2) {
  dim1 = maybe_wrap_dim(dim1, self.dim());
  dim2 = maybe_wrap_dim(dim2, self.dim());
  TORCH_CHECK(
      dim1 != dim2,
      "diagonal dimensions cannot be identical ",
      dim1,
      ", ",
      dim2);
  const IntArrayRef size = self.sizes();
  const int64_t rows = offset >= 0 ? size[dim1] : size[dim1] + offset;
  const int64_t columns = offset >= 0 ? size[dim2] - offset : size[dim2];
  const int64_t length = std::max<int64_t>(std::min(rows, columns), 0);
  int64_t start = self.storage_offset();
  if (length > 0) {
    start += offset >= 0 ? offset * self.strides()[dim2]
                         : -offset * self.strides()[dim1];
  }
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  const int64_t step = strides[dim1] + strides[dim2];
  for (int64_t d : {std::max(dim1, dim2), std::min(dim1, dim2)}) {
    sizes.erase(sizes.begin() + d);
    strides.erase(strides.begin() + d);
  }
  sizes.push_back(length);
  strides.push_back(step);
  return make_view(self, sizes, strides, start);
}

Tensor diag(const Tensor& self, int64_t diagonal) {
  TORCH_CHECK(
      self.dim() == 1 || self.dim() == 2,
      "diag(): Supports 1D or 2D tensors. Got ",
      self.dim(),
      "D");
  return self.dim() == 1 ? at::diag_embed(self, diagonal)
                         : self.diagonal(diagonal).clone();
}

Tensor diag_embed(
    const Tensor& self,
    int64_t offset,
    int64_t dim1,
    int64_t dim2) {
  const int64_t n = self.dim() + 1;
  dim1 = maybe_wrap_dim(dim1, n);
  dim2 = maybe_wrap_dim(dim2, n);
  TORCH_CHECK(
      dim1 != dim2,
      "diagonal dimensions cannot be identical ",
      dim1,
      ", ",
      dim2);
  const int64_t side = std::abs(offset) + self.size(-1);
  DimVector sizes(self.sizes());
  sizes.pop_back();
  for (int64_t d : {std::min(dim1, dim2), std::max(dim1, dim2)}) {
    sizes.insert(sizes.begin() + d, side);
  }
  Tensor result = at::zeros(sizes, self.options());
  result.diagonal(offset, dim1, dim2).copy_(self);
  return result;
}

// ----------------------------------------------------------------- windows

Tensor unfold(
    const Tensor& self,
    int64_t dimension,
    int64_t size,
    int64_t step) {
  dimension = maybe_wrap_dim(dimension, self.dim());
  const int64_t length = self.dim() == 0 ? 1 : self.sizes()[dimension];
  TORCH_CHECK(size >= 0, "size is ", size, " but must be >= 0");
  TORCH_CHECK(
      size <= length,
      "maximum size for tensor at dimension ",
      dimension,
      " is ",
      length,
      " but size is ",
      size);
  TORCH_CHECK(step > 0, "step is ", step, " but must be > 0");
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  const int64_t stride = self.dim() == 0 ? 1 : strides[dimension];
  if (self.dim() > 0) {
    sizes[dimension] = (length - size) / step + 1;
    strides[dimension] = step * stride;
  }
  sizes.push_back(size);
  strides.push_back(stride);
  return make_view(self, sizes, strides, self.storage_offset());
}

// ---------------------------------------------------------------- backward

Tensor select_backward(
    const Tensor& grad_output,
    IntArrayRef input_sizes,
    int64_t dim,
    int64_t index) {
  Tensor result = at::zeros(input_sizes, grad_output.options());
  result.select(dim, index).copy_(grad_output);
  return result;
}

Tensor slice_backward(
    const Tensor& grad_output,
    IntArrayRef input_sizes,
    int64_t dim,
    std::optional<int64_t> start,
    std::optional<int64_t> end,
    int64_t step) {
  Tensor result = at::zeros(input_sizes, grad_output.options());
  at::slice(result, dim, start, end, step).copy_(grad_output);
  return result;
}

Tensor diagonal_backward(
    const Tensor& grad_output,
    IntArrayRef input_sizes,
    int64_t offset,
    int64_t dim1,
    int64_t dim2) {
  Tensor result = at::zeros(input_sizes, grad_output.options());
  result.diagonal(offset, dim1, dim2).copy_(grad_output);
  return result;
}

// Windows may overlap: each element's gradient is the sum over the windows
// that show it. index_add over the flattened positions says just that.
Tensor unfold_backward(
    const Tensor& grad_in,
    IntArrayRef input_sizes,
    int64_t dim,
    int64_t size,
    int64_t step) {
  if (input_sizes.empty()) {
    return grad_in.sum().reshape({});
  }
  dim = maybe_wrap_dim(dim, static_cast<int64_t>(input_sizes.size()));
  const int64_t length = input_sizes[dim];
  const Tensor positions = at::arange(length, TensorOptions(kLong))
                               .unfold(0, size, step)
                               .reshape({-1})
                               .to(grad_in.device());
  // (.., windows, .., size) -> (.., windows * size at dim, ..)
  const Tensor flat =
      grad_in.movedim(-1, dim + 1).flatten(dim, dim + 1);
  return at::zeros(input_sizes, grad_in.options())
      .index_add(dim, positions, flat);
}

// ------------------------------------------------------------- repetitions

static DimVector repeated_sizes(const Tensor& self, IntArrayRef repeats) {
  const auto lead = static_cast<int64_t>(repeats.size()) - self.dim();
  DimVector sizes(repeats);
  for (int64_t d = 0; d < self.dim(); ++d) {
    sizes[d + lead] *= self.sizes()[d];
  }
  return sizes;
}

Tensor repeat(const Tensor& self, IntArrayRef repeats) {
  const auto lead = static_cast<int64_t>(repeats.size()) - self.dim();
  TORCH_CHECK(
      lead >= 0,
      "Number of dimensions of repeat dims can not be smaller than number of "
      "dimensions of tensor");
  // (a, b) -> (1, a, 1, b), expand the ones, merge the pairs.
  DimVector apart;
  DimVector wide;
  DimVector merged;
  for (size_t i = 0; i < repeats.size(); ++i) {
    const auto d = static_cast<int64_t>(i) - lead;
    const int64_t size = d >= 0 ? self.sizes()[d] : 1;
    TORCH_CHECK(
        repeats[i] >= 0,
        "Trying to create tensor with negative dimension ",
        repeats[i] * size,
        ": ",
        repeated_sizes(self, repeats));
    apart.push_back(1);
    apart.push_back(size);
    wide.push_back(repeats[i]);
    wide.push_back(size);
    merged.push_back(repeats[i] * size);
  }
  return self.reshape(apart)
      .expand(wide)
      .clone(c10::MemoryFormat::Contiguous)
      .view(merged);
}

Tensor tile(const Tensor& self, IntArrayRef dims) {
  DimVector repeats(dims);
  while (static_cast<int64_t>(repeats.size()) < self.dim()) {
    repeats.insert(repeats.begin(), 1);
  }
  return self.repeat(repeats);
}

// A negative stride cannot be stored in a tensor, so a flip copies by rows:
// index_select with a reversed range, one dimension after the other.
Tensor flip(const Tensor& self, IntArrayRef dims) {
  Tensor result = self;
  DimVector seen;
  for (int64_t d : dims) {
    const int64_t dim = maybe_wrap_dim(d, self.dim());
    TORCH_CHECK(
        std::find(seen.begin(), seen.end(), dim) == seen.end(),
        "dim ",
        dim,
        " appears multiple times in the list of dims");
    seen.push_back(dim);
    if (self.dim() == 0) {
      continue;
    }
    const int64_t n = self.sizes()[dim];
    const Tensor reversed = at::arange(
        n - 1, -1, -1, TensorOptions(kLong).device(self.device()));
    result = result.index_select(dim, reversed);
  }
  return result.is_same(self) ? self.clone() : result;
}

Tensor roll(const Tensor& self, IntArrayRef shifts, IntArrayRef dims) {
  TORCH_CHECK(!shifts.empty(), "`shifts` required");
  if (dims.empty() && shifts.size() == 1) {
    return self.contiguous()
        .view({-1})
        .roll(shifts, IntArrayRef(int64_t{0}))
        .view(self.sizes());
  }
  const size_t count = dims.size();
  TORCH_CHECK(
      count == shifts.size(),
      c10::str("shifts and dimensions must align. shifts: ", shifts.size()),
      ", dims:",
      count);
  Tensor result = self;
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t size = self.size(dims[i]);
    if (size == 0) {
      return self.clone();
    }
    const int64_t shift = ((shifts[i] % size) + size) % size;
    result = at::cat(
        {result.narrow(dims[i], size - shift, shift),
         result.narrow(dims[i], 0, size - shift)},
        dims[i]);
  }
  return result;
}

} // namespace at::native

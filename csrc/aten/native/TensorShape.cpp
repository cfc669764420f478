// Views and rearrangements of one tensor. Bodies compute sizes and strides;
// View.h makes the tensor. Joining and splitting: Joining.cpp.
#include <algorithm>
#include <bitset>
#include <numeric>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/View.h"
#include "generated/native/TensorShape.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Joining.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

using c10::DimVector;

// ------------------------------------------------------------ view, reshape

Tensor view(const Tensor& self, IntArrayRef size) {
  const DimVector sizes = infer_size(size, self.numel());
  if (self.is_contiguous()) {
    const DimVector strides = at::detail::contiguous_strides(sizes);
    return make_view(self, sizes, strides, self.storage_offset());
  }
  const auto strides =
      compute_view_strides(self.sizes(), self.strides(), sizes);
  TORCH_CHECK(
      strides,
      "view size is not compatible with input tensor's size and stride (at "
      "least one dimension spans across two contiguous subspaces). Use "
      ".reshape(...) instead.");
  return make_view(self, sizes, *strides, self.storage_offset());
}

Tensor view_dtype(const Tensor& self, ScalarType dtype) {
  const auto from = static_cast<int64_t>(self.itemsize());
  const auto to = static_cast<int64_t>(c10::element_size(dtype));
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  int64_t offset = self.storage_offset();
  if (from != to) {
    TORCH_CHECK(
        self.dim() > 0,
        "self.dim() cannot be 0 to view ",
        self.scalar_type(),
        " as ",
        dtype,
        " (different element sizes)");
    TORCH_CHECK(
        strides.back() == 1,
        "self.stride(-1) must be 1 to view ",
        self.scalar_type(),
        " as ",
        dtype,
        " (different element sizes), but got ",
        strides.back());
  }
  auto rescale = [&](int64_t& value, const char* what) {
    TORCH_CHECK(
        value * from % to == 0,
        what,
        " must be divisible by ",
        to / from,
        " to view ",
        self.scalar_type(),
        " as ",
        dtype,
        " (different element sizes), but got ",
        value);
    value = value * from / to;
  };
  if (from != to) {
    rescale(sizes.back(), "self.size(-1)");
    rescale(offset, "self.storage_offset()");
    for (size_t i = 0; i + 1 < strides.size(); ++i) {
      rescale(strides[i], "self.stride(i)");
    }
  }
  Tensor result = make_view(self, sizes, strides, offset);
  result.unsafe_impl()->set_dtype(dtype);
  return result;
}

Tensor _unsafe_view(const Tensor& self, IntArrayRef size) {
  Tensor result = native::view(self, size);
  result.unsafe_impl()->set_view_base({}, CreationMeta::Default);
  return result;
}

Tensor _reshape_copy(const Tensor& self, IntArrayRef size) {
  return at::_unsafe_view(
      self.clone(c10::MemoryFormat::Contiguous), size);
}

Tensor reshape(const Tensor& self, IntArrayRef shape) {
  const DimVector sizes = infer_size(shape, self.numel());
  if (self.is_contiguous() ||
      compute_view_strides(self.sizes(), self.strides(), sizes)) {
    return self.view(sizes);
  }
  return at::_reshape_copy(self, sizes);
}

Tensor view_as(const Tensor& self, const Tensor& other) {
  return self.view(other.sizes());
}

Tensor reshape_as(const Tensor& self, const Tensor& other) {
  return self.reshape(other.sizes());
}

Tensor alias(const Tensor& self) {
  return make_view(
      self, self.sizes(), self.strides(), self.storage_offset());
}

Tensor detach(const Tensor& self) { return make_detached(self); }

Tensor as_strided(
    const Tensor& self,
    IntArrayRef size,
    IntArrayRef stride,
    std::optional<int64_t> storage_offset) {
  TORCH_CHECK(
      size.size() == stride.size(), "mismatch in length of strides and shape");
  for (int64_t s : stride) {
    TORCH_CHECK(
        s >= 0,
        "as_strided: Negative strides are not supported at the moment, got "
        "strides: ",
        stride);
  }
  const int64_t offset = storage_offset.value_or(self.storage_offset());
  TORCH_CHECK(
      offset >= 0, "Tensor: invalid storage offset ", offset);
  const size_t needed = at::detail::computed_nbytes(
      size, stride, self.itemsize(), offset);
  TORCH_CHECK(
      needed <= self.storage()->nbytes(),
      "setStorage: sizes ",
      size,
      ", strides ",
      stride,
      ", storage offset ",
      offset,
      ", and itemsize ",
      self.itemsize(),
      " requiring a storage size of ",
      needed,
      " are out of bounds for storage of size ",
      self.storage()->nbytes());
  return make_view(self, size, stride, offset);
}

// -------------------------------------------------------- order of dimensions

Tensor transpose(const Tensor& self, int64_t dim0, int64_t dim1) {
  dim0 = maybe_wrap_dim(dim0, self.dim());
  dim1 = maybe_wrap_dim(dim1, self.dim());
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  if (dim0 != dim1) {
    std::swap(sizes[dim0], sizes[dim1]);
    std::swap(strides[dim0], strides[dim1]);
  }
  return make_view(self, sizes, strides, self.storage_offset());
}

// An in-place change of geometry: self becomes what `view` shows.
static Tensor& assign_geometry(Tensor& self, const Tensor& view) {
  self.unsafe_impl()->set_sizes_and_strides(view.sizes(), view.strides());
  return self;
}

Tensor& transpose_(Tensor& self, int64_t dim0, int64_t dim1) {
  return assign_geometry(self, native::transpose(self, dim0, dim1));
}

Tensor& swapaxes_(Tensor& self, int64_t axis0, int64_t axis1) {
  return self.transpose_(axis0, axis1);
}

Tensor& as_strided_(
    Tensor& self,
    IntArrayRef size,
    IntArrayRef stride,
    std::optional<int64_t> storage_offset) {
  const Tensor view = native::as_strided(self, size, stride, storage_offset);
  self.unsafe_impl()->set_storage_offset(view.storage_offset());
  return assign_geometry(self, view);
}

static void check_t(const Tensor& self, const char* name) {
  TORCH_CHECK(
      self.dim() <= 2,
      name,
      " expects a tensor with <= 2 dimensions, but self is ",
      self.dim(),
      "D");
}

Tensor t(const Tensor& self) {
  check_t(self, "t()");
  return native::transpose(self, 0, self.dim() < 2 ? 0 : 1);
}

Tensor& t_(Tensor& self) {
  check_t(self, "t_()");
  return native::transpose_(self, 0, self.dim() < 2 ? 0 : 1);
}

Tensor numpy_T(const Tensor& self) {
  const int64_t n = self.dim();
  if (n != 2 && n != 0) {
    TORCH_WARN_ONCE(
        "The use of `x.T` on tensors of dimension other than 2 to reverse "
        "their shape is deprecated and it will throw an error in a future "
        "release. Consider `x.mT` to transpose batches of matrices or "
        "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the "
        "dimensions of a tensor.");
  }
  DimVector dims(static_cast<size_t>(n));
  std::iota(dims.begin(), dims.end(), 0);
  std::reverse(dims.begin(), dims.end());
  return self.permute(dims);
}

Tensor mT(const Tensor& self) {
  TORCH_CHECK(
      self.dim() >= 2,
      "tensor.mT is only supported on matrices or batches of matrices. Got ",
      self.dim(),
      "-D tensor.");
  return self.transpose(-2, -1);
}

Tensor mH(const Tensor& self) {
  TORCH_CHECK(
      self.dim() >= 2,
      "tensor.mH is only supported on matrices or batches of matrices. Got ",
      self.dim(),
      "-D tensor.");
  return self.transpose(-2, -1).conj();
}

Tensor matrix_H(const Tensor& self) {
  TORCH_CHECK(
      self.dim() == 2 || self.dim() == 0,
      "tensor.H is only supported on matrices (2-D tensors). Got ",
      self.dim(),
      "-D tensor.",
      self.dim() == 1 ? "" : " For batches of matrices, consider using "
                             "tensor.mH");
  return self.dim() == 0 ? self.conj() : self.transpose(0, 1).conj();
}

Tensor adjoint(const Tensor& self) {
  TORCH_CHECK(
      self.dim() >= 2,
      "tensor.adjoint() is only supported on matrices or batches of matrices. "
      "Got ",
      self.dim(),
      "-D tensor.");
  return self.transpose(-2, -1).conj();
}

Tensor permute(const Tensor& self, IntArrayRef dims) {
  const int64_t n = self.dim();
  TORCH_CHECK(
      static_cast<int64_t>(dims.size()) == n,
      "permute(sparse_coo): number of dimensions in the tensor input does not "
      "match the length of the desired ordering of dimensions i.e. "
      "input.dim() = ",
      n,
      " is not equal to len(dims) = ",
      dims.size());
  DimVector sizes(dims.size());
  DimVector strides(dims.size());
  std::bitset<64> seen;
  for (size_t i = 0; i < dims.size(); ++i) {
    const auto d = static_cast<size_t>(maybe_wrap_dim(dims[i], n));
    TORCH_CHECK(!seen[d], "permute(): duplicate dims are not allowed.");
    seen[d] = true;
    sizes[i] = self.sizes()[d];
    strides[i] = self.strides()[d];
  }
  return make_view(self, sizes, strides, self.storage_offset());
}

Tensor movedim(
    const Tensor& self,
    IntArrayRef source,
    IntArrayRef destination) {
  TORCH_CHECK(
      source.size() == destination.size(),
      "movedim: Invalid source or destination dims: source (",
      source,
      " dims) should contain the same number of dims as destination (",
      destination,
      " dims)");
  const int64_t n = self.dim();
  DimVector order(static_cast<size_t>(n), -1);
  std::bitset<64> moved;
  for (size_t i = 0; i < source.size(); ++i) {
    const auto from = static_cast<size_t>(maybe_wrap_dim(source[i], n));
    const auto to = static_cast<size_t>(maybe_wrap_dim(destination[i], n));
    TORCH_CHECK(
        !moved[from], "movedim: repeated dim in `source` (", source, ")");
    TORCH_CHECK(
        n == 0 || order[to] < 0,
        "movedim: repeated dim in `destination` (",
        destination,
        ")");
    moved[from] = true;
    if (n > 0) {
      order[to] = static_cast<int64_t>(from);
    }
  }
  size_t next = 0;
  for (int64_t& d : order) {
    if (d < 0) {
      while (moved[next]) {
        ++next;
      }
      d = static_cast<int64_t>(next++);
    }
  }
  return self.permute(order);
}

Tensor movedim(const Tensor& self, int64_t source, int64_t destination) {
  return native::movedim(self, IntArrayRef(source), IntArrayRef(destination));
}

// ------------------------------------------------------------------ expand

Tensor expand(const Tensor& self, IntArrayRef size, bool implicit) {
  const auto n = static_cast<int64_t>(size.size());
  TORCH_CHECK(
      n >= self.dim(),
      "expand(",
      "torch.",
      c10::to_string(self.scalar_type()),
      "Tensor{",
      self.sizes(),
      "}, size=",
      size,
      "): the number of sizes provided (",
      n,
      ") must be greater or equal to the number of dimensions in the tensor (",
      self.dim(),
      ")");
  DimVector sizes(size);
  DimVector strides(static_cast<size_t>(n));
  int64_t inner = 1; // stride that a new dimension of one element would have
  for (int64_t i = n - 1; i >= 0; --i) {
    const int64_t from = i - (n - self.dim());
    const int64_t old = from >= 0 ? self.sizes()[from] : 1;
    int64_t stride = from >= 0 ? self.strides()[from] : inner;
    if (sizes[i] == -1) {
      TORCH_CHECK(
          from >= 0,
          "The expanded size of the tensor (-1) isn't allowed in a leading, "
          "non-existing dimension ",
          i);
      sizes[i] = old;
    }
    if (old != sizes[i]) {
      TORCH_CHECK(
          old == 1,
          "The expanded size of the tensor (",
          sizes[i],
          ") must match the existing size (",
          old,
          ") at non-singleton dimension ",
          i,
          ".  Target sizes: ",
          size,
          ".  Tensor sizes: ",
          self.sizes());
      stride = 0;
    }
    strides[i] = stride;
    inner = sizes[i] * stride;
  }
  return make_view(self, sizes, strides, self.storage_offset());
}

Tensor expand_as(const Tensor& self, const Tensor& other) {
  return self.expand(other.sizes());
}

Tensor broadcast_to(const Tensor& self, IntArrayRef size) {
  return self.expand(size);
}

Tensor sum_to_size(const Tensor& self, IntArrayRef size) {
  const auto lead = self.dim() - static_cast<int64_t>(size.size());
  bool fits = lead >= 0;
  DimVector dims;
  for (int64_t d = 0; fits && d < self.dim(); ++d) {
    if (d < lead || (size[d - lead] == 1 && self.sizes()[d] != 1)) {
      dims.push_back(d);
    } else {
      fits = size[d - lead] == self.sizes()[d];
    }
  }
  TORCH_CHECK(
      fits,
      "size {",
      size,
      "} is not expandable to size {",
      self.sizes(),
      "}.");
  if (dims.empty()) {
    return self;
  }
  return self.sum(IntArrayRef(dims), /*keepdim=*/true).view(size);
}

// ------------------------------------------------- dimensions of one element

Tensor squeeze(const Tensor& self, IntArrayRef dims) {
  std::bitset<64> chosen;
  for (int64_t d : dims) {
    const auto wrapped = static_cast<size_t>(maybe_wrap_dim(d, self.dim()));
    TORCH_CHECK(
        !chosen[wrapped],
        "dim ",
        wrapped,
        " appears multiple times in the list of dims");
    chosen[wrapped] = true;
  }
  DimVector sizes;
  DimVector strides;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    if (!chosen[d] || self.sizes()[d] != 1) {
      sizes.push_back(self.sizes()[d]);
      strides.push_back(self.strides()[d]);
    }
  }
  return make_view(self, sizes, strides, self.storage_offset());
}

Tensor squeeze(const Tensor& self) {
  DimVector all(static_cast<size_t>(self.dim()));
  std::iota(all.begin(), all.end(), 0);
  return native::squeeze(self, IntArrayRef(all));
}

Tensor squeeze(const Tensor& self, int64_t dim) {
  return native::squeeze(self, IntArrayRef(dim));
}

Tensor& squeeze_(Tensor& self) {
  return assign_geometry(self, native::squeeze(self));
}
Tensor& squeeze_(Tensor& self, int64_t dim) {
  return assign_geometry(self, native::squeeze(self, dim));
}
Tensor& squeeze_(Tensor& self, IntArrayRef dim) {
  return assign_geometry(self, native::squeeze(self, dim));
}

Tensor unsqueeze(const Tensor& self, int64_t dim) {
  dim = maybe_wrap_dim(dim, self.dim() + 1);
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  const int64_t stride =
      dim < self.dim() ? sizes[dim] * strides[dim] : int64_t{1};
  sizes.insert(sizes.begin() + dim, 1);
  strides.insert(strides.begin() + dim, stride);
  return make_view(self, sizes, strides, self.storage_offset());
}

Tensor& unsqueeze_(Tensor& self, int64_t dim) {
  return assign_geometry(self, native::unsqueeze(self, dim));
}

Tensor flatten(const Tensor& self, int64_t start_dim, int64_t end_dim) {
  start_dim = maybe_wrap_dim(start_dim, self.dim());
  end_dim = maybe_wrap_dim(end_dim, self.dim());
  TORCH_CHECK(
      start_dim <= end_dim,
      "flatten() has invalid args: start_dim cannot come after end_dim");
  if (self.dim() == 0) {
    return self.reshape({1});
  }
  if (start_dim == end_dim) {
    return self;
  }
  DimVector shape(self.sizes().slice(0, static_cast<size_t>(start_dim)));
  int64_t merged = 1;
  for (int64_t d = start_dim; d <= end_dim; ++d) {
    merged *= self.sizes()[d];
  }
  shape.push_back(merged);
  for (int64_t d = end_dim + 1; d < self.dim(); ++d) {
    shape.push_back(self.sizes()[d]);
  }
  return self.reshape(shape);
}

Tensor unflatten(const Tensor& self, int64_t dim, IntArrayRef sizes) {
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK(!sizes.empty(), "unflatten: sizes must be non-empty");
  const int64_t merged = self.sizes()[dim];
  int64_t known = 1;
  bool open = false;
  for (int64_t size : sizes) {
    open |= size == -1;
    known *= size == -1 ? 1 : size;
  }
  TORCH_CHECK(
      open ? known > 0 && merged % known == 0 : known == merged,
      "unflatten: Provided sizes ",
      sizes,
      " don't multiply up to the size of dim ",
      dim,
      " (",
      merged,
      ") in the input tensor");
  DimVector shape(self.sizes().slice(0, static_cast<size_t>(dim)));
  const DimVector inferred = infer_size(sizes, merged);
  shape.append(inferred.begin(), inferred.end());
  for (int64_t d = dim + 1; d < self.dim(); ++d) {
    shape.push_back(self.sizes()[d]);
  }
  return self.view(shape);
}

Tensor ravel(const Tensor& self) { return self.contiguous().view({-1}); }

Tensor atleast_1d(const Tensor& self) {
  return self.dim() >= 1 ? self : self.reshape({1});
}
Tensor atleast_2d(const Tensor& self) {
  return self.dim() >= 2 ? self
      : self.dim() == 1  ? self.unsqueeze(0)
                         : self.reshape({1, 1});
}
Tensor atleast_3d(const Tensor& self) {
  switch (self.dim()) {
    case 0:
      return self.reshape({1, 1, 1});
    case 1:
      return self.unsqueeze(0).unsqueeze(-1);
    case 2:
      return self.unsqueeze(-1);
    default:
      return self;
  }
}

} // namespace at::native

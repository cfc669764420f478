// Checks and shapes of indexing by tensors; see Note [Indexed blocks].
#include "aten/native/Indexing.h"

#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "aten/native/DerivedForms.h"
#include "generated/native/Indexing.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Joining.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Selection.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(indexed_blocks_stub);
DEFINE_DISPATCH(add_offsets_stub);

using c10::DimVector;

namespace {

std::string out_of_bounds(int64_t index, int64_t dim, int64_t size) {
  return c10::str(
      "index ",
      index,
      " is out of bounds for dimension ",
      dim,
      " with size ",
      size);
}

// ------------------------------------------------------------------ blocks

Tensor zero_offsets(int64_t n, c10::Device device) {
  Tensor offsets(at::detail::empty({n}, kLong, device));
  if (device.is_cpu()) {
    std::fill_n(offsets.data_ptr<int64_t>(), n, 0); // no operator's overhead
    return offsets;
  }
  return offsets.zero_();
}

// The blocks of `self` at `offsets`, found in dimensions [first, last).
IndexedBlocks make_blocks(
    const Tensor& self,
    int64_t first,
    int64_t last,
    Tensor offsets) {
  IndexedBlocks blocks;
  blocks.data = static_cast<char*>(self.data_ptr());
  blocks.dtype = self.scalar_type();
  blocks.offsets = std::move(offsets);
  int64_t expected = 1;
  for (int64_t d = self.dim() - 1; d >= last; --d) {
    expected *= self.sizes()[d];
  }
  for (int64_t d = 0; d < self.dim(); ++d) {
    const int64_t size = self.sizes()[d];
    if (d < first) {
      blocks.before_sizes.push_back(size);
      blocks.before_strides.push_back(self.strides()[d]);
      blocks.before_count *= size;
    } else if (d >= last) {
      blocks.after_sizes.push_back(size);
      blocks.after_strides.push_back(self.strides()[d]);
      blocks.after_count *= size;
    } else {
      blocks.most_offset += (size - 1) * self.strides()[d];
    }
  }
  blocks.after_contiguous = true;
  int64_t step = 1;
  for (size_t i = blocks.after_sizes.size(); i-- > 0;) {
    blocks.after_contiguous &=
        blocks.after_sizes[i] == 1 || blocks.after_strides[i] == step;
    step *= blocks.after_sizes[i];
  }
  return blocks;
}

void run_blocks(
    const Tensor& self,
    const IndexedBlocks& blocks,
    const Tensor& dense,
    BlockMove move) {
  if (dense.numel() > 0) {
    indexed_blocks_stub(self.device_type(), dense, blocks, move);
  }
}

// --------------------------------------------------- one index, one dimension

// index as offsets into dimension dim of self. Only the CPU reads it here and
// reports what is out of range; elsewhere its kernel does.
template <typename OnError>
Tensor offsets_along(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    OnError out_of_range) {
  const Tensor positions = index.to(kLong).contiguous();
  const int64_t n = positions.numel();
  const int64_t size = self.dim() == 0 ? 1 : self.sizes()[dim];
  const int64_t stride = self.dim() == 0 ? 1 : self.strides()[dim];
  if (!self.is_cpu()) {
    const Tensor offsets = zero_offsets(n, self.device());
    add_offsets_stub(
        self.device_type(), offsets, positions, size, stride, false);
    return offsets;
  }
  const auto* p = positions.data_ptr<int64_t>();
  const Tensor offsets(at::detail::empty({n}, kLong));
  auto* const offset = offsets.data_ptr<int64_t>();
  for (int64_t i = 0; i < n; ++i) {
    if (C10_UNLIKELY(p[i] < 0 || p[i] >= size)) {
      out_of_range(p[i], size);
    }
    offset[i] = p[i] * stride;
  }
  return offsets;
}

void index_out_of_range(int64_t, int64_t) {
  TORCH_CHECK_INDEX(false, "index out of range in self");
}

void check_index(const Tensor& index, const char* name) {
  TORCH_CHECK_INDEX(
      index.dim() <= 1, name, "(): Index is supposed to be a vector");
  TORCH_CHECK(
      index.scalar_type() == kLong || index.scalar_type() == kInt,
      name,
      "(): Expected dtype int32 or int64 for index");
}

} // namespace

Tensor index_select(const Tensor& self, int64_t dim, const Tensor& index) {
  dim = maybe_wrap_dim(dim, self.dim());
  check_index(index, "index_select");
  DimVector sizes(self.sizes());
  if (!sizes.empty()) {
    sizes[dim] = index.numel();
  }
  Tensor out(at::detail::empty(sizes, self.scalar_type(), self.device()));
  if (out.is_meta()) {
    return out;
  }
  auto offsets = offsets_along(self, dim, index, index_out_of_range);
  run_blocks(
      self,
      make_blocks(self, dim, dim + 1, std::move(offsets)),
      out,
      BlockMove::Gather);
  return out;
}

Tensor& index_select_out(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    Tensor& out) {
  TORCH_CHECK(
      self.scalar_type() == out.scalar_type(),
      "index_select(): self and result must have the same scalar type");
  check_out_memory(out, {self, index});
  return copy_to_out(
      "index_select", out, native::index_select(self, dim, index));
}

namespace {

void check_vector(const char* name, const Tensor& index) {
  TORCH_CHECK_INDEX(
      index.dim() <= 1,
      name,
      "(): Index should have dimension 1 or 0 (got ",
      index.dim(),
      ")");
}

// Whether source is self with as many slices along dim as there are indices.
bool slices_match(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source) {
  if (source.dim() == 0) {
    return true;
  }
  DimVector expected(self.sizes());
  if (!expected.empty()) {
    expected[dim] = index.numel();
  }
  return source.sizes() == IntArrayRef(expected);
}

int64_t slice_count(const Tensor& source, int64_t dim) {
  return source.dim() == 0 ? 1 : source.size(dim);
}

// Writes source's blocks, one per index, into self.
template <typename OnError>
void write_along(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source,
    BlockMove move,
    OnError out_of_range) {
  if (self.is_meta()) {
    return;
  }
  auto offsets = offsets_along(self, dim, index, out_of_range);
  DimVector shape(self.sizes());
  if (!shape.empty()) {
    shape[dim] = index.numel();
  }
  run_blocks(
      self,
      make_blocks(self, dim, dim + 1, std::move(offsets)),
      source.expand(shape).contiguous(),
      move);
}

} // namespace

Tensor& index_add_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source,
    const Scalar& alpha) {
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK(
      index.scalar_type() == kLong || index.scalar_type() == kInt,
      "index_add_(): Expected dtype int32/int64 for index but got: ",
      index.scalar_type());
  TORCH_CHECK(
      self.scalar_type() == source.scalar_type(),
      "index_add_(): self (",
      self.scalar_type(),
      ") and source (",
      source.scalar_type(),
      ") must have the same scalar type");
  TORCH_CHECK_INDEX(
      index.dim() <= 1,
      "index_add_(): Index is supposed to be a vector, but got dim: ",
      index.dim(),
      " with type: ",
      index.scalar_type(),
      " and size: ",
      index.sizes());
  TORCH_CHECK(
      index.numel() == slice_count(source, dim),
      "index_add_(): Number of indices (",
      index.numel(),
      ") should be equal to source.size(dim): (",
      slice_count(source, dim),
      "), for dim: ",
      dim);
  TORCH_CHECK(
      slices_match(self, dim, index, source),
      "source tensor shape must match self tensor shape, excluding the "
      "specified dimension. Got self.shape = ",
      self.sizes(),
      " source.shape = ",
      source.sizes());
  const Tensor scaled = alpha.equal(1) ? source : at::mul(source, alpha);
  write_along(
      self, dim, index, scaled, BlockMove::Add, [&](int64_t i, int64_t size) {
        TORCH_CHECK_INDEX(self.dim() > 1, "index out of range in self");
        TORCH_CHECK(false, out_of_bounds(i, dim, size));
      });
  return self;
}

Tensor index_add(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source,
    const Scalar& alpha) {
  return on_copy(self, [&](Tensor& result) {
    native::index_add_(result, dim, index, source, alpha);
  });
}

Tensor& index_copy_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source) {
  dim = maybe_wrap_dim(dim, self.dim());
  check_vector("index_copy_", index);
  TORCH_CHECK(
      index.scalar_type() == kLong,
      "index_copy_(): Expected a long tensor for index, but got ",
      index.scalar_type());
  TORCH_CHECK(
      self.scalar_type() == source.scalar_type(),
      "index_copy_(): self and source expected to have the same dtype, but got "
      "(self) ",
      self.scalar_type(),
      " and (source) ",
      source.scalar_type());
  TORCH_CHECK_INDEX(
      source.dim() == 0 || index.numel() == slice_count(source, dim),
      "index_copy_(): Number of indices (",
      index.numel(),
      ") should be equal to source.size(dim) (",
      slice_count(source, dim),
      ")");
  if (!slices_match(self, dim, index, source)) {
    auto rest = [&](const Tensor& t) {
      std::string text;
      for (int64_t d = 0; d < t.dim(); ++d) {
        if (d != dim) {
          text += (text.empty() ? "" : " ") + std::to_string(t.sizes()[d]);
        }
      }
      return text;
    };
    TORCH_CHECK(
        false,
        "index_copy_(): Source/destination tensor must have same slice shapes."
        " Destination slice shape: ",
        rest(self),
        " at dimension ",
        dim,
        " and source slice shape: ",
        rest(source),
        " at dimension 0.");
  }
  write_along(
      self, dim, index, source, BlockMove::Put, [&](int64_t i, int64_t size) {
        TORCH_CHECK_INDEX(
            false, "index_copy_(): ", out_of_bounds(i, dim, size));
      });
  return self;
}

Tensor index_copy(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source) {
  return on_copy(self, [&](Tensor& result) {
    native::index_copy_(result, dim, index, source);
  });
}

Tensor& index_fill_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value) {
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK_INDEX(
      index.scalar_type() == kLong,
      "index_fill_(): Expected dtype int64 for index.");
  TORCH_CHECK(index.dim() <= 1, "Index has to be a vector/scalar");
  TORCH_CHECK(
      self.is_complex() || !value.is_complex(),
      "index_fill_(): Converting complex Scalar to non-complex type is not "
      "supported");
  // Negative positions count from the end, here only.
  const int64_t size = slice_count(self, dim);
  const Tensor positions = index.is_meta()
      ? index
      : at::where(at::lt(index, 0), at::add(index, size), index);
  write_along(
      self,
      dim,
      positions,
      at::scalar_tensor(value, self.options()),
      BlockMove::Put,
      [&](int64_t i, int64_t) {
        TORCH_CHECK_INDEX(
            false, out_of_bounds(i < 0 ? i - size : i, dim, size));
      });
  return self;
}

Tensor& index_fill_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& value) {
  TORCH_CHECK(
      value.dim() == 0,
      "index_fill_ only supports a 0-dimensional value tensor, but got tensor "
      "with ",
      value.dim(),
      " dimension(s).");
  if (value.is_meta()) {
    return self;
  }
  return native::index_fill_(self, dim, index, value.item());
}

Tensor index_fill(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& value) {
  return on_copy(self, [&](Tensor& result) {
    native::index_fill_(result, dim, index, value);
  });
}

Tensor index_fill(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value) {
  return on_copy(self, [&](Tensor& result) {
    native::index_fill_(result, dim, index, value);
  });
}

// ------------------------------------------------------- x[i, :, j] by tensors

namespace {

// Masks become the positions of their true elements, one index tensor per
// dimension of the mask.
std::vector<Tensor> expand_masks(const Tensor& self, TensorList indices) {
  std::vector<Tensor> result;
  for (const Tensor& index : indices) {
    if (!index.defined()) {
      result.emplace_back();
      continue;
    }
    const ScalarType t = index.scalar_type();
    TORCH_CHECK_INDEX(
        t == kLong || t == kInt || t == kByte || t == kBool,
        "tensors used as indices must be long, int, byte or bool tensors");
    if (t == kLong || t == kInt) {
      result.push_back(index.to(kLong));
      continue;
    }
    for (int64_t d = 0; d < index.dim(); ++d) {
      const auto at = static_cast<int64_t>(result.size()) + d;
      const bool fits = at < self.dim() && self.sizes()[at] == index.sizes()[d];
      auto place = [](IntArrayRef shape, int64_t dim) {
        return c10::str(shape, " at index ", dim);
      };
      TORCH_CHECK_INDEX(
          fits,
          "The shape of the mask " + place(index.sizes(), d) +
              " does not match the shape of the indexed tensor " +
              place(self.sizes(), at));
    }
    const Tensor positions = at::nonzero(index);
    for (int64_t d = 0; d < index.dim(); ++d) {
      result.push_back(positions.select(1, d));
    }
  }
  return result;
}

// self with its indexed dimensions brought together, and what the indices
// mean in it.
struct AdvancedIndex {
  Tensor self;
  int64_t first = 0; // indexed dimensions of self: [first, last)
  int64_t last = 0;
  DimVector index_shape;
  std::vector<Tensor> indices; // defined, broadcast, contiguous, int64
  // Shape of the result: before, index_shape, after.
  DimVector result_shape() const {
    DimVector shape(self.sizes().slice(0, static_cast<size_t>(first)));
    shape.append(index_shape.begin(), index_shape.end());
    for (int64_t d = last; d < self.dim(); ++d) {
      shape.push_back(self.sizes()[d]);
    }
    return shape;
  }
};

AdvancedIndex plan_index(const Tensor& self, TensorList given) {
  TORCH_CHECK_INDEX(
      static_cast<int64_t>(given.size()) <= self.dim(),
      "too many indices for tensor of dimension ",
      self.dim(),
      " (got ",
      given.size(),
      ")");
  std::vector<Tensor> indices = expand_masks(self, given);
  for (Tensor& index : indices) {
    if (index.defined() && index.device() != self.device() && !self.is_meta()) {
      TORCH_CHECK(
          index.is_cpu(),
          "indices should be either on cpu or on the same device as the "
          "indexed tensor (",
          self.device(),
          ")");
      index = index.to(self.device());
    }
  }
  TORCH_CHECK_INDEX(
      static_cast<int64_t>(indices.size()) <= self.dim(),
      "too many indices for tensor of dimension ",
      self.dim(),
      " (got ",
      indices.size(),
      ")");
  AdvancedIndex plan;
  DimVector order; // indexed dimensions
  for (size_t d = 0; d < indices.size(); ++d) {
    if (indices[d].defined()) {
      order.push_back(static_cast<int64_t>(d));
      plan.indices.push_back(indices[d]);
    }
  }
  DimVector shape;
  for (const Tensor& index : plan.indices) {
    try {
      shape = DimVector(at::infer_size(shape, index.sizes()));
    } catch (const c10::Error&) {
      std::string shapes;
      for (const Tensor& t : plan.indices) {
        c10::append(shapes, shapes.empty() ? "" : ", ");
        c10::append(shapes, t.sizes());
      }
      TORCH_CHECK_INDEX(
          false,
          "shape mismatch: indexing tensors could not be broadcast together "
          "with shapes ",
          shapes);
    }
  }
  plan.index_shape = shape;
  for (Tensor& index : plan.indices) {
    index = index.expand(shape).contiguous();
  }
  // Neighbours stay in place; scattered indexed dimensions go to the front.
  const bool adjacent = order.empty() ||
      order.back() - order.front() + 1 == static_cast<int64_t>(order.size());
  plan.first = adjacent && !order.empty() ? order.front() : 0;
  plan.last = plan.first + static_cast<int64_t>(order.size());
  plan.self = self;
  if (!adjacent) {
    DimVector dims(order);
    for (int64_t d = 0; d < self.dim(); ++d) {
      if (std::find(order.begin(), order.end(), d) == order.end()) {
        dims.push_back(d);
      }
    }
    plan.self = self.permute(dims);
  }
  return plan;
}

// offsets += index * stride, for indices into dimension d of self.
void add_offsets(
    const Tensor& self,
    size_t d,
    const Tensor& index,
    const Tensor& offsets) {
  const int64_t size = self.sizes()[d];
  const int64_t stride = self.strides()[d];
  if (!self.is_cpu()) {
    add_offsets_stub(self.device_type(), offsets, index, size, stride, true);
    return;
  }
  const auto* p = index.data_ptr<int64_t>();
  auto* const offset = offsets.data_ptr<int64_t>();
  for (int64_t i = 0; i < offsets.numel(); ++i) {
    TORCH_CHECK_INDEX(
        p[i] >= -size && p[i] < size, out_of_bounds(p[i], d, size));
    offset[i] += (p[i] + (p[i] < 0 ? size : 0)) * stride;
  }
}

IndexedBlocks make_blocks(const AdvancedIndex& plan) {
  int64_t count = 1;
  for (int64_t size : plan.index_shape) {
    count *= size;
  }
  const Tensor offsets = zero_offsets(count, plan.self.device());
  for (size_t k = 0; k < plan.indices.size(); ++k) {
    const auto d = static_cast<size_t>(plan.first) + k;
    add_offsets(plan.self, d, plan.indices[k], offsets);
  }
  return make_blocks(plan.self, plan.first, plan.last, offsets);
}

} // namespace

Tensor index(const Tensor& self, TensorList indices) {
  c10::AutoDispatchBelowAutograd below;
  const AdvancedIndex plan = plan_index(self, indices);
  Tensor out(
      at::detail::empty(
          plan.result_shape(), self.scalar_type(), self.device()));
  if (!out.is_meta()) {
    run_blocks(plan.self, make_blocks(plan), out, BlockMove::Gather);
  }
  return out;
}

Tensor& index_put_(
    Tensor& self,
    TensorList indices,
    const Tensor& values,
    bool accumulate) {
  c10::AutoDispatchBelowAutograd below;
  TORCH_CHECK(
      self.scalar_type() == values.scalar_type(),
      "Index put requires the source and destination dtypes match, got ",
      self.scalar_type(),
      " for the destination and ",
      values.scalar_type(),
      " for the source.");
  const AdvancedIndex plan = plan_index(self, indices);
  const DimVector shape = plan.result_shape();
  const bool fits = at::is_expandable_to(values.sizes(), shape);
  TORCH_CHECK(
      fits,
      "shape mismatch: value tensor of shape ",
      values.sizes(),
      " cannot be broadcast to indexing result of shape ",
      shape);
  if (!self.is_meta()) {
    run_blocks(
        plan.self,
        make_blocks(plan),
        values.expand(shape).contiguous(),
        accumulate ? BlockMove::Add : BlockMove::Put);
  }
  return self;
}

Tensor index_put(
    const Tensor& self,
    TensorList indices,
    const Tensor& values,
    bool accumulate) {
  return self.clone(c10::MemoryFormat::Preserve)
      .index_put_(indices, values, accumulate);
}

} // namespace at::native

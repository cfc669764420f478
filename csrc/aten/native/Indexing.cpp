// Checks and shapes of indexing by tensors; see Note [Indexed blocks].
#include "aten/native/Indexing.h"

#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "generated/native/Indexing.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Joining.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/Selection.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(indexed_blocks_stub);
DEFINE_DISPATCH(gather_stub);
DEFINE_DISPATCH(scatter_stub);

using c10::DimVector;

namespace {

// The functional form of an operator that writes: on a copy of self.
template <typename Write>
Tensor on_copy(const Tensor& self, Write write) {
  Tensor result = self.clone(c10::MemoryFormat::Preserve);
  write(result);
  return result;
}

// ------------------------------------------------------------------ blocks

// The blocks of `self` at `offsets`, found in dimensions [first, last).
IndexedBlocks make_blocks(
    const Tensor& self,
    int64_t first,
    int64_t last,
    std::vector<int64_t> offsets) {
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
    indexed_blocks_stub(
        self.device_type(),
        blocks,
        static_cast<char*>(dense.data_ptr()),
        move);
  }
}

// --------------------------------------------------- one index, one dimension

// index as offsets into dimension dim of self.
template <typename OnError>
std::vector<int64_t> offsets_along(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    OnError out_of_range) {
  const Tensor positions = index.to(kLong).contiguous();
  const auto* p = positions.data_ptr<int64_t>();
  const int64_t size = self.dim() == 0 ? 1 : self.sizes()[dim];
  const int64_t stride = self.dim() == 0 ? 1 : self.strides()[dim];
  std::vector<int64_t> offsets(static_cast<size_t>(positions.numel()));
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (C10_UNLIKELY(p[i] < 0 || p[i] >= size)) {
      out_of_range(p[i], size);
    }
    offsets[i] = p[i] * stride;
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
  TORCH_CHECK_INDEX(
      index.dim() <= 1,
      "index_select(): Index is supposed to be a vector, but got dim: ",
      index.dim());
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

namespace {

// Writes source's blocks (one per index) into self. Shapes as PyTorch asks.
void write_along(
    const char* name,
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source,
    BlockMove move) {
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK_INDEX(
      index.dim() <= 1,
      name,
      "(): Index should have dimension 1 or 0 (got ",
      index.dim(),
      ")");
  check_index(index, name);
  TORCH_CHECK(
      self.scalar_type() == source.scalar_type(),
      name,
      "(): self and source expected to have the same dtype, but got (self) ",
      self.scalar_type(),
      " and (source) ",
      source.scalar_type());
  TORCH_CHECK_INDEX(
      source.dim() == 0 || index.numel() == source.size(dim),
      name,
      "(): Number of indices (",
      index.numel(),
      ") should be equal to source.size(dim): (",
      source.dim() == 0 ? 1 : source.size(dim),
      "), for dim: ",
      dim);
  DimVector expected(self.sizes());
  if (!expected.empty()) {
    expected[dim] = index.numel();
  }
  if (source.dim() > 0) {
    DimVector sliced(source.sizes());
    TORCH_CHECK(
        sliced == expected,
        "source tensor shape must match self tensor shape, excluding the "
        "specified dimension. Got self.shape = ",
        self.sizes(),
        " source.shape = ",
        source.sizes());
  }
  if (self.is_meta()) {
    return;
  }
  auto offsets = offsets_along(self, dim, index, [&](int64_t i, int64_t n) {
    TORCH_CHECK_INDEX(
        move != BlockMove::Add, "index out of range in self");
    TORCH_CHECK_INDEX(
        false,
        name,
        "(): index ",
        i,
        " is out of bounds for dimension ",
        dim,
        " with size ",
        n);
  });
  run_blocks(
      self,
      make_blocks(self, dim, dim + 1, std::move(offsets)),
      source.expand(expected).contiguous(),
      move);
}

} // namespace

Tensor& index_add_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& source,
    const Scalar& alpha) {
  const Tensor scaled = alpha.equal(1) ? source : at::mul(source, alpha);
  write_along("index_add", self, dim, index, scaled, BlockMove::Add);
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
  write_along("index_copy_", self, dim, index, source, BlockMove::Put);
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
  DimVector sizes(self.sizes());
  if (!sizes.empty()) {
    sizes[dim] = index.numel();
  }
  const Tensor source = at::full(sizes, value, self.options());
  write_along("index_fill_", self, dim, index, source, BlockMove::Put);
  return self;
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

IndexedBlocks make_blocks(const AdvancedIndex& plan) {
  int64_t count = 1;
  for (int64_t size : plan.index_shape) {
    count *= size;
  }
  std::vector<int64_t> offsets(static_cast<size_t>(count), 0);
  for (size_t k = 0; k < plan.indices.size(); ++k) {
    const auto d = static_cast<size_t>(plan.first) + k;
    const int64_t size = plan.self.sizes()[d];
    const int64_t stride = plan.self.strides()[d];
    const auto* index = plan.indices[k].data_ptr<int64_t>();
    for (size_t i = 0; i < offsets.size(); ++i) {
      TORCH_CHECK_INDEX(
          index[i] >= -size && index[i] < size,
          "index ",
          index[i],
          " is out of bounds for dimension ",
          d,
          " with size ",
          size);
      offsets[i] += (index[i] + (index[i] < 0 ? size : 0)) * stride;
    }
  }
  return make_blocks(plan.self, plan.first, plan.last, std::move(offsets));
}

} // namespace

Tensor index(const Tensor& self, TensorList indices) {
  c10::AutoDispatchBelowAutograd below;
  const AdvancedIndex plan = plan_index(self, indices);
  Tensor out(at::detail::empty(
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

// ---------------------------------------------------------- gather, scatter

namespace {

void check_gather_scatter(
    const char* name,
    const Tensor& self,
    int64_t dim,
    const Tensor& index) {
  if (index.numel() == 0) {
    return; // any dtype: Python's empty list makes a float tensor
  }
  TORCH_CHECK(
      index.scalar_type() == kLong || index.scalar_type() == kInt,
      name,
      "(): Expected dtype int32/int64 for index");
  const int64_t self_dim = std::max<int64_t>(self.dim(), 1);
  const int64_t index_dim = std::max<int64_t>(index.dim(), 1);
  TORCH_CHECK(
      self_dim == index_dim,
      "Index tensor must have the same number of dimensions as ",
      std::string_view(name) == "gather" ? "input" : "self",
      " tensor");
}

void check_within(
    const Tensor& index,
    const Tensor& other,
    int64_t skipped_dim,
    const char* role) {
  for (int64_t d = 0; d < std::min(index.dim(), other.dim()); ++d) {
    TORCH_CHECK(
        d == skipped_dim || index.sizes()[d] <= other.sizes()[d],
        "Size does not match at dimension ",
        d,
        " expected index ",
        index.sizes(),
        " to be no larger than ",
        role,
        " ",
        other.sizes(),
        " apart from dimension ",
        skipped_dim);
  }
}

Tensor at_least_1d(const Tensor& t) {
  return t.dim() == 0 ? t.unsqueeze(0) : t;
}

} // namespace

Tensor gather(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    bool sparse_grad) {
  dim = maybe_wrap_dim(dim, self.dim());
  check_gather_scatter("gather", self, dim, index);
  if (index.numel() > 0) {
    check_within(index, self, dim, "self");
  }
  Tensor out(at::detail::empty(
      index.sizes(), self.scalar_type(), self.device()));
  if (out.numel() > 0 && !out.is_meta()) {
    gather_stub(
        self.device_type(),
        at_least_1d(out),
        at_least_1d(self),
        dim,
        at_least_1d(index.to(kLong)));
  }
  return out;
}

namespace {

Tensor& scatter_into(
    const char* name,
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src,
    ScatterReduce reduce) {
  dim = maybe_wrap_dim(dim, self.dim());
  check_gather_scatter(name, self, dim, index);
  TORCH_CHECK(
      self.scalar_type() == src.scalar_type(),
      name,
      "(): Expected self.dtype to be equal to src.dtype");
  if (index.numel() == 0 || self.is_meta()) {
    return self;
  }
  check_within(index, self, dim, "self");
  if (src.dim() > 0) {
    TORCH_CHECK(
        src.dim() == index.dim(),
        "Index tensor must have the same number of dimensions as src tensor");
    check_within(index, src, -1, "src");
  }
  scatter_stub(
      self.device_type(),
      at_least_1d(self),
      dim,
      at_least_1d(index.to(kLong)),
      src,
      reduce);
  return self;
}

ScatterReduce parse_reduce(std::string_view reduce) {
  if (reduce == "add") {
    return ScatterReduce::Add;
  }
  TORCH_CHECK(
      reduce == "multiply", "reduce argument must be either add or multiply.");
  return ScatterReduce::Multiply;
}

Tensor one_value(const Tensor& self, const Scalar& value) {
  return at::scalar_tensor(value, self.options());
}

} // namespace

Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src) {
  return scatter_into(
      "scatter", self, dim, index, src, ScatterReduce::Assign);
}
Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value) {
  return scatter_into(
      "scatter",
      self,
      dim,
      index,
      one_value(self, value),
      ScatterReduce::Assign);
}
Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src,
    std::string_view reduce) {
  return scatter_into("scatter", self, dim, index, src, parse_reduce(reduce));
}
Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value,
    std::string_view reduce) {
  return scatter_into(
      "scatter",
      self,
      dim,
      index,
      one_value(self, value),
      parse_reduce(reduce));
}
Tensor& scatter_add_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src) {
  return scatter_into(
      "scatter_add", self, dim, index, src, ScatterReduce::Add);
}

Tensor scatter(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src) {
  return on_copy(self, [&](Tensor& result) {
    native::scatter_(result, dim, index, src);
  });
}
Tensor scatter(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value) {
  return on_copy(self, [&](Tensor& result) {
    native::scatter_(result, dim, index, value);
  });
}
Tensor scatter(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src,
    std::string_view reduce) {
  return on_copy(self, [&](Tensor& result) {
    native::scatter_(result, dim, index, src, reduce);
  });
}
Tensor scatter(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value,
    std::string_view reduce) {
  return on_copy(self, [&](Tensor& result) {
    native::scatter_(result, dim, index, value, reduce);
  });
}
Tensor scatter_add(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src) {
  return on_copy(self, [&](Tensor& result) {
    native::scatter_add_(result, dim, index, src);
  });
}

} // namespace at::native

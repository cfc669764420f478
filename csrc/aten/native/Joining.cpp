// Several tensors from one (split, chunk, unbind), one from several (cat,
// stack).
#include "aten/native/Joining.h"

#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/ExpandUtils.h"
#include "aten/TypePromotion.h"
#include "aten/native/View.h"
#include "aten/native/DerivedForms.h"
#include "generated/native/Joining.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Joining.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(cat_stub);

using c10::DimVector;

// --------------------------------------------------------------------- cat

namespace {

// PyTorch lets empty one-dimensional tensors through anywhere.
bool is_skipped(const Tensor& t) { return t.dim() == 1 && t.numel() == 0; }

void check_cat_shapes(
    const Tensor& first,
    const Tensor& t,
    size_t position,
    int64_t dim) {
  TORCH_CHECK(
      first.dim() == t.dim(),
      "Tensors must have same number of dimensions: got ",
      first.dim(),
      " and ",
      t.dim());
  for (int64_t d = 0; d < first.dim(); ++d) {
    TORCH_CHECK(
        d == dim || first.sizes()[d] == t.sizes()[d],
        "Sizes of tensors must match except in dimension ",
        dim,
        ". Expected size ",
        first.sizes()[d],
        " but got size ",
        t.sizes()[d],
        " for tensor number ",
        position,
        " in the list.");
  }
}

struct CatPlan {
  int64_t dim;
  DimVector sizes;
  ScalarType dtype;
  Device device;
  bool contiguous = true; // every input row-major and of the result's dtype
};

CatPlan plan_cat(TensorList tensors, int64_t dim) {
  TORCH_CHECK_VALUE(
      !tensors.empty(), "torch.cat(): expected a non-empty list of Tensors");
  for (size_t i = 0; i < tensors.size(); ++i) {
    TORCH_CHECK(
        tensors[i].dim() > 0,
        "zero-dimensional tensor (at position ",
        i,
        ") cannot be concatenated");
  }
  size_t lead = 0;
  while (lead + 1 < tensors.size() && is_skipped(tensors[lead])) {
    ++lead;
  }
  const Tensor& first = tensors[lead];
  CatPlan plan;
  plan.dim = maybe_wrap_dim(dim, first.dim());
  plan.sizes = DimVector(first.sizes());
  plan.dtype = tensors[0].scalar_type();
  plan.device = first.device();
  plan.sizes[plan.dim] = 0;
  bool same_dtype = true;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    same_dtype &= t.scalar_type() == plan.dtype;
    plan.contiguous &= t.is_contiguous();
    TORCH_CHECK(
        t.device() == plan.device,
        "Expected all tensors to be on the same device, but got tensors is "
        "on ",
        t.device(),
        ", different from other tensors on ",
        plan.device,
        " (when checking argument in method wrapper_",
        c10::device_type_name(plan.device.type(), false),
        "_cat)");
    if (!is_skipped(t)) {
      check_cat_shapes(first, t, i, plan.dim);
      plan.sizes[plan.dim] += t.sizes()[plan.dim];
    }
  }
  if (!same_dtype) {
    ResultTypeState promotion;
    for (const Tensor& t : tensors) {
      promotion.add(t);
    }
    plan.dtype = promotion.result();
    plan.contiguous = false;
  }
  return plan;
}

void run_cat(const CatPlan& plan, TensorList tensors, const Tensor& out) {
  if (out.is_meta() || out.numel() == 0) {
    return;
  }
  if (plan.contiguous && out.is_contiguous() &&
      out.scalar_type() == plan.dtype) {
    cat_stub(out.device_type(), out, tensors, plan.dim);
    return;
  }
  int64_t start = 0;
  for (const Tensor& t : tensors) {
    if (!is_skipped(t)) {
      const int64_t length = t.sizes()[plan.dim];
      out.narrow(plan.dim, start, length).copy_(t);
      start += length;
    }
  }
}

bool all_channels_last(TensorList tensors, c10::MemoryFormat format) {
  return std::all_of(tensors.begin(), tensors.end(), [&](const Tensor& t) {
    return t.suggest_memory_format() == format;
  });
}

} // namespace

Tensor cat(TensorList tensors, int64_t dim) {
  CatPlan plan = plan_cat(tensors, dim);
  const auto format = tensors[0].suggest_memory_format();
  Tensor out;
  if (format != c10::MemoryFormat::Contiguous &&
      all_channels_last(tensors, format)) {
    out = Tensor(
        at::detail::empty_strided(
            plan.sizes,
            at::detail::contiguous_strides(plan.sizes, format),
            plan.dtype,
            plan.device));
  } else {
    out = Tensor(at::detail::empty(plan.sizes, plan.dtype, plan.device));
  }
  run_cat(plan, tensors, out);
  return out;
}

Tensor& cat_out(TensorList tensors, int64_t dim, Tensor& out) {
  const CatPlan plan = plan_cat(tensors, dim);
  TORCH_CHECK(
      c10::can_cast(plan.dtype, out.scalar_type()),
      "torch.cat(): input types can't be cast to the desired output type ",
      out.scalar_type());
  check_out_memory(out, tensors);
  if (out.sizes() != IntArrayRef(plan.sizes)) {
    if (out.numel() != 0) {
      TORCH_WARN(
          "An output with one or more elements was resized since it had shape ",
          out.sizes(),
          ", which does not match the required output shape ",
          plan.sizes,
          ". This behavior is deprecated, and in a future PyTorch release "
          "outputs will not be resized unless they have zero elements. You "
          "can explicitly reuse an out tensor t by resizing it, inplace, to "
          "zero elements with t.resize_(0).");
    }
    out.resize_(plan.sizes);
  }
  run_cat(plan, tensors, out);
  return out;
}

Tensor concat(TensorList tensors, int64_t dim) { return at::cat(tensors, dim); }
Tensor concatenate(TensorList tensors, int64_t dim) {
  return at::cat(tensors, dim);
}

// ------------------------------------------------------------------- stack

Tensor stack(TensorList tensors, int64_t dim) {
  TORCH_CHECK(!tensors.empty(), "stack expects a non-empty TensorList");
  const Tensor& first = tensors[0];
  dim = maybe_wrap_dim(dim, first.dim() + 1);
  std::vector<Tensor> wide;
  wide.reserve(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    TORCH_CHECK(
        tensors[i].sizes() == first.sizes(),
        "stack expects each tensor to be equal size, but got ",
        first.sizes(),
        " at entry 0 and ",
        tensors[i].sizes(),
        " at entry ",
        i);
    wide.push_back(tensors[i].unsqueeze(dim));
  }
  return at::cat(wide, dim);
}

namespace {

template <typename Function>
std::vector<Tensor> map(TensorList tensors, Function f) {
  std::vector<Tensor> result;
  result.reserve(tensors.size());
  for (const Tensor& t : tensors) {
    result.push_back(f(t));
  }
  return result;
}

void check_not_empty(TensorList tensors, const char* name) {
  TORCH_CHECK(!tensors.empty(), name, " expects a non-empty TensorList");
}

} // namespace

Tensor hstack(TensorList tensors) {
  check_not_empty(tensors, "hstack");
  const auto wide =
      map(tensors, [](const Tensor& t) { return at::atleast_1d(t); });
  return at::cat(wide, wide[0].dim() == 1 ? 0 : 1);
}

Tensor vstack(TensorList tensors) {
  check_not_empty(tensors, "vstack");
  return at::cat(
      map(tensors, [](const Tensor& t) { return at::atleast_2d(t); }), 0);
}

Tensor dstack(TensorList tensors) {
  check_not_empty(tensors, "dstack");
  return at::cat(
      map(tensors, [](const Tensor& t) { return at::atleast_3d(t); }), 2);
}

Tensor column_stack(TensorList tensors) {
  check_not_empty(tensors, "column_stack");
  return at::hstack(map(tensors, [](const Tensor& t) {
    return t.dim() <= 1 ? t.reshape({t.numel(), 1}) : t;
  }));
}

// --------------------------------------------------------- split and unbind

std::vector<Tensor> split(const Tensor& self, int64_t split_size, int64_t dim) {
  TORCH_CHECK(self.dim() != 0, "split expects at least a 1-dimensional tensor");
  TORCH_CHECK(
      split_size >= 0,
      "split expects split_size be non-negative, but got split_size=",
      split_size);
  dim = maybe_wrap_dim(dim, self.dim());
  const int64_t size = self.sizes()[dim];
  TORCH_CHECK(
      split_size > 0 || size == 0,
      "split_size can only be 0 if dimension size is 0, but got dimension "
      "size of ",
      size);
  const int64_t count = split_size == 0
      ? 1
      : std::max<int64_t>((size + split_size - 1) / split_size, 1);
  std::vector<Tensor> parts;
  parts.reserve(static_cast<size_t>(count));
  DimVector sizes(self.sizes());
  for (int64_t i = 0; i < count; ++i) {
    const int64_t start = i * split_size;
    sizes[dim] = std::min(split_size, size - start);
    parts.push_back(make_view(
        self,
        sizes,
        self.strides(),
        self.storage_offset() + start * self.strides()[dim]));
  }
  return parts;
}

std::vector<Tensor> split_with_sizes(
    const Tensor& self,
    IntArrayRef split_sizes,
    int64_t dim) {
  TORCH_CHECK(self.dim() != 0, "split expects at least a 1-dimensional tensor");
  dim = maybe_wrap_dim(dim, self.dim());
  const int64_t size = self.sizes()[dim];
  int64_t total = 0;
  for (int64_t part : split_sizes) {
    TORCH_CHECK(
        part >= 0,
        "split_with_sizes expects split_sizes have only non-negative entries, "
        "but got split_sizes=",
        split_sizes);
    total += part;
  }
  TORCH_CHECK(
      total == size,
      "split_with_sizes expects split_sizes to sum exactly to ",
      size,
      " (input tensor's size at dimension ",
      dim,
      "), but got split_sizes=",
      split_sizes);
  std::vector<Tensor> parts;
  parts.reserve(split_sizes.size());
  DimVector sizes(self.sizes());
  int64_t start = 0;
  for (int64_t part : split_sizes) {
    sizes[dim] = part;
    parts.push_back(make_view(
        self,
        sizes,
        self.strides(),
        self.storage_offset() + start * self.strides()[dim]));
    start += part;
  }
  return parts;
}

std::vector<Tensor> split(
    const Tensor& self,
    IntArrayRef split_size,
    int64_t dim) {
  return at::split_with_sizes(self, split_size, dim);
}

std::vector<Tensor> chunk(const Tensor& self, int64_t chunks, int64_t dim) {
  TORCH_CHECK(self.dim() > 0, "chunk expects at least a 1-dimensional tensor");
  TORCH_CHECK(
      chunks > 0, "chunk expects `chunks` to be greater than 0, got: ", chunks);
  const int64_t size = self.size(dim);
  const int64_t split_size = (size + chunks - 1) / chunks;
  if (split_size == 0) {
    // Keeps the number of pieces where there is nothing to divide.
    const DimVector sizes(static_cast<size_t>(chunks), 0);
    return at::split_with_sizes(self, sizes, dim);
  }
  return at::split(self, split_size, dim);
}

std::vector<Tensor> unsafe_chunk(
    const Tensor& self,
    int64_t chunks,
    int64_t dim) {
  auto parts = at::chunk(self, chunks, dim);
  for (Tensor& part : parts) {
    part.unsafe_impl()->set_view_base({}, CreationMeta::Default);
  }
  return parts;
}

static void check_has_dimension(const Tensor& self) {
  TORCH_CHECK(
      self.dim() > 0,
      "tensor_split expected at least a 1-dimensional tensor, but got a "
      "tensor with 0 dims");
}

std::vector<Tensor> tensor_split(
    const Tensor& self,
    IntArrayRef indices,
    int64_t dim) {
  check_has_dimension(self);
  std::vector<Tensor> parts;
  int64_t start = 0;
  for (int64_t end : indices) {
    parts.push_back(at::slice(self, dim, start, end, 1));
    start = end;
  }
  parts.push_back(at::slice(self, dim, start, std::nullopt, 1));
  return parts;
}

std::vector<Tensor> tensor_split(
    const Tensor& self,
    int64_t sections,
    int64_t dim) {
  check_has_dimension(self);
  TORCH_CHECK(
      sections > 0, "number of sections must be larger than 0, got ", sections);
  const int64_t size = self.size(dim);
  DimVector indices;
  int64_t start = 0;
  for (int64_t i = 0; i + 1 < sections; ++i) {
    start += size / sections + (i < size % sections ? 1 : 0);
    indices.push_back(start);
  }
  return native::tensor_split(self, IntArrayRef(indices), dim);
}

std::vector<Tensor> tensor_split(
    const Tensor& self,
    const Tensor& tensor_indices_or_sections,
    int64_t dim) {
  const Tensor numbers = tensor_indices_or_sections.contiguous();
  const char* const expected =
      "tensor_split expected tensor_indices_or_sections ";
  check_has_dimension(self);
  TORCH_CHECK(
      numbers.is_cpu(),
      expected,
      "to be on cpu, but it's on ",
      numbers.device());
  TORCH_CHECK(
      numbers.scalar_type() == kLong,
      expected,
      "to have dtype of long, but got ",
      numbers.scalar_type());
  TORCH_CHECK(
      numbers.dim() <= 1,
      expected,
      "to be a zero-dimensional or one-dimensional tensor, but got a tensor "
      "with ",
      numbers.dim(),
      " dims");
  const auto* data = numbers.data_ptr<int64_t>();
  if (numbers.dim() == 0) {
    return native::tensor_split(self, *data, dim);
  }
  const IntArrayRef indices(data, static_cast<size_t>(numbers.numel()));
  return native::tensor_split(self, indices, dim);
}

std::vector<Tensor> unbind(const Tensor& self, int64_t dim) {
  TORCH_CHECK_INDEX(
      self.dim() > 0,
      "Dimension specified as ",
      dim,
      " but tensor has no dimensions");
  dim = maybe_wrap_dim(dim, self.dim());
  const int64_t size = self.sizes()[dim];
  const int64_t step = self.strides()[dim];
  DimVector sizes(self.sizes());
  DimVector strides(self.strides());
  sizes.erase(sizes.begin() + dim);
  strides.erase(strides.begin() + dim);
  std::vector<Tensor> parts;
  parts.reserve(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) {
    parts.push_back(
        make_view(self, sizes, strides, self.storage_offset() + i * step));
  }
  return parts;
}

// --------------------------------------------------------------- broadcast

std::vector<Tensor> broadcast_tensors(TensorList tensors) {
  DimVector shape;
  for (const Tensor& t : tensors) {
    shape = DimVector(at::infer_size(shape, t.sizes()));
  }
  return map(tensors, [&](const Tensor& t) { return t.expand(shape); });
}

std::vector<Tensor> meshgrid(TensorList tensors, std::string_view indexing) {
  TORCH_CHECK(!tensors.empty(), "meshgrid expects a non-empty TensorList");
  TORCH_CHECK(
      indexing == "ij" || indexing == "xy",
      "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but "
      "received: ",
      indexing);
  DimVector shape;
  for (const Tensor& t : tensors) {
    TORCH_CHECK(
        t.dim() <= 1,
        "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ",
        t.sizes());
    shape.push_back(t.numel());
  }
  const bool swap = indexing == "xy" && tensors.size() >= 2;
  if (swap) {
    std::swap(shape[0], shape[1]);
  }
  std::vector<Tensor> grids;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const size_t axis = swap && i < 2 ? 1 - i : i;
    DimVector lengths(tensors.size(), 1);
    lengths[axis] = tensors[i].numel();
    grids.push_back(tensors[i].reshape(lengths).expand(shape));
  }
  return grids;
}

std::vector<Tensor> meshgrid(TensorList tensors) {
  return native::meshgrid(tensors, "ij");
}

} // namespace at::native

// Reductions: dtypes, dims and shapes; the loops are in cpu/ReduceOpsKernel.cpp.
// Moments and norms: Moments.cpp.
#include "aten/native/ReduceOps.h"

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/ReduceUtils.h"
#include "aten/native/DerivedForms.h"
#include "generated/native/ReduceOps.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {

DEFINE_DISPATCH(reduce_stub);
DEFINE_DISPATCH(extreme_stub);
DEFINE_DISPATCH(cumulate_stub);

using c10::DimVector;
using OptionalType = std::optional<ScalarType>;

// ----------------------------------------------------- sum, mean, and prod

namespace {

// Integers add up in int64 unless a dtype is asked for.
Tensor to_sum_dtype(const Tensor& self, OptionalType dtype) {
  if (dtype) {
    return self.to(*dtype);
  }
  return c10::is_integral_type(self.scalar_type(), true) ? self.to(kLong)
                                                         : self;
}

} // namespace

Tensor sum(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool keepdim,
    OptionalType dtype) {
  return reduce(
      to_sum_dtype(self, dtype),
      make_dim_mask(dim, self.dim()),
      keepdim,
      ReduceKind::Sum);
}

Tensor sum(const Tensor& self, OptionalType dtype) {
  return native::sum(self, std::nullopt, false, dtype);
}

Tensor nansum(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool keepdim,
    OptionalType dtype) {
  TORCH_CHECK(
      !self.is_complex(), "nansum on CPU does not support complex inputs");
  const Tensor clean = c10::is_integral_type(self.scalar_type(), true)
      ? self
      : self.masked_fill(at::isnan(self), 0);
  return clean.sum(dim, keepdim, dtype);
}

Tensor mean(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool keepdim,
    OptionalType dtype) {
  const ScalarType type = dtype.value_or(self.scalar_type());
  TORCH_CHECK(
      c10::is_floating_type(type) || c10::is_complex_type(type),
      dtype
          ? "mean(): could not infer output dtype. Optional dtype must be "
            "either a floating point or complex dtype. Got: "
          : "mean(): could not infer output dtype. Input dtype must be either "
            "a floating point or complex dtype. Got: ",
      type);
  const DimMask mask = make_dim_mask(dim, self.dim());
  Tensor result = reduce(self.to(type), mask, keepdim, ReduceKind::Sum);
  const int64_t count = count_reduced(self, mask);
  if (result.is_meta()) {
    return result;
  }
  return result.div_(count);
}

Tensor mean(const Tensor& self, OptionalType dtype) {
  return native::mean(self, std::nullopt, false, dtype);
}

// Of truth values the product is their conjunction.
static Tensor product(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool keepdim,
    OptionalType dtype) {
  const Tensor x = to_sum_dtype(self, dtype);
  const DimMask mask = make_dim_mask(dim, self.dim());
  return x.scalar_type() == kBool
      ? reduce_ordered(x, mask, keepdim, ReduceKind::Min)
      : reduce(x, mask, keepdim, ReduceKind::Prod);
}

Tensor prod(const Tensor& self, OptionalType dtype) {
  return product(self, std::nullopt, false, dtype);
}

Tensor prod(const Tensor& self, int64_t dim, bool keepdim, OptionalType dtype) {
  return product(self, IntArrayRef(dim), keepdim, dtype);
}

// ---------------------------------------------------------------- extremes

namespace {

constexpr const char* kNeedsDim =
    "(): Expected reduction dim to be specified for input.numel() == 0. "
    "Specify the reduction dim with the 'dim' argument.";

void check_ordered(const Tensor& self, const char* name) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      !self.is_complex(),
      '"',
      name,
      "\" not implemented for '",
      self.scalar_type(),
      "'");
}

Tensor extreme_all(const Tensor& self, const char* name, ReduceKind kind) {
  TORCH_CHECK(self.numel() > 0, name, kNeedsDim);
  check_ordered(self, kind == ReduceKind::Max ? "max_all" : "min_all");
  return reduce_ordered(
      self, make_dim_mask(std::nullopt, self.dim()), false, kind);
}

Tensor extreme_values(
    const Tensor& self,
    IntArrayRef dim,
    bool keepdim,
    const char* name,
    ReduceKind kind) {
  check_ordered(
      self, kind == ReduceKind::Max ? "max_values_cpu" : "min_values_cpu");
  const auto dims =
      dim.empty() ? OptionalIntArrayRef() : OptionalIntArrayRef(dim);
  const DimMask mask = make_dim_mask(dims, self.dim());
  if (self.numel() == 0) {
    TORCH_CHECK(!dim.empty(), name, kNeedsDim);
    for (int64_t d = 0; d < self.dim(); ++d) {
      TORCH_CHECK_INDEX(
          !mask[d] || self.sizes()[d] != 0,
          name,
          "(): Expected reduction dim ",
          d,
          " to have non-zero size.");
    }
  }
  return reduce_ordered(self, mask, keepdim, kind);
}

// (values, indices) along dim; values only where wanted.
std::tuple<Tensor, Tensor> extreme_along(
    const Tensor& self,
    int64_t dim,
    bool keepdim,
    const char* name,
    bool largest,
    bool want_values) {
  dim = maybe_wrap_dim(dim, self.dim());
  TORCH_CHECK_INDEX(
      self.dim() == 0 || self.sizes()[dim] != 0,
      name,
      "(): Expected reduction dim ",
      dim,
      " to have non-zero size.");
  TORCH_CHECK(
      !self.is_complex(), name, "(): does not support complex input");
  const DimMask mask = make_dim_mask(IntArrayRef(dim), self.dim());
  const DimVector shape = reduced_shape(self, mask, keepdim);
  Tensor values;
  if (want_values) {
    values =
        Tensor(at::detail::empty(shape, self.scalar_type(), self.device()));
  }
  Tensor indices(at::detail::empty(shape, kLong, self.device()));
  if (indices.numel() > 0 && !self.is_meta()) {
    // Truth values are ordered as bytes.
    const bool is_bool = self.scalar_type() == kBool;
    ReducePlan plan = make_reduce_plan(self, mask);
    if (plan.reduced_sizes.empty()) {
      plan.reduced_sizes.push_back(1);
      plan.reduced_strides.push_back(1);
    }
    extreme_stub(
        self.device_type(),
        is_bool && want_values ? values.view(kByte) : values,
        indices,
        is_bool ? self.view(kByte) : self,
        plan,
        largest);
  }
  return {values, indices};
}

Tensor arg_extreme(
    const Tensor& self,
    std::optional<int64_t> dim,
    bool keepdim,
    const char* name,
    bool largest) {
  TORCH_CHECK(
      !self.is_complex(), name, "(): does not support complex input");
  TORCH_CHECK(
      self.scalar_type() != kBool, name, "(): does not support bool input");
  if (dim) {
    return std::get<1>(
        extreme_along(self, *dim, keepdim, name, largest, false));
  }
  TORCH_CHECK_INDEX(
      self.numel() > 0,
      name,
      "(): Expected reduction dim to be specified for input.numel() == 0.");
  const Tensor flat = self.contiguous().view({-1});
  Tensor index =
      std::get<1>(extreme_along(flat, 0, false, name, largest, false));
  return keepdim ? index.view(DimVector(self.sizes().size(), 1)) : index;
}

} // namespace

Tensor max(const Tensor& self) {
  return extreme_all(self, "max", ReduceKind::Max);
}
Tensor min(const Tensor& self) {
  return extreme_all(self, "min", ReduceKind::Min);
}
std::tuple<Tensor, Tensor> max(const Tensor& self, int64_t dim, bool keepdim) {
  return extreme_along(self, dim, keepdim, "max", true, true);
}
std::tuple<Tensor, Tensor> min(const Tensor& self, int64_t dim, bool keepdim) {
  return extreme_along(self, dim, keepdim, "min", false, true);
}
Tensor max_other(const Tensor& self, const Tensor& other) {
  return at::maximum(self, other);
}
Tensor min_other(const Tensor& self, const Tensor& other) {
  return at::minimum(self, other);
}
Tensor amax(const Tensor& self, IntArrayRef dim, bool keepdim) {
  return extreme_values(self, dim, keepdim, "amax", ReduceKind::Max);
}
Tensor amin(const Tensor& self, IntArrayRef dim, bool keepdim) {
  return extreme_values(self, dim, keepdim, "amin", ReduceKind::Min);
}

namespace {

void check_extreme_out(const Tensor& self, const Tensor& out) {
  TORCH_CHECK(
      self.scalar_type() == out.scalar_type(),
      "Expected the dtype for input and out to match, but got ",
      self.scalar_type(),
      " for input's dtype and ",
      out.scalar_type(),
      " for out's dtype.");
}

} // namespace

Tensor&
amax_out(const Tensor& self, IntArrayRef dim, bool keepdim, Tensor& out) {
  check_extreme_out(self, out);
  return copy_to_out("amax", out, native::amax(self, dim, keepdim));
}
Tensor&
amin_out(const Tensor& self, IntArrayRef dim, bool keepdim, Tensor& out) {
  check_extreme_out(self, out);
  return copy_to_out("amin", out, native::amin(self, dim, keepdim));
}

std::tuple<Tensor, Tensor> aminmax(
    const Tensor& self,
    std::optional<int64_t> dim,
    bool keepdim) {
  if (self.numel() == 0) {
    TORCH_CHECK(
        dim,
        "aminmax(): cannot compute aminmax over an empty dimension as the "
        "operation has no identity.");
    const int64_t d = maybe_wrap_dim(*dim, self.dim());
    TORCH_CHECK_INDEX(
        self.sizes()[d] != 0,
        "aminmax: Expected reduction dim ",
        d,
        " to have non-zero size.");
  }
  check_ordered(self, self.is_cuda() ? "aminmax_cuda" : "aminmax_cpu");
  const auto dims = dim ? DimVector({*dim}) : DimVector();
  return {self.amin(dims, keepdim), self.amax(dims, keepdim)};
}
Tensor argmax(const Tensor& self, std::optional<int64_t> dim, bool keepdim) {
  return arg_extreme(self, dim, keepdim, "argmax", true);
}
Tensor argmin(const Tensor& self, std::optional<int64_t> dim, bool keepdim) {
  return arg_extreme(self, dim, keepdim, "argmin", false);
}

// ------------------------------------------------------------------- truth

namespace {

// Over bytes 0 and 1, all is the least and any the greatest.
Tensor truth(
    const Tensor& self,
    OptionalIntArrayRef dim,
    bool keepdim,
    ReduceKind kind) {
  const Tensor bools =
      self.scalar_type() == kBool ? self : at::ne(self, 0);
  const DimMask mask = make_dim_mask(dim, self.dim());
  Tensor result = reduce_ordered(bools, mask, keepdim, kind);
  if (bools.numel() == 0) { // the least of no bytes is 255
    result.fill_(kind == ReduceKind::Min);
  }
  return self.scalar_type() == kByte ? at::ne(result, 0).to(kByte) : result;
}

} // namespace

Tensor all(const Tensor& self) {
  return truth(self, std::nullopt, false, ReduceKind::Min);
}
Tensor all(const Tensor& self, int64_t dim, bool keepdim) {
  return truth(self, IntArrayRef(dim), keepdim, ReduceKind::Min);
}
Tensor all(const Tensor& self, OptionalIntArrayRef dim, bool keepdim) {
  return truth(self, dim, keepdim, ReduceKind::Min);
}
Tensor any(const Tensor& self) {
  return truth(self, std::nullopt, false, ReduceKind::Max);
}
Tensor any(const Tensor& self, int64_t dim, bool keepdim) {
  return truth(self, IntArrayRef(dim), keepdim, ReduceKind::Max);
}
Tensor any(const Tensor& self, OptionalIntArrayRef dim, bool keepdim) {
  return truth(self, dim, keepdim, ReduceKind::Max);
}

Tensor count_nonzero(const Tensor& self, IntArrayRef dim) {
  return at::ne(self, 0).sum(
      dim.empty() ? OptionalIntArrayRef() : OptionalIntArrayRef(dim), false);
}
Tensor count_nonzero(const Tensor& self, std::optional<int64_t> dim) {
  return native::count_nonzero(
      self, dim ? IntArrayRef(*dim) : IntArrayRef());
}

// ------------------------------------------------------------ running sums

namespace {

Tensor cumulate(
    const Tensor& self,
    int64_t dim,
    OptionalType dtype,
    bool product) {
  dim = maybe_wrap_dim(dim, self.dim());
  const Tensor input = to_sum_dtype(self, dtype);
  Tensor out(at::detail::empty(
      input.sizes(), input.scalar_type(), input.device()));
  if (out.numel() > 0 && !out.is_meta()) {
    const bool is_number = input.dim() == 0;
    cumulate_stub(
        input.device_type(),
        is_number ? out.unsqueeze(0) : out,
        is_number ? input.unsqueeze(0) : input,
        dim,
        product);
  }
  return out;
}

} // namespace

Tensor cumsum(const Tensor& self, int64_t dim, OptionalType dtype) {
  return cumulate(self, dim, dtype, false);
}
Tensor cumprod(const Tensor& self, int64_t dim, OptionalType dtype) {
  return cumulate(self, dim, dtype, true);
}

} // namespace at::native

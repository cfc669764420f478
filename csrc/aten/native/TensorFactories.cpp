// Tensors from nothing: empty, constants, ranges, *_like and new_*.
#include "aten/native/TensorFactories.h"

#include <cmath>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "generated/native/Fill.h"
#include "generated/native/TensorFactories.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(range_stub);
DEFINE_DISPATCH(linspace_stub);
DEFINE_DISPATCH(tril_triu_stub);

using c10::DimVector;
using OptionalFormat = std::optional<c10::MemoryFormat>;

// ------------------------------------------------------------------- empty

Tensor empty(
    IntArrayRef size,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  TORCH_CHECK(
      !options.pinned_memory() || options.device().is_cpu(),
      "Only dense CPU tensors can be pinned");
  const auto format = memory_format.value_or(c10::MemoryFormat::Contiguous);
  if (C10_LIKELY(
          format == c10::MemoryFormat::Contiguous &&
          !options.pinned_memory())) {
    return Tensor(
        at::detail::empty(size, options.dtype(), options.device()));
  }
  TORCH_CHECK(
      format != c10::MemoryFormat::Preserve,
      "empty: memory_format torch.preserve_format is not supported");
  return native::empty_strided(
      size, at::detail::contiguous_strides(size, format), options);
}

Tensor empty_strided(
    IntArrayRef size,
    IntArrayRef stride,
    const TensorOptions& options) {
  if (options.pinned_memory()) {
    TORCH_CHECK(
        options.device().is_cpu(), "Only dense CPU tensors can be pinned");
    return Tensor(at::detail::empty_pinned(size, stride, options.dtype()));
  }
  return Tensor(at::detail::empty_strided(
      size, stride, options.dtype(), options.device()));
}

Tensor empty_permuted(
    IntArrayRef size,
    IntArrayRef physical_layout,
    const TensorOptions& options) {
  const size_t n = size.size();
  TORCH_CHECK(
      physical_layout.size() == n,
      "Number of dimensions in size does not match the length of the "
      "physical_layout; i.e. len(size) = ",
      n,
      " is not equal to len(physical_layout) = ",
      physical_layout.size());
  DimVector strides(n, -1);
  int64_t step = 1;
  for (size_t i = n; i-- > 0;) {
    const int64_t d = physical_layout[i];
    TORCH_CHECK(
        d >= 0 && d < static_cast<int64_t>(n),
        "Dimension out of range (expected to be between 0 and ",
        n - 1,
        ", but got ",
        d,
        " at index ",
        i,
        ").  NB: negative dims not currently supported; file an issue if you "
        "want it.");
    TORCH_CHECK(strides[d] == -1, "Duplicate dim not allowed");
    strides[d] = step;
    step *= std::max<int64_t>(size[d], 1);
  }
  return native::empty_strided(size, strides, options);
}

Tensor empty_like(
    const Tensor& self,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  const auto format = memory_format.value_or(c10::MemoryFormat::Preserve);
  const TensorOptions all = self.options().merge(options);
  if (format != c10::MemoryFormat::Preserve) {
    return native::empty(self.sizes(), all, format);
  }
  if (self.is_contiguous()) {
    return Tensor(
        at::detail::empty(self.sizes(), all.dtype(), all.device()));
  }
  return Tensor(at::detail::empty_strided(
      self.sizes(),
      at::detail::preserved_strides(self),
      all.dtype(),
      all.device()));
}

Tensor new_empty(
    const Tensor& self,
    IntArrayRef size,
    const TensorOptions& options) {
  return native::empty(size, self.options().merge(options), std::nullopt);
}

Tensor new_empty_strided(
    const Tensor& self,
    IntArrayRef size,
    IntArrayRef stride,
    const TensorOptions& options) {
  return native::empty_strided(size, stride, self.options().merge(options));
}

// --------------------------------------------------------------- constants

// A fresh tensor is at version 0: the bodies of fill_ and zero_ are called,
// not the operators, which would count as writes.
static Tensor filled(Tensor result, const Scalar& value) {
  native::fill_(result, value);
  return result;
}
static Tensor zeroed(Tensor result) {
  native::zero_(result);
  return result;
}

Tensor zeros(IntArrayRef size, const TensorOptions& options) {
  for (int64_t n : size) {
    TORCH_CHECK(n >= 0, "zeros: Dimension size must be non-negative.");
  }
  return zeroed(native::empty(size, options, std::nullopt));
}

Tensor ones(IntArrayRef size, const TensorOptions& options) {
  return filled(native::empty(size, options, std::nullopt), 1);
}

// A fill value decides the dtype where none is asked for.
static TensorOptions infer_full_options(
    const Scalar& value,
    const TensorOptions& options) {
  if (options.has_dtype()) {
    return options;
  }
  if (value.is_complex()) {
    return options.dtype(c10::to_complex_type(c10::get_default_dtype()));
  }
  return value.is_floating_point() ? options
                                   : options.dtype(value.type());
}

Tensor full(
    IntArrayRef size,
    const Scalar& fill_value,
    const TensorOptions& options) {
  const TensorOptions inferred = infer_full_options(fill_value, options);
  return filled(native::empty(size, inferred, std::nullopt), fill_value);
}

Tensor scalar_tensor(const Scalar& s, const TensorOptions& options) {
  return filled(native::empty({}, options, std::nullopt), s);
}

Tensor zeros_like(
    const Tensor& self,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  return zeroed(native::empty_like(self, options, memory_format));
}

Tensor ones_like(
    const Tensor& self,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  return filled(native::empty_like(self, options, memory_format), 1);
}

Tensor full_like(
    const Tensor& self,
    const Scalar& fill_value,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  return filled(
      native::empty_like(self, options, memory_format), fill_value);
}

Tensor new_zeros(
    const Tensor& self,
    IntArrayRef size,
    const TensorOptions& options) {
  return zeroed(native::new_empty(self, size, options));
}

Tensor new_ones(
    const Tensor& self,
    IntArrayRef size,
    const TensorOptions& options) {
  return filled(native::new_empty(self, size, options), 1);
}

Tensor new_full(
    const Tensor& self,
    IntArrayRef size,
    const Scalar& fill_value,
    const TensorOptions& options) {
  return filled(native::new_empty(self, size, options), fill_value);
}

// ------------------------------------------------------------------ ranges

namespace {

bool all_integral(std::initializer_list<Scalar> values) {
  for (const Scalar& v : values) {
    if (!v.is_integral(true)) {
      return false;
    }
  }
  return true;
}

void check_range(
    const Scalar& start,
    const Scalar& end,
    const Scalar& step,
    ScalarType dtype) {
  const double from = start.to_double();
  const double to = end.to_double();
  // In an integer dtype the step is an integer too, and may become zero.
  const double by = c10::is_integral_type(dtype, false)
      ? std::trunc(step.to_double())
      : step.to_double();
  TORCH_CHECK(!step.equal(0), "step must be nonzero");
  TORCH_CHECK_VALUE(by != 0, "step must be nonzero");
  TORCH_CHECK(
      std::isfinite(from) && std::isfinite(to),
      "unsupported range: ",
      from,
      " -> ",
      to);
  TORCH_CHECK(
      by > 0 ? to >= from : to <= from,
      "upper bound and lower bound inconsistent with step sign");
}

// ceil((end - start) / step), in integers where all three are or the result
// is int64.
int64_t range_length(
    const Scalar& start,
    const Scalar& end,
    const Scalar& step,
    ScalarType dtype) {
  if (all_integral({start, end, step}) || dtype == kLong) {
    const int64_t from = start.to_long();
    const int64_t to = end.to_long();
    const int64_t by = step.to_long();
    const int64_t sign = by > 0 ? 1 : -1;
    return (to - from + by - sign) / by;
  }
  return static_cast<int64_t>(std::ceil(
      (end.to_double() - start.to_double()) / step.to_double()));
}

TensorOptions range_options(
    const TensorOptions& options,
    std::initializer_list<Scalar> values) {
  return options.has_dtype() || !all_integral(values)
      ? options
      : options.dtype(kLong);
}

} // namespace

Tensor arange(
    const Scalar& start,
    const Scalar& end,
    const Scalar& step,
    const TensorOptions& options) {
  const TensorOptions chosen = range_options(options, {start, end, step});
  check_range(start, end, step, chosen.dtype());
  Tensor result = native::empty(
      {range_length(start, end, step, chosen.dtype())}, chosen, std::nullopt);
  range_stub(result.device_type(), result, start, step, false);
  return result;
}

Tensor& arange_out(
    const Scalar& start,
    const Scalar& end,
    const Scalar& step,
    Tensor& out) {
  check_range(start, end, step, out.scalar_type());
  const int64_t n = range_length(start, end, step, out.scalar_type());
  if (out.numel() != n) {
    out.resize_({n});
  }
  const Tensor dense = out.is_contiguous() ? out : out.contiguous();
  range_stub(out.device_type(), dense, start, step, false);
  return dense.is_same(out) ? out : out.copy_(dense);
}

Tensor& arange_out(const Scalar& end, Tensor& out) {
  return native::arange_out(0, end, 1, out);
}

Tensor arange(
    const Scalar& start,
    const Scalar& end,
    const TensorOptions& options) {
  return native::arange(start, end, 1, options);
}

Tensor arange(const Scalar& end, const TensorOptions& options) {
  return native::arange(0, end, 1, options);
}

Tensor range(
    const Scalar& start,
    const Scalar& end,
    const Scalar& step,
    const TensorOptions& options) {
  TORCH_WARN_ONCE(
      "torch.range is deprecated and will be removed in a future release "
      "because its behavior is inconsistent with Python's range builtin. "
      "Instead, use torch.arange, which produces values in [start, end).");
  check_range(start, end, step, options.dtype());
  const auto n = static_cast<int64_t>(
      (end.to_double() - start.to_double()) / step.to_double() + 1);
  Tensor result = native::empty({n}, options, std::nullopt);
  range_stub(result.device_type(), result, start, step, true);
  return result;
}

Tensor linspace(
    const Scalar& start,
    const Scalar& end,
    int64_t steps,
    const TensorOptions& options) {
  TORCH_CHECK(steps >= 0, "number of steps must be non-negative");
  TensorOptions chosen = options;
  if ((start.is_complex() || end.is_complex()) && !options.has_dtype()) {
    chosen = options.dtype(c10::to_complex_type(c10::get_default_dtype()));
  }
  Tensor result = native::empty({steps}, chosen, std::nullopt);
  linspace_stub(result.device_type(), result, start, end, std::nullopt);
  return result;
}

// A meta tensor has no number to read, and its result is one too.
static Scalar linspace_end(const Tensor& t, const char* what) {
  TORCH_CHECK(
      t.dim() == 0,
      "linspace only supports 0-dimensional start and end tensors, but got ",
      what,
      " with ",
      t.dim(),
      " dimension(s).");
  return t.is_meta() ? Scalar(0) : at::_local_scalar_dense(t);
}
static TensorOptions linspace_options(
    const TensorOptions& options,
    const Tensor& end) {
  return end.is_meta() ? options.device(end.device()) : options;
}

Tensor linspace(
    const Tensor& start,
    const Tensor& end,
    int64_t steps,
    const TensorOptions& options) {
  return at::linspace(
      linspace_end(start, "start"),
      linspace_end(end, "end"),
      steps,
      linspace_options(linspace_options(options, start), end));
}
Tensor linspace(
    const Tensor& start,
    const Scalar& end,
    int64_t steps,
    const TensorOptions& options) {
  return at::linspace(
      linspace_end(start, "start"),
      end,
      steps,
      linspace_options(options, start));
}
Tensor linspace(
    const Scalar& start,
    const Tensor& end,
    int64_t steps,
    const TensorOptions& options) {
  return at::linspace(
      start, linspace_end(end, "end"), steps, linspace_options(options, end));
}

Tensor logspace(
    const Scalar& start,
    const Scalar& end,
    int64_t steps,
    double base,
    const TensorOptions& options) {
  TORCH_CHECK(steps >= 0, "number of steps must be non-negative");
  Tensor result = native::empty({steps}, options, std::nullopt);
  linspace_stub(result.device_type(), result, start, end, base);
  return result;
}

// ---------------------------------------------------------------- matrices

Tensor eye(int64_t n, int64_t m, const TensorOptions& options) {
  TORCH_CHECK(n >= 0, "n must be greater or equal to 0, got ", n);
  TORCH_CHECK(m >= 0, "m must be greater or equal to 0, got ", m);
  Tensor result = native::zeros({n, m}, options);
  filled(result.diagonal(), 1);
  return result;
}

Tensor eye(int64_t n, const TensorOptions& options) {
  return native::eye(n, n, options);
}

static Tensor triangle_indices(
    int64_t row,
    int64_t col,
    int64_t offset,
    const TensorOptions& options,
    bool upper) {
  TORCH_CHECK(row >= 0, "row must be non-negative, got", row);
  TORCH_CHECK(col >= 0, "col must be non-negative, got", col);
  TORCH_CHECK_NOT_IMPLEMENTED(
      !options.has_dtype() || options.dtype() != c10::ScalarType::Bool,
      upper ? "\"triu_indices\"" : "\"tril_indices\"",
      " not implemented for 'Bool'");
  std::vector<int64_t> rows;
  std::vector<int64_t> columns;
  for (int64_t r = 0; r < row; ++r) {
    const int64_t diagonal =
        std::min(std::max<int64_t>(r + offset + (upper ? 0 : 1), 0), col);
    const int64_t first = upper ? diagonal : 0;
    const int64_t last = upper ? col : diagonal;
    for (int64_t c = first; c < last; ++c) {
      rows.push_back(r);
      columns.push_back(c);
    }
  }
  const auto n = static_cast<int64_t>(rows.size());
  Tensor result = native::empty({2, n}, kLong, std::nullopt);
  auto* data = result.data_ptr<int64_t>();
  std::copy(rows.begin(), rows.end(), data);
  std::copy(columns.begin(), columns.end(), data + n);
  return result.to(
      options.device(), options.has_dtype() ? options.dtype() : kLong);
}

Tensor tril_indices(
    int64_t row,
    int64_t col,
    int64_t offset,
    const TensorOptions& options) {
  return triangle_indices(row, col, offset, options, false);
}

Tensor triu_indices(
    int64_t row,
    int64_t col,
    int64_t offset,
    const TensorOptions& options) {
  return triangle_indices(row, col, offset, options, true);
}

static Tensor tril_triu(const Tensor& self, int64_t diagonal, bool upper) {
  TORCH_CHECK(
      self.dim() >= 2,
      upper ? "triu" : "tril",
      ": input tensor must have at least 2 dimensions");
  Tensor result =
      native::empty(self.sizes(), self.options(), std::nullopt);
  tril_triu_stub(self.device_type(), result, self, diagonal, upper);
  return result;
}

Tensor tril(const Tensor& self, int64_t diagonal) {
  return tril_triu(self, diagonal, false);
}
Tensor triu(const Tensor& self, int64_t diagonal) {
  return tril_triu(self, diagonal, true);
}

Tensor complex(const Tensor& real, const Tensor& imag) {
  TORCH_CHECK(
      (real.scalar_type() == kFloat || real.scalar_type() == kDouble ||
       real.scalar_type() == kHalf),
      "Expected both inputs to be Half, Float or Double tensors but got ",
      real.scalar_type(),
      " and ",
      imag.scalar_type());
  TORCH_CHECK(
      real.scalar_type() == imag.scalar_type(),
      "Expected object of scalar type ",
      real.scalar_type(),
      " but got scalar type ",
      imag.scalar_type(),
      " for second argument");
  const std::vector<Tensor> parts = at::broadcast_tensors({real, imag});
  Tensor result = native::empty(
      parts[0].sizes(),
      real.options().dtype(c10::to_complex_type(real.scalar_type())),
      std::nullopt);
  const Tensor pairs = at::view_as_real(result);
  pairs.select(-1, 0).copy_(parts[0]);
  pairs.select(-1, 1).copy_(parts[1]);
  return result;
}

} // namespace at::native

// gather and scatter: one element per element of the index tensor.
#include <algorithm>

#include "aten/EmptyTensor.h"
#include "aten/WrapDimUtils.h"
#include "aten/native/DerivedForms.h"
#include "aten/native/Indexing.h"
#include "generated/native/Indexing.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Slicing.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

DEFINE_DISPATCH(gather_stub);
DEFINE_DISPATCH(scatter_stub);

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

void check_gather_sizes(
    const Tensor& self,
    int64_t dim,
    const Tensor& index) {
  for (int64_t d = 0; d < std::min(index.dim(), self.dim()); ++d) {
    TORCH_CHECK(
        d == dim || index.sizes()[d] <= self.sizes()[d],
        "Size does not match at dimension ",
        d,
        " expected index ",
        index.sizes(),
        " to be no larger than self ",
        self.sizes(),
        " apart from dimension ",
        dim);
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
    check_gather_sizes(self, dim, index);
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

Tensor& gather_out(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    bool sparse_grad,
    Tensor& out) {
  check_out_type(out, self.scalar_type());
  check_out_memory(out, {self, index});
  return copy_to_out(
      "gather", out, native::gather(self, dim, index, sparse_grad));
}

namespace {

// A 0-d src is one value for all places.
void check_scatter_sizes(
    const Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src) {
  const bool one_value = src.dim() == 0;
  TORCH_CHECK(
      one_value || src.dim() == index.dim(),
      "Index tensor must have the same number of dimensions as src tensor");
  for (int64_t d = 0; d < index.dim(); ++d) {
    const int64_t size = index.sizes()[d];
    if ((d == dim || size <= self.sizes()[d]) &&
        (one_value || size <= src.sizes()[d])) {
      continue;
    }
    std::string text = c10::str(
        "Expected index ",
        index.sizes(),
        " to be no larger than self ",
        self.sizes(),
        " apart from dimension ",
        dim);
    if (!one_value) {
      text += c10::str(" and to be no larger size than src ", src.sizes());
    }
    TORCH_CHECK(false, text);
  }
}

Tensor& scatter_into(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src,
    ScatterReduce reduce) {
  dim = maybe_wrap_dim(dim, self.dim());
  check_gather_scatter("scatter", self, dim, index);
  TORCH_CHECK(
      self.scalar_type() == src.scalar_type(),
      "scatter(): Expected self.dtype to be equal to src.dtype");
  if (index.numel() == 0 || self.is_meta()) {
    return self;
  }
  check_scatter_sizes(self, dim, index, src);
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
  return scatter_into(self, dim, index, src, ScatterReduce::Assign);
}
Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value) {
  return scatter_into(
      self, dim, index, one_value(self, value), ScatterReduce::Assign);
}
Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src,
    std::string_view reduce) {
  return scatter_into(self, dim, index, src, parse_reduce(reduce));
}
Tensor& scatter_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Scalar& value,
    std::string_view reduce) {
  return scatter_into(
      self, dim, index, one_value(self, value), parse_reduce(reduce));
}
Tensor& scatter_add_(
    Tensor& self,
    int64_t dim,
    const Tensor& index,
    const Tensor& src) {
  return scatter_into(self, dim, index, src, ScatterReduce::Add);
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

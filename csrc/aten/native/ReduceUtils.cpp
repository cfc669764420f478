#include "aten/native/ReduceUtils.h"

#include <algorithm>
#include <numeric>

#include "aten/EmptyTensor.h"
#include "generated/ops/TensorShape.h"

namespace at::native {

using c10::DimVector;

DimMask make_dim_mask(OptionalIntArrayRef dims, int64_t ndim) {
  DimMask mask;
  if (!dims || dims->empty()) {
    return mask.set();
  }
  for (int64_t d : *dims) {
    const auto dim = static_cast<size_t>(maybe_wrap_dim(d, ndim));
    TORCH_CHECK(
        !mask[dim], "dim ", dim, " appears multiple times in the list of dims");
    mask[dim] = true;
  }
  return mask;
}

DimVector reduced_shape(const Tensor& self, const DimMask& mask, bool keepdim) {
  DimVector shape;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    if (!mask[d]) {
      shape.push_back(self.sizes()[d]);
    } else if (keepdim) {
      shape.push_back(1);
    }
  }
  return shape;
}

int64_t count_reduced(const Tensor& self, const DimMask& mask) {
  int64_t count = 1;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    count *= mask[d] ? self.sizes()[d] : 1;
  }
  return count;
}

namespace {

// Appends a dimension, merging it into the one before it (its outer
// neighbour) where that walks memory the same way.
void push_dim(
    DimVector& sizes,
    DimVector& strides,
    int64_t size,
    int64_t stride) {
  if (!sizes.empty() && strides.back() == size * stride) {
    sizes.back() *= size;
    strides.back() = stride;
  } else {
    sizes.push_back(size);
    strides.push_back(stride);
  }
}

// The order of reduced elements is free: largest stride outermost.
void sort_reduced(DimVector& sizes, DimVector& strides) {
  DimVector order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return strides[a] > strides[b];
  });
  DimVector merged_sizes;
  DimVector merged_strides;
  for (int64_t i : order) {
    push_dim(merged_sizes, merged_strides, sizes[i], strides[i]);
  }
  sizes = merged_sizes;
  strides = merged_strides;
}

} // namespace

ReducePlan make_reduce_plan(const Tensor& self, const DimMask& mask) {
  ReducePlan plan;
  for (size_t d = 0; d < self.sizes().size(); ++d) {
    const int64_t size = self.sizes()[d];
    const int64_t stride = self.strides()[d];
    (mask[d] ? plan.count : plan.outputs) *= size;
    if (size == 1) {
      continue;
    }
    if (mask[d]) {
      plan.reduced_sizes.push_back(size);
      plan.reduced_strides.push_back(stride);
    } else {
      push_dim(plan.kept_sizes, plan.kept_strides, size, stride);
    }
  }
  if (plan.reduced_sizes.size() > 1) {
    sort_reduced(plan.reduced_sizes, plan.reduced_strides);
  }
  return plan;
}

Tensor reduce(
    const Tensor& self,
    const DimMask& mask,
    bool keepdim,
    ReduceKind kind,
    const Tensor& shift,
    double p) {
  Tensor out(at::detail::empty(
      reduced_shape(self, mask, keepdim), self.scalar_type(), self.device()));
  if (out.numel() > 0) {
    const TensorBase* shifts = shift.defined() ? &shift : nullptr;
    reduce_stub(
        self.device_type(),
        out,
        self,
        make_reduce_plan(self, mask),
        kind,
        shifts,
        p);
  }
  return out;
}

Tensor reduce_ordered(
    const Tensor& self,
    const DimMask& mask,
    bool keepdim,
    ReduceKind kind) {
  if (self.scalar_type() != kBool) {
    return reduce(self, mask, keepdim, kind);
  }
  Tensor result = reduce(self.view(kByte), mask, keepdim, kind);
  result.unsafe_impl()->set_dtype(kBool);
  return result;
}

} // namespace at::native

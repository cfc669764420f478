// matmul and what is built like it (linear, outer, inner): compositions of mm,
// mv, dot and bmm. Which of them runs shows in grad_fn, so the choice follows
// PyTorch's, case by case.
#include "aten/ExpandUtils.h"
#include "aten/core/Tensor.h"
#include "generated/native/LinearAlgebra.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Copy.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

Tensor transposed_matrices(const Tensor& t) {
  return t.transpose(-2, -1);
}

// Whether all dimensions but the last collapse into one without a copy.
bool rows_collapse(const Tensor& t) {
  for (int64_t d = 0; d + 2 < t.dim(); ++d) {
    if (t.strides()[d] != t.strides()[d + 1] * t.sizes()[d + 1]) {
      return false;
    }
  }
  return true;
}

// A batch times a single matrix or vector can be one product over all rows
// of the batch, instead of one product per batch entry.
bool should_fold(const Tensor& self, const Tensor& other) {
  const bool self_larger = self.dim() >= other.dim();
  const Tensor larger = self_larger ? self : transposed_matrices(other);
  const Tensor& smaller = self_larger ? other : self;
  if (larger.dim() < 3 || smaller.dim() > 2) {
    return false;
  }
  if (smaller.requires_grad()) {
    return true; // its gradient would otherwise be as large as the batch
  }
  // A matrix on the left would have its result transposed by a copy.
  return self.dim() != 2 && (larger.numel() == 0 || rows_collapse(larger));
}

Tensor matmul_folded(const Tensor& self, const Tensor& other) {
  const bool transposed = self.dim() < other.dim();
  const Tensor batch = transposed ? transposed_matrices(other) : self;
  const Tensor single = !transposed ? other
      : self.dim() == 2             ? self.t()
                                    : self;
  DimVector shape(batch.sizes().slice(0, batch.sizes().size() - 1));
  int64_t rows = 1;
  for (int64_t size : shape) {
    rows *= size;
  }
  const Tensor flat = batch.reshape({rows, batch.sizes().back()});
  if (single.dim() == 1) {
    return at::_unsafe_view(at::mv(flat, single), shape);
  }
  shape.push_back(single.sizes()[1]);
  const Tensor product = at::_unsafe_view(at::mm(flat, single), shape);
  return transposed ? transposed_matrices(product).contiguous() : product;
}

// Both operands expanded to the common batch shape, then bmm.
Tensor matmul_batched(const Tensor& self, const Tensor& other) {
  const Tensor& a = self;
  const Tensor& b = other;
  const int64_t n = a.dim() > 1 ? a.size(-2) : 1;
  const int64_t inner = a.size(-1);
  const int64_t inner2 = b.dim() > 1 ? b.size(-2) : b.size(-1);
  const int64_t p = b.dim() > 1 ? b.size(-1) : 1;
  const auto batch_of = [](const Tensor& t) {
    const size_t d = t.sizes().size();
    return t.sizes().slice(0, d > 2 ? d - 2 : 0);
  };
  const DimVector batch = infer_size(batch_of(a), batch_of(b));
  int64_t count = 1;
  for (int64_t size : batch) {
    count *= size;
  }
  DimVector a_shape = batch, b_shape = batch, shape = batch;
  a_shape.push_back(n);
  a_shape.push_back(inner);
  b_shape.push_back(inner2);
  const Tensor a3 =
      a.expand(a_shape).reshape({count, n, inner});
  Tensor product;
  if (b.dim() == 1) {
    const Tensor b2 = b.expand(b_shape).reshape({count, inner2});
    product = at::bmm(a3, b2.unsqueeze(2)).squeeze(-1);
  } else {
    b_shape.push_back(p);
    product = at::bmm(a3, b.expand(b_shape).reshape({count, inner2, p}));
  }
  if (a.dim() > 1) {
    shape.push_back(n);
  }
  if (b.dim() > 1) {
    shape.push_back(p);
  }
  return at::_unsafe_view(product, shape);
}

// (1, n, m) beside a batch of matrices is one matrix.
bool is_lone_matrix(const Tensor& t, const Tensor& batch) {
  return t.dim() == 3 && batch.dim() == 3 && t.sizes()[0] == 1 &&
      batch.sizes()[0] > 1 && t.requires_grad();
}

} // namespace

Tensor matmul(const Tensor& self, const Tensor& other) {
  const int64_t d1 = self.dim();
  const int64_t d2 = other.dim();
  if (C10_LIKELY(d1 == 2 && d2 == 2)) {
    return at::mm(self, other);
  }
  TORCH_CHECK(
      d1 != 0 && d2 != 0,
      "both arguments to matmul need to be at least 1D, but they are ",
      d1,
      "D and ",
      d2,
      "D");
  if (d1 == 1 && d2 == 1) {
    return at::dot(self, other);
  }
  if (d1 == 2 && d2 == 1) {
    return at::mv(self, other);
  }
  if (d1 == 1 && d2 == 2) {
    return at::mm(self.unsqueeze(0), other).squeeze_(0);
  }
  if (is_lone_matrix(self, other)) {
    return matmul_folded(self.squeeze(0), other);
  }
  if (is_lone_matrix(other, self)) {
    return matmul_folded(self, other.squeeze(0));
  }
  return should_fold(self, other) ? matmul_folded(self, other)
                                  : matmul_batched(self, other);
}

Tensor linear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (!bias.defined()) {
    return at::matmul(input, weight.t());
  }
  if (input.dim() == 2) {
    return at::addmm(bias, input, weight.t());
  }
  if (input.dim() > 0 && input.is_contiguous() && input.numel() != 0) {
    const Tensor flat = input.reshape({-1, input.size(-1)});
    DimVector shape(input.sizes());
    shape.back() = weight.dim() > 0 ? weight.sizes()[0] : 1;
    return at::addmm(bias, flat, weight.t()).view(shape);
  }
  Tensor result = at::matmul(input, weight.t());
  return result.add_(bias);
}

Tensor outer(const Tensor& self, const Tensor& vec2) {
  TORCH_CHECK(
      self.dim() == 1,
      "outer: Expected 1-D argument self, but got ",
      self.dim(),
      "-D");
  TORCH_CHECK(
      vec2.dim() == 1,
      "outer: Expected 1-D argument vec2, but got ",
      vec2.dim(),
      "-D");
  return at::mul(self.reshape({self.sizes()[0], 1}), vec2);
}

Tensor inner(const Tensor& self, const Tensor& other) {
  if (self.dim() == 0 || other.dim() == 0) {
    return at::mul(self, other);
  }
  const int64_t k = self.size(-1);
  TORCH_CHECK(
      k == other.size(-1),
      "inner() the last dimension must match on both input tensors but got "
      "shapes ",
      self.sizes(),
      " and ",
      other.sizes());
  return at::tensordot(self, other, {-1}, {-1});
}

// out[o] = input1^T weight[o] input2 + bias[o], over the last dimensions.
Tensor bilinear(
    const Tensor& input1,
    const Tensor& input2,
    const Tensor& weight,
    const Tensor& bias) {
  TORCH_CHECK(
      input1.dim() == input2.dim(),
      "bilinear(): input dimensions do not match: got ",
      input1.dim(),
      " and ",
      input2.dim());
  for (int64_t d = 0; d + 1 < input1.dim(); ++d) {
    TORCH_CHECK(
        input1.sizes()[d] == input2.sizes()[d],
        "bilinear(): input batch dimensions do not match at dim ",
        d,
        ": got ",
        input1.sizes()[d],
        " and ",
        input2.sizes()[d]);
  }
  TORCH_CHECK(
      input1.size(-1) == weight.size(1),
      "bilinear(): input1 size does not match weight size: got ",
      input1.size(-1),
      " but expected ",
      weight.size(1));
  TORCH_CHECK(
      input2.size(-1) == weight.size(2),
      "bilinear(): input2 size does not match weight size: got ",
      input2.size(-1),
      " but expected ",
      weight.size(2));
  TORCH_CHECK(
      !bias.defined() || bias.size(0) == weight.size(0),
      "bilinear(): bias size does not match weight size: got ",
      bias.size(0),
      " but expected ",
      weight.size(0));
  const int64_t outputs = weight.size(0);
  const int64_t n = weight.size(1);
  const int64_t m = weight.size(2);
  // (1, rows, n) times (1, n, outputs m): a left factor for every row, which
  // (rows, outputs, m) times (rows, m, 1) meets with that of input2.
  const Tensor flat = weight.permute({1, 0, 2}).reshape({1, n, outputs * m});
  const Tensor left = at::bmm(input1.reshape({1, -1, n}), flat);
  const Tensor right = input2.reshape({-1, m, 1});
  DimVector shape(input1.sizes());
  shape.back() = outputs;
  const Tensor out =
      at::bmm(left.reshape({-1, outputs, m}), right).reshape(shape);
  return bias.defined() ? at::add(out, bias) : out;
}

} // namespace at::native

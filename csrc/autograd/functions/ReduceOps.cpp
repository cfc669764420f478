#include "autograd/functions/ReduceOps.h"

#include <cmath>
#include <limits>

#include "aten/WrapDimUtils.h"
#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Joining.h"
#include "generated/ops/TensorFactories.h"

namespace torch::autograd {

using at::DimVector;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool reduces_all(OptionalIntArrayRef dims) { return !dims || dims->empty(); }

bool any_true(const Tensor& mask) {
  return at::item<bool>(mask.any(std::nullopt, false));
}

// The products of what precedes each element along dim:
// 1, x0, x0*x1, ...
Tensor exclusive_cumprod(const Tensor& x, int64_t dim) {
  const int64_t n = x.size(dim);
  const Tensor one = at::ones_like(x.narrow(dim, 0, 1));
  return at::cat({one, x.narrow(dim, 0, n - 1)}, dim).cumprod(dim);
}

// prod of all x_j but x_i, without dividing by an x_i that may be zero.
Tensor product_of_others(const Tensor& x, int64_t dim) {
  const Tensor before = exclusive_cumprod(x, dim);
  const Tensor after = exclusive_cumprod(x.flip({dim}), dim).flip({dim});
  return (before * after).conj();
}

} // namespace

// -------------------------------------------------------------------- shapes

Tensor restore_reduced_dims(
    const Tensor& x,
    OptionalIntArrayRef dims,
    bool keepdim) {
  if (keepdim || reduces_all(dims)) {
    return x;
  }
  const auto ndim = static_cast<int64_t>(dims->size()) + x.dim();
  const at::DimMask reduced = at::dim_list_to_bitset(*dims, ndim);
  DimVector sizes;
  size_t next = 0;
  for (size_t d = 0; d < static_cast<size_t>(ndim); ++d) {
    sizes.push_back(reduced[d] ? 1 : x.sizes()[next++]);
  }
  return x.reshape(sizes);
}

Tensor expand_reduced(
    const Tensor& x,
    IntArrayRef sizes,
    OptionalIntArrayRef dims,
    bool keepdim) {
  // A tensor without dimensions accepts dim=0 but has none to lose.
  if (sizes.empty()) {
    return x;
  }
  return restore_reduced_dims(x, dims, keepdim).expand(sizes);
}

int64_t count_reduced(IntArrayRef sizes, OptionalIntArrayRef dims) {
  int64_t count = 1;
  if (reduces_all(dims)) {
    for (int64_t size : sizes) {
      count *= size;
    }
  } else if (!sizes.empty()) {
    for (int64_t d : *dims) {
      const auto ndim = static_cast<int64_t>(sizes.size());
      count *= sizes[static_cast<size_t>(at::maybe_wrap_dim(d, ndim))];
    }
  }
  return count;
}

// ------------------------------------------------------------------ products

// d(prod x)/dx_i = prod of the other x_j = prod / x_i where x_i != 0
Tensor prod_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result) {
  if (self.dim() == 0) {
    return grad;
  }
  if (self.is_meta() || any_true(self == 0)) {
    const Tensor flat = self.reshape({-1});
    return grad * product_of_others(flat, 0).reshape(self.sizes());
  }
  return grad * (result / self).conj();
}

Tensor prod_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result,
    int64_t dim,
    bool keepdim) {
  if (self.dim() == 0) {
    return grad;
  }
  const Tensor full_grad = restore_reduced_dims(grad, dim, keepdim);
  if (self.is_meta() || any_true(self == 0)) {
    return self.numel() == 0 ? at::zeros_like(self)
                             : full_grad * product_of_others(self, dim);
  }
  return full_grad *
      (restore_reduced_dims(result, dim, keepdim) / self).conj();
}

// ------------------------------------------------------------------ extremes

// The elements that equal the extreme share its gradient evenly; a NaN
// result comes from the NaN elements.
Tensor evenly_distribute_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& value) {
  const Tensor mask = (self == value) | ((self != self) & (value != value));
  const Tensor share = grad / mask.sum();
  return share.expand(self.sizes()).masked_fill(!mask, 0);
}

// The element that was picked gets the gradient.
Tensor value_selecting_reduction_backward(
    const Tensor& grad,
    int64_t dim,
    const Tensor& indices,
    IntArrayRef sizes,
    bool keepdim) {
  const bool restore = !keepdim && !sizes.empty();
  return at::zeros(sizes, grad.options())
      .scatter(
          dim,
          restore ? indices.unsqueeze(dim) : indices,
          restore ? grad.unsqueeze(dim) : grad);
}

// grad / count where mask, count being the number of hits along dims.
Tensor scale_grad_by_count(
    const Tensor& grad,
    const Tensor& mask,
    IntArrayRef dims) {
  return (grad * mask) / mask.sum(dims, /*keepdim=*/true);
}

// ------------------------------------------------------------------- moments

// d var/dx_i = 2 (x_i - mean) / (N - correction)
Tensor var_backward(
    const Tensor& grad,
    const Tensor& self,
    OptionalIntArrayRef dims,
    const std::optional<Scalar>& correction,
    bool keepdim) {
  const bool all = self.dim() == 0 || reduces_all(dims);
  const double count =
      static_cast<double>(all ? self.numel() : count_reduced(self.sizes(), dims));
  const double freedom = count - correction.value_or(1).to_double();
  const Tensor mean = all ? self.mean() : self.mean(dims, /*keepdim=*/true);
  const Tensor full_grad =
      all ? grad : restore_reduced_dims(grad, dims, keepdim);
  if (freedom <= 0) {
    // 0/0 where x is its own mean, x/0 elsewhere.
    const Tensor slope = at::full_like(self, kInfinity)
                             .masked_fill(self == mean, std::nan(""));
    return full_grad * slope;
  }
  return (2.0 / freedom) * full_grad * (self - mean);
}

// std = sqrt(var), so d std = d var / (2 std); zero at std = 0.
Tensor std_backward(
    const Tensor& result,
    const Tensor& grad,
    const Tensor& self,
    OptionalIntArrayRef dims,
    const std::optional<Scalar>& correction,
    bool keepdim) {
  const Tensor grad_var = (grad / (result * 2)).masked_fill(result == 0, 0);
  return var_backward(grad_var, self, dims, correction, keepdim);
}

// --------------------------------------------------------------------- norms

// |x|_p = (sum |x_i|^p)^(1/p);  d|x|_p/dx_i = sgn(x_i) (|x_i| / |x|_p)^(p-1).
// Where the norm is zero the subgradient zero is taken.
Tensor norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const std::optional<Scalar>& p_opt,
    const Tensor& norm) {
  const double p = p_opt.value_or(2.0).to_double();
  if (p == 0) {
    return at::zeros_like(self);
  }
  if (p == 1) {
    return self.sgn() * grad;
  }
  if (p == 2) {
    return grad * (self / norm).masked_fill(norm == 0, 0);
  }
  if (p < 1) {
    const Tensor powers = (self.sgn() * self.abs().pow(p - 1))
                              .masked_fill(self == 0, 0);
    return powers * grad * norm.pow(1 - p);
  }
  const Tensor powers = p < 2 ? self.sgn() * self.abs().pow(p - 1)
                              : self * self.abs().pow(p - 2);
  const Tensor scale = (grad / norm.pow(p - 1)).masked_fill(norm == 0, 0);
  return powers * scale;
}

namespace {

// max |x_i|: those that reach it share the gradient.
Tensor infinity_norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& norm,
    OptionalIntArrayRef dims) {
  const Tensor size = self.abs();
  const Tensor mask = (size == norm) | ((size != size) & (norm != norm));
  const Tensor hits = reduces_all(dims)
      ? mask.sum()
      : mask.sum(dims, /*keepdim=*/true);
  return self.sgn() * ((grad / hits) * mask);
}

} // namespace

Tensor norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const std::optional<Scalar>& p,
    const Tensor& norm,
    OptionalIntArrayRef dims,
    bool keepdim) {
  return linalg_vector_norm_backward(
      grad, self, p.value_or(2.0), norm, dims, keepdim);
}

Tensor linalg_vector_norm_backward(
    const Tensor& grad,
    const Tensor& self,
    const Scalar& ord,
    const Tensor& norm,
    OptionalIntArrayRef dims,
    bool keepdim) {
  const bool restore = self.dim() != 0;
  const Tensor full_grad =
      restore ? restore_reduced_dims(grad, dims, keepdim) : grad;
  const Tensor full_norm =
      restore ? restore_reduced_dims(norm, dims, keepdim) : norm;
  if (std::isinf(ord.to_double())) {
    return infinity_norm_backward(full_grad, self, full_norm, dims);
  }
  return norm_backward(full_grad, self, ord, full_norm);
}

// d log(sum exp x)/dx_i = exp(x_i) / sum exp x = exp(x_i - result)
Tensor logsumexp_backward(
    const Tensor& grad,
    const Tensor& self,
    const Tensor& result,
    OptionalIntArrayRef dims,
    bool keepdim) {
  const bool restore = self.dim() != 0;
  const Tensor full_grad =
      restore ? restore_reduced_dims(grad, dims, keepdim) : grad;
  const Tensor full_result =
      restore ? restore_reduced_dims(result, dims, keepdim) : result;
  return full_grad * (self - full_result).exp().conj();
}

// ------------------------------------------------- running sums and products

// y_j = sum_{i<=j} x_i, so dx_i = sum_{j>=i} dy_j: a running sum from the end.
Tensor cumsum_backward(const Tensor& grad, int64_t dim) {
  if (grad.dim() == 0 || grad.size(dim) == 1) {
    return grad;
  }
  return grad.flip({dim}).cumsum(dim).flip({dim});
}

// y_j = prod_{i<=j} x_i, so dx_k = sum_{j>=k} dy_j y_j / x_k; with zeros among
// the x each product is formed without x_k instead.
Tensor cumprod_backward(
    const Tensor& grad,
    const Tensor& self,
    int64_t dim,
    const Tensor& result) {
  if (self.numel() <= 1) {
    return grad;
  }
  if (!self.is_meta() && !any_true(self == 0)) {
    return cumsum_backward(grad * result.conj(), dim) / self.conj();
  }
  const int64_t n = self.size(dim);
  const Tensor factors = self.conj();
  const Tensor before = exclusive_cumprod(factors, dim);
  std::vector<Tensor> parts;
  for (int64_t k = 0; k < n; ++k) {
    Tensor sum = grad.narrow(dim, k, 1);
    if (k + 1 < n) {
      const Tensor after = factors.narrow(dim, k + 1, n - k - 1).cumprod(dim);
      const Tensor later = grad.narrow(dim, k + 1, n - k - 1) * after;
      sum = sum + later.sum(dim, /*keepdim=*/true);
    }
    parts.push_back(before.narrow(dim, k, 1) * sum);
  }
  return at::cat(parts, dim);
}

} // namespace torch::autograd

// scaled_dot_product_attention (A. Vaswani et al.: Attention is all you need,
// 2017, equation 1): softmax(q k^T scale + mask) v.
#include <cmath>
#include <limits>

#include "aten/core/Tensor.h"
#include "generated/native/Attention.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Dropout.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/LinearAlgebra.h"
#include "generated/ops/LogicalOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/SoftMax.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

void check_attention(
    const Tensor& query,
    const Tensor& key,
    const Tensor& value,
    const Tensor& mask,
    bool is_causal) {
  TORCH_CHECK(
      query.scalar_type() == key.scalar_type() &&
          query.scalar_type() == value.scalar_type(),
      "Expected query, key, and value to have the same dtype, but got "
      "query.dtype: ",
      c10::cpp_type_name(query.scalar_type()),
      " key.dtype: ",
      c10::cpp_type_name(key.scalar_type()),
      " and value.dtype: ",
      c10::cpp_type_name(value.scalar_type()),
      " instead.");
  TORCH_CHECK(
      query.dim() >= 2 && key.dim() >= 2 && value.dim() >= 2,
      "Expected query, key, and value to all be  at least 2 dimensional, but "
      "got query.dim: ",
      query.dim(),
      " key.dim: ",
      key.dim(),
      " and value.dim: ",
      value.dim(),
      " instead.");
  if (!mask.defined()) {
    return;
  }
  TORCH_CHECK(
      mask.scalar_type() == c10::ScalarType::Bool ||
          mask.scalar_type() == c10::ScalarType::Float ||
          mask.scalar_type() == query.scalar_type(),
      "Expected attn_mask dtype to be bool or float or to match query dtype, "
      "but got attn_mask.dtype: ",
      c10::cpp_type_name(mask.scalar_type()),
      " and  query.dtype: ",
      c10::cpp_type_name(query.scalar_type()),
      " instead.");
  TORCH_CHECK(
      !is_causal,
      "_scaled_dot_product_attention: Explicit attn_mask should not be set "
      "when is_causal=True");
}

// Every head of `t` stands for several heads of the query.
Tensor repeat_heads(const Tensor& t, const Tensor& query) {
  const int64_t heads = t.size(-3);
  const int64_t wanted = query.size(-3);
  if (heads == wanted) {
    return t;
  }
  TORCH_CHECK(
      heads != 0 && wanted % heads == 0,
      "Number of heads in key and value must divide the number of heads in "
      "query.");
  DimVector shape(t.sizes());
  shape.insert(shape.end() - 2, wanted / heads);
  DimVector flat(t.sizes());
  flat[flat.size() - 3] = wanted;
  return t.unsqueeze(-3).expand(shape).reshape(flat);
}

// A row without a single key gives zeros, not NaN.
Tensor safe_softmax(const Tensor& scores) {
  const Tensor probabilities = at::softmax(scores, -1);
  const Tensor hidden = at::all(at::eq(scores, kMinusInfinity), -1, true);
  return probabilities.masked_fill(hidden, 0.0);
}

} // namespace

Tensor scaled_dot_product_attention(
    const Tensor& query,
    const Tensor& key,
    const Tensor& value,
    const Tensor& attn_mask,
    double dropout_p,
    bool is_causal,
    std::optional<double> scale,
    bool enable_gqa) {
  check_attention(query, key, value, attn_mask, is_causal);
  const Tensor k = enable_gqa ? repeat_heads(key, query) : key;
  const Tensor v = enable_gqa ? repeat_heads(value, query) : value;
  // Half of the factor on each side keeps the product small in 16-bit types.
  const double factor = std::sqrt(
      scale.value_or(1.0 / std::sqrt(static_cast<double>(query.size(-1)))));
  Tensor scores = at::matmul(
      at::mul(query, factor), at::mul(k.transpose(-2, -1), factor));
  if (is_causal) {
    const TensorOptions bools =
        query.options().dtype(c10::ScalarType::Bool);
    const Tensor later =
        at::ones({query.size(-2), k.size(-2)}, bools).tril().logical_not();
    scores = scores.masked_fill(later, kMinusInfinity);
  } else if (attn_mask.defined()) {
    scores = attn_mask.scalar_type() == c10::ScalarType::Bool
        ? scores.masked_fill(attn_mask.logical_not(), kMinusInfinity)
        : at::add(scores, attn_mask);
  }
  Tensor weights = attn_mask.defined() ? safe_softmax(scores)
                                       : at::softmax(scores, -1);
  if (dropout_p > 0) {
    weights = at::dropout(weights, dropout_p, true);
  }
  return at::matmul(weights, v);
}

} // namespace at::native

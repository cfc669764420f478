// Numbers and truths out of tensors.
#include "aten/core/Tensor.h"
#include "generated/native/Item.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"
#include "generated/ops/LogicalOps.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {

Scalar _local_scalar_dense_cpu(const Tensor& self) {
  switch (self.scalar_type()) {
#define CASE(T, Name)          \
  case ScalarType::Name:       \
    return Scalar(*static_cast<const T*>(self.data_ptr()));
    C10_FORALL_SCALAR_TYPES(CASE)
#undef CASE
    default:
      TORCH_CHECK(false, "_local_scalar_dense: unsupported dtype");
  }
}

Scalar _local_scalar_dense_meta(const Tensor& self) {
  TORCH_CHECK(
      false, "Tensor.item() cannot be called on meta tensors");
}

Scalar item(const Tensor& self) {
  TORCH_CHECK(
      self.numel() == 1,
      "a Tensor with ",
      self.numel(),
      " elements cannot be converted to Scalar");
  return at::_local_scalar_dense(self);
}

bool is_nonzero(const Tensor& self) {
  TORCH_CHECK(
      self.numel() != 0,
      "Boolean value of Tensor with no values is ambiguous");
  TORCH_CHECK(
      self.numel() < 2,
      "Boolean value of Tensor with more than one value is ambiguous");
  const Scalar value = self.item();
  return value.is_complex() ? value.to_complex_double() != c10::complex<double>(0)
                            : value.to_bool();
}

bool is_same_size(const Tensor& self, const Tensor& other) {
  return self.sizes() == other.sizes();
}

bool equal(const Tensor& self, const Tensor& other) {
  TORCH_CHECK(
      self.device() == other.device(),
      "Cannot compare two tensors on different devices. Got: ",
      self.device(),
      " and ",
      other.device());
  if (self.sizes() != other.sizes()) {
    return false;
  }
  c10::NoGradGuard no_grad;
  return self.numel() == 0 || at::eq(self, other).all().item().to_bool();
}

// |self - other| <= atol + rtol |other|, and equal infinities.
Tensor isclose(
    const Tensor& self,
    const Tensor& other,
    double rtol,
    double atol,
    bool equal_nan) {
  TORCH_CHECK(
      self.scalar_type() == other.scalar_type(),
      self.scalar_type(),
      " did not match ",
      other.scalar_type());
  TORCH_CHECK(
      rtol >= 0, "rtol must be greater than or equal to zero, but got ", rtol);
  TORCH_CHECK(
      atol >= 0, "atol must be greater than or equal to zero, but got ", atol);
  c10::NoGradGuard no_grad;
  Tensor close = at::eq(self, other);
  const bool floats = self.is_floating_point() || self.is_complex();
  if (equal_nan && floats) {
    close = at::logical_or(
        close, at::logical_and(at::isnan(self), at::isnan(other)));
  }
  if (rtol == 0 && atol == 0) {
    return close;
  }
  const Tensor a = floats ? self : self.to(c10::get_default_dtype());
  const Tensor b = floats ? other : other.to(c10::get_default_dtype());
  const Tensor allowed = at::add(at::abs(at::mul(b, rtol)), atol);
  const Tensor actual = at::abs(at::sub(a, b));
  return at::logical_or(
      close,
      at::logical_and(at::isfinite(actual), at::le(actual, allowed)));
}

bool allclose(
    const Tensor& self,
    const Tensor& other,
    double rtol,
    double atol,
    bool equal_nan) {
  return at::isclose(self, other, rtol, atol, equal_nan)
      .all()
      .item()
      .to_bool();
}

} // namespace at::native

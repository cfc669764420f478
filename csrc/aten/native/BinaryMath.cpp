// Functions of two tensors beyond arithmetic: checks, ldexp.
#include "aten/native/BinaryMath.h"

#include "generated/native/BinaryMath.h"
#include "generated/ops/BinaryMath.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Pow.h"

namespace at::native {

DEFINE_DISPATCH(atan2_stub);
DEFINE_DISPATCH(hypot_stub);
DEFINE_DISPATCH(nextafter_stub);
DEFINE_DISPATCH(copysign_stub);
DEFINE_DISPATCH(heaviside_stub);
DEFINE_DISPATCH(logaddexp_stub);
DEFINE_DISPATCH(logaddexp2_stub);
DEFINE_DISPATCH(xlogy_stub);
DEFINE_DISPATCH(special_xlog1py_stub);
DEFINE_DISPATCH(gcd_stub);
DEFINE_DISPATCH(lcm_stub);

void heaviside_check(const Tensor& self, const Tensor& values) {
  TORCH_CHECK(
      !self.is_complex() && !values.is_complex(),
      "heaviside is not yet implemented for complex tensors.");
  TORCH_CHECK(
      self.scalar_type() == values.scalar_type(),
      "heaviside is not yet implemented for tensors with different dtypes.");
}

// self * 2^other
Tensor ldexp(const Tensor& self, const Tensor& other) {
  return at::mul(self, at::pow(Scalar(2.0), other));
}
Tensor& ldexp_(Tensor& self, const Tensor& other) {
  return self.mul_(at::pow(Scalar(2.0), other));
}

} // namespace at::native

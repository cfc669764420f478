#include "autograd/functions/UnaryOps.h"

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/PointwiseOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/UnaryOps.h"

namespace torch::autograd {

Tensor sgn_backward(
    const Tensor& self,
    const Tensor& grad,
    const Tensor& sgn) {
  if (!self.is_complex()) {
    return at::zeros_like(self);
  }
  const Tensor size = self.abs();
  const Tensor along = at::real(grad * sgn.conj());
  const Tensor across = (grad - along * sgn) / size;
  return at::where(at::eq(size, Scalar(0)), at::zeros_like(across), across);
}

// angle(z) = atan2(y, x): d = (-y, x) / |z|^2. A real number's is constant.
Tensor angle_backward(const Tensor& grad, const Tensor& self) {
  if (!self.is_complex()) {
    return at::zeros_like(self);
  }
  const Tensor size2 = at::real(self * self.conj());
  const Tensor direction = self * Scalar(c10::complex<double>(0.0, 1.0));
  const Tensor slope = grad * direction / size2;
  return at::where(at::eq(size2, Scalar(0)), at::zeros_like(slope), slope);
}

} // namespace torch::autograd

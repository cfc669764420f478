#include "autograd/functions/Dropout.h"

#include "generated/ops/Dropout.h"

namespace torch::autograd {

// grad * mask / (1 - p); nothing was dropped outside of training.
Tensor native_dropout_grad(
    const Tensor& grad,
    const Tensor& mask,
    double p,
    std::optional<bool> train) {
  const bool trains = train.value_or(true);
  const double scale = !trains ? 1.0 : p == 1 ? 0.0 : 1.0 / (1.0 - p);
  return at::native_dropout_backward(grad, mask, scale);
}

} // namespace torch::autograd

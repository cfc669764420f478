#include "autograd/functions/Convolution.h"

#include "generated/ops/BinaryOps.h"
#include "generated/ops/Convolution.h"
#include "generated/ops/TensorShape.h"

namespace torch::autograd {

std::tuple<Tensor, Tensor, Tensor> convolution_grads(
    const Tensor& grad, const Tensor& input, const Tensor& weight,
    IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
    bool transposed, IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> grad_input_mask) {
  const int64_t channels = grad.size(1);
  return at::convolution_backward(
      grad, input, weight, IntArrayRef(channels), stride, padding, dilation,
      transposed, output_padding, groups, grad_input_mask);
}

// convolution_backward is linear in each of its tensors. With * for the
// convolution, and ggx, ggw, ggb the gradients of its outputs:
//   by grad_output: ggx * w + x * ggw + ggb
//   by input:  what grad_output and ggw give for the input
//   by weight: what grad_output and ggx give for the weight
std::tuple<Tensor, Tensor, Tensor> convolution_double_backward(
    const Tensor& grad_grad_input, const Tensor& grad_grad_weight,
    const Tensor& grad_grad_bias, const Tensor& grad_output,
    const Tensor& input, const Tensor& weight, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, bool transposed,
    IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> grad_input_mask) {
  const auto convolve = [&](const Tensor& x, const Tensor& w) {
    return at::convolution(
        x, w, Tensor(), stride, padding, dilation, transposed, output_padding,
        groups);
  };
  const auto backward = [&](const Tensor& x,
                            const Tensor& w,
                            std::array<bool, 3> mask) {
    return at::convolution_backward(
        grad_output, x, w, std::nullopt, stride, padding, dilation, transposed,
        output_padding, groups, mask);
  };
  Tensor by_output, by_input, by_weight;
  const auto add = [](Tensor& sum, const Tensor& term) {
    sum = sum.defined() ? at::add(sum, term) : term;
  };
  if (grad_input_mask[0]) {
    if (grad_grad_input.defined()) {
      add(by_output, convolve(grad_grad_input, weight));
    }
    if (grad_grad_weight.defined()) {
      add(by_output, convolve(input, grad_grad_weight));
    }
    if (grad_grad_bias.defined()) {
      at::DimVector shape(static_cast<size_t>(grad_output.dim()), 1);
      shape[1] = -1;
      add(by_output,
          grad_grad_bias.view(shape).expand(grad_output.sizes()));
    }
  }
  if (grad_input_mask[1] && grad_grad_weight.defined()) {
    by_input =
        std::get<0>(backward(input, grad_grad_weight, {true, false, false}));
  }
  if (grad_input_mask[2] && grad_grad_input.defined()) {
    by_weight =
        std::get<1>(backward(grad_grad_input, weight, {false, true, false}));
  }
  return {by_output, by_input, by_weight};
}

} // namespace torch::autograd

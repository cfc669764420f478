// conv1d, conv2d, conv3d, their transposed forms and padding by name: what
// users call, composed of at::convolution.
#include "aten/core/Tensor.h"
#include "aten/native/Convolution.h"
#include "generated/native/Convolution.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Convolution.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Padding.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

// convolve(batched input); an input without a batch gets one for the call.
template <typename F>
Tensor with_batch(
    const Tensor& input,
    int64_t spatial,
    const char* name,
    const F& convolve) {
  TORCH_CHECK(
      input.dim() == spatial + 1 || input.dim() == spatial + 2,
      "Expected ",
      spatial + 1,
      "D (unbatched) or ",
      spatial + 2,
      "D (batched) input to ",
      name,
      ", but got input of size: ",
      input.sizes());
  return input.dim() == spatial + 2
      ? convolve(input)
      : convolve(input.unsqueeze(0)).squeeze(0);
}

// A product of complex numbers in three real ones, not four:
//   (a + bi) (c + di) = ac - bd + i ((a + b) (c + d) - ac - bd)
Tensor convolve(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    IntArrayRef stride,
    IntArrayRef padding,
    IntArrayRef dilation,
    bool transposed,
    IntArrayRef output_padding,
    int64_t groups) {
  const auto real = [&](const Tensor& x, const Tensor& w, const Tensor& b) {
    return at::convolution(
        x, w, b, stride, padding, dilation, transposed, output_padding, groups);
  };
  if (!input.is_complex()) {
    return real(input, weight, bias);
  }
  check_conv_dtypes(input, weight, bias);
  const Tensor a = at::real(input);
  const Tensor b = at::imag(input);
  const Tensor c = at::real(weight);
  const Tensor d = at::imag(weight);
  const Tensor bias_sum =
      bias.defined() ? at::add(at::real(bias), at::imag(bias)) : bias;
  const Tensor ac = real(a, c, bias.defined() ? at::real(bias) : bias);
  const Tensor bd = real(b, d, Tensor());
  const Tensor all = real(at::add(a, b), at::add(c, d), bias_sum);
  const Scalar i(c10::complex<double>(0, 1));
  return at::add(at::sub(ac, bd), at::mul(at::sub(at::sub(all, ac), bd), i));
}

Tensor plain(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
    int64_t groups, int64_t spatial, const char* name) {
  const DimVector zeros(static_cast<size_t>(spatial), 0);
  return with_batch(input, spatial, name, [&](const Tensor& x) {
    return convolve(
        x, weight, bias, stride, padding, dilation, false, zeros, groups);
  });
}

Tensor transposed(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    IntArrayRef stride, IntArrayRef padding, IntArrayRef output_padding,
    int64_t groups, IntArrayRef dilation, int64_t spatial, const char* name) {
  return with_batch(input, spatial, name, [&](const Tensor& x) {
    return convolve(
        x,
        weight,
        bias,
        stride,
        padding,
        dilation,
        true,
        output_padding,
        groups);
  });
}

int64_t entry(IntArrayRef list, size_t i) {
  return list.size() == 1 ? list[0] : list[i];
}

// padding="same": as much output as input. Where that needs an odd number of
// zeros, the extra one goes to the end of the dimension.
Tensor same(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    IntArrayRef stride, IntArrayRef dilation, int64_t groups, int64_t spatial) {
  for (int64_t s : stride) {
    TORCH_CHECK(
        s == 1, "padding='same' is not supported for strided convolutions");
  }
  TORCH_CHECK(
      weight.dim() == input.dim(),
      "Expected ",
      weight.dim(),
      "-dimensional input for ",
      weight.dim(),
      "-dimensional weight ",
      weight.sizes(),
      ", but got ",
      input.dim(),
      "-dimensional input of size ",
      input.sizes(),
      " instead");
  const size_t n = static_cast<size_t>(spatial);
  DimVector padding;
  DimVector extra(2 * n, 0);
  bool symmetric = true;
  for (size_t d = 0; d < n; ++d) {
    const int64_t total = entry(dilation, d) * (weight.sizes()[d + 2] - 1);
    padding.push_back(total / 2);
    if (total % 2 != 0) {
      symmetric = false;
      extra[2 * (n - 1 - d) + 1] = 1;
    }
  }
  const DimVector zeros(n, 0);
  if (!symmetric) {
    TORCH_WARN_ONCE(
        "Using padding='same' with even kernel lengths and odd dilation may "
        "require a zero-padded copy of the input be created");
  }
  return convolve(
      symmetric ? input : at::constant_pad_nd(input, extra, 0),
      weight,
      bias,
      stride,
      padding,
      dilation,
      false,
      zeros,
      groups);
}

Tensor named_padding(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    IntArrayRef stride, std::string_view padding, IntArrayRef dilation,
    int64_t groups, int64_t spatial, const char* name) {
  TORCH_CHECK(
      padding == "same" || padding == "valid",
      "Invalid padding string: '",
      padding,
      "'");
  if (padding == "valid") {
    const DimVector zeros(static_cast<size_t>(spatial), 0);
    return plain(
        input, weight, bias, stride, zeros, dilation, groups, spatial, name);
  }
  return with_batch(input, spatial, name, [&](const Tensor& x) {
    return same(x, weight, bias, stride, dilation, groups, spatial);
  });
}

} // namespace

#define AT_CONV_ND_(spatial)                                                \
  Tensor conv##spatial##d(                                                  \
      const Tensor& input,                                                  \
      const Tensor& weight,                                                 \
      const Tensor& bias,                                                   \
      IntArrayRef stride,                                                   \
      IntArrayRef padding,                                                  \
      IntArrayRef dilation,                                                 \
      int64_t groups) {                                                     \
    return plain(                                                           \
        input,                                                              \
        weight,                                                             \
        bias,                                                               \
        stride,                                                             \
        padding,                                                            \
        dilation,                                                           \
        groups,                                                             \
        spatial,                                                            \
        "conv" #spatial "d");                                               \
  }                                                                         \
  Tensor conv##spatial##d(                                                  \
      const Tensor& input,                                                  \
      const Tensor& weight,                                                 \
      const Tensor& bias,                                                   \
      IntArrayRef stride,                                                   \
      std::string_view padding,                                             \
      IntArrayRef dilation,                                                 \
      int64_t groups) {                                                     \
    return named_padding(                                                   \
        input,                                                              \
        weight,                                                             \
        bias,                                                               \
        stride,                                                             \
        padding,                                                            \
        dilation,                                                           \
        groups,                                                             \
        spatial,                                                            \
        "conv" #spatial "d");                                               \
  }                                                                         \
  Tensor conv_transpose##spatial##d(                                        \
      const Tensor& input,                                                  \
      const Tensor& weight,                                                 \
      const Tensor& bias,                                                   \
      IntArrayRef stride,                                                   \
      IntArrayRef padding,                                                  \
      IntArrayRef output_padding,                                           \
      int64_t groups,                                                       \
      IntArrayRef dilation) {                                               \
    return transposed(                                                      \
        input,                                                              \
        weight,                                                             \
        bias,                                                               \
        stride,                                                             \
        padding,                                                            \
        output_padding,                                                     \
        groups,                                                             \
        dilation,                                                           \
        spatial,                                                            \
        "conv_transpose" #spatial "d");                                     \
  }
AT_CONV_ND_(1)
AT_CONV_ND_(2)
AT_CONV_ND_(3)
#undef AT_CONV_ND_

// The last four arguments concern cuDNN.
Tensor _convolution(
    const Tensor& input, const Tensor& weight, const Tensor& bias,
    IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
    bool transposed, IntArrayRef output_padding, int64_t groups, bool, bool,
    bool, bool) {
  return at::convolution(
      input, weight, bias, stride, padding, dilation, transposed,
      output_padding, groups);
}

} // namespace at::native

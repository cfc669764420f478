// Convolution: arguments checked with PyTorch's texts, shapes, and the three
// products of a plain convolution (forward, by input, by weight) run by a
// provider. A transposed convolution is a plain one read backwards: its
// forward is backward_input, its input gradient is forward.
//
// Read first: conv/Conv.h.
#include "aten/native/Convolution.h"

#include <algorithm>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/LegacyTypeName.h"
#include "aten/OutputSpec.h"
#include "generated/native/Convolution.h"
#include "generated/ops/Convolution.h"
#include "generated/ops/Copy.h"

namespace at::native {

DEFINE_DISPATCH(conv_provider_stub);
DEFINE_DISPATCH(conv_takes_16bit_stub);

using conv::ConvProblem;
using conv::ConvProvider;

namespace {

// ------------------------------------------------------------------ checks

bool any_of(IntArrayRef list, bool (*test)(int64_t)) {
  for (int64_t x : list) {
    if (test(x)) {
      return true;
    }
  }
  return false;
}

// One number stands for every dimension.
DimVector expand_parameter(IntArrayRef list, const char* name, int64_t dim) {
  if (list.size() == 1) {
    return DimVector(static_cast<size_t>(dim), list[0]);
  }
  TORCH_CHECK(
      static_cast<int64_t>(list.size()) == dim,
      "expected ",
      name,
      " to be a single integer value or a list of ",
      dim,
      " values to match the convolution dimensions, but got ",
      name,
      '=',
      list);
  return DimVector(list);
}

// The arguments of one convolution, expanded to its dimensions.
struct Parameters {
  DimVector stride, padding, dilation, output_padding;
  bool transposed;
  int64_t groups;

  Parameters(
      const Tensor& weight,
      IntArrayRef stride,
      IntArrayRef padding,
      IntArrayRef dilation,
      bool transposed,
      IntArrayRef output_padding,
      int64_t groups)
      : transposed(transposed), groups(groups) {
    const int64_t dim = weight.dim() - 2;
    TORCH_CHECK(dim > 0, "weight should have at least three dimensions");
    TORCH_CHECK(groups > 0, "non-positive groups is not supported");
    this->stride = expand_parameter(stride, "stride", dim);
    this->padding = expand_parameter(padding, "padding", dim);
    this->dilation = expand_parameter(dilation, "dilation", dim);
    this->output_padding =
        expand_parameter(output_padding, "output_padding", dim);
    const auto negative = [](int64_t x) { return x < 0; };
    const auto not_positive = [](int64_t x) { return x <= 0; };
    TORCH_CHECK(
        !any_of(this->padding, negative), "negative padding is not supported");
    TORCH_CHECK(
        !any_of(this->output_padding, negative),
        "negative output_padding is not supported");
    TORCH_CHECK(
        !any_of(this->stride, not_positive),
        "non-positive stride is not supported");
    TORCH_CHECK(
        !any_of(this->dilation, not_positive),
        "dilation should be greater than zero, but got ",
        this->dilation);
  }
};

std::string by_x(IntArrayRef sizes) {
  std::string text;
  for (size_t i = 0; i < sizes.size(); ++i) {
    text += c10::str(i ? " x " : "", sizes[i]);
  }
  return text;
}

void check_plain(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    const Parameters& p) {
  const IntArrayRef w = weight.sizes();
  TORCH_CHECK(
      input.sizes()[1] == w[1] * p.groups,
      "Given groups=",
      p.groups,
      ", weight of size ",
      w,
      ", expected input",
      input.sizes(),
      " to have ",
      w[1] * p.groups,
      " channels, but got ",
      input.sizes()[1],
      " channels instead");
  TORCH_CHECK(
      !bias.defined() || (bias.dim() == 1 && bias.sizes()[0] == w[0]),
      "Given weight of size ",
      w,
      ", expected bias to be 1-dimensional with ",
      w[0],
      " elements, but got bias of size ",
      bias.sizes(),
      " instead");
  DimVector padded, kernel;
  bool too_large = false;
  for (size_t d = 2; d < w.size(); ++d) {
    padded.push_back(input.sizes()[d] + 2 * p.padding[d - 2]);
    kernel.push_back(p.dilation[d - 2] * (w[d] - 1) + 1);
    too_large = too_large || padded.back() < kernel.back();
  }
  TORCH_CHECK(
      !too_large,
      "Calculated padded input size per channel: (",
      by_x(padded),
      "). Kernel size: (",
      by_x(kernel),
      "). Kernel size can't be greater than actual input size");
}

void check_transposed(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    const Parameters& p) {
  const IntArrayRef w = weight.sizes();
  TORCH_CHECK(
      input.sizes()[1] == w[0],
      "Given transposed=1, weight of size ",
      w,
      ", expected input",
      input.sizes(),
      " to have ",
      w[0],
      " channels, but got ",
      input.sizes()[1],
      " channels instead");
  TORCH_CHECK(
      !bias.defined() ||
          (bias.dim() == 1 && bias.sizes()[0] == w[1] * p.groups),
      "Given transposed=1, weight of size ",
      w,
      ", expected bias to be 1-dimensional with ",
      w[1] * p.groups,
      " elements, but got bias of size ",
      bias.sizes(),
      " instead");
  for (size_t d = 0; d < p.stride.size(); ++d) {
    TORCH_CHECK(
        p.output_padding[d] < p.stride[d] ||
            p.output_padding[d] < p.dilation[d],
        "output padding must be smaller than either stride or dilation, but "
        "got output_padding_height: ",
        p.output_padding[p.output_padding.size() > 1 ? d / 2 * 2 : 0],
        " output_padding_width: ",
        p.output_padding.back(),
        " stride_height: ",
        p.stride.front(),
        " stride_width: ",
        p.stride.back(),
        " dilation_height: ",
        p.dilation.front(),
        " dilation_width: ",
        p.dilation.back());
  }
}

void check_shapes(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    const Parameters& p) {
  const IntArrayRef w = weight.sizes();
  TORCH_CHECK(
      input.dim() == weight.dim(),
      "Expected ",
      weight.dim(),
      "-dimensional input for ",
      weight.dim(),
      "-dimensional weight ",
      w,
      ", but got ",
      input.dim(),
      "-dimensional input of size ",
      input.sizes(),
      " instead");
  TORCH_CHECK(
      w[0] >= p.groups,
      "Given groups=",
      p.groups,
      ", expected weight to be at least ",
      p.groups,
      " at dimension 0, but got weight of size ",
      w,
      " instead");
  TORCH_CHECK(
      w[0] % p.groups == 0,
      "Given groups=",
      p.groups,
      ", expected weight to be divisible by ",
      p.groups,
      " at dimension 0, but got weight of size [",
      w,
      "] instead");
  if (p.transposed) {
    check_transposed(input, weight, bias, p);
  } else {
    check_plain(input, weight, bias, p);
  }
}

DimVector output_sizes(
    const Tensor& input,
    const Tensor& weight,
    const Parameters& p) {
  const IntArrayRef x = input.sizes();
  const IntArrayRef w = weight.sizes();
  DimVector sizes{x[0], p.transposed ? w[1] * p.groups : w[0]};
  for (size_t d = 0; d < p.stride.size(); ++d) {
    const int64_t kernel = p.dilation[d] * (w[d + 2] - 1) + 1;
    sizes.push_back(
        p.transposed
            ? (x[d + 2] - 1) * p.stride[d] - 2 * p.padding[d] + kernel +
                p.output_padding[d]
            : (x[d + 2] + 2 * p.padding[d] - kernel) / p.stride[d] + 1);
    TORCH_CHECK(
        sizes.back() >= 0,
        "Trying to create tensor with negative dimension ",
        sizes.back(),
        ": ",
        sizes);
  }
  return sizes;
}

// ----------------------------------------------------------------- problems

std::array<int64_t, 3> to_three(IntArrayRef list, int64_t missing) {
  std::array<int64_t, 3> result{missing, missing, missing};
  for (size_t i = 0; i < list.size(); ++i) {
    result[3 - list.size() + i] = list[i];
  }
  return result;
}

// The plain convolution between `image` (N, C, ...) and `map` (N, O, ...).
ConvProblem make_problem(
    IntArrayRef image,
    IntArrayRef map,
    const Tensor& weight,
    ScalarType dtype,
    const Parameters& p) {
  return ConvProblem{
      dtype,
      image[0],
      p.groups,
      image[1],
      map[1],
      to_three(image.slice(2), 1),
      to_three(map.slice(2), 1),
      to_three(weight.sizes().slice(2), 1),
      to_three(p.stride, 1),
      to_three(p.padding, 0),
      to_three(p.dilation, 1)};
}

// A dense tensor of the dtype that is computed in.
Tensor operand(const Tensor& t, ScalarType dtype) {
  if (!t.defined() || (t.is_contiguous() && t.scalar_type() == dtype)) {
    return t;
  }
  Tensor result(at::detail::empty(t.sizes(), dtype, t.device()));
  at::detail::copy_(result, t);
  return result;
}

// 16-bit types are computed in float and rounded once, except where a library
// takes them as they are.
ScalarType compute_type(const Tensor& t) {
  const ScalarType dtype = t.scalar_type();
  const bool as_float = c10::is_reduced_floating_type(dtype) &&
      !(t.is_cuda() && conv_takes_16bit_stub(c10::kCUDA));
  return as_float ? c10::ScalarType::Float : dtype;
}

const ConvProvider& provider_of(const Tensor& t, const ConvProblem& problem) {
  return t.is_cuda() ? *conv_provider_stub(c10::kCUDA, problem)
                     : select_conv_provider(problem);
}

// compute(dense) into `out` or a stand-in of the compute type.
template <typename F>
void compute_into(const Tensor& out, const F& compute) {
  const ScalarType dtype = compute_type(out);
  if (out.is_contiguous() && out.scalar_type() == dtype) {
    compute(out);
    return;
  }
  const Tensor dense(at::detail::empty(out.sizes(), dtype, out.device()));
  compute(dense);
  at::detail::copy_(out, dense);
}

void fill_zero(const Tensor& t) { Tensor(t).zero_(); }

void* pointer_of(const Tensor& t) {
  return t.defined() ? t.data_ptr() : nullptr;
}

template <typename T>
void add_bias(const Tensor& out, const T* bias) {
  const int64_t channels = out.sizes()[1];
  const int64_t size =
      channels == 0 ? 0 : out.numel() / (out.sizes()[0] * channels);
  T* data = static_cast<T*>(out.data_ptr());
  for (int64_t i = 0; i < out.sizes()[0] * channels; ++i, data += size) {
    for (int64_t j = 0; j < size; ++j) {
      data[j] = static_cast<T>(data[j] + bias[i % channels]);
    }
  }
}

// What PyTorch's kernels on the CPU take, and what they are called.
void check_cpu_type(ScalarType dtype, const Parameters& p) {
  constexpr TypeSet kWide = kFloatingTypes | type_set(kLong);
  const bool is_3d = p.stride.size() == 3;
  const auto taken = [](auto) {};
  if (p.transposed) {
    dispatch<kWide>(
        dtype,
        is_3d ? "slow_conv_transpose3d_out_cpu"
              : "slow_conv_transpose2d_out_cpu",
        taken);
  } else if (std::any_of(p.dilation.begin(), p.dilation.end(), [](int64_t d) {
               return d != 1;
             })) {
    dispatch<kWide>(dtype, "slow_conv_dilated<>", taken);
  } else {
    dispatch_all_types(
        dtype, is_3d ? "compute_columns3d" : "slow_conv2d_cpu", taken);
  }
}

} // namespace

void check_conv_dtypes(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias) {
  // CUDA's words, which also tell devices apart.
  if (input.is_cuda() || weight.is_cuda() ||
      (bias.defined() && bias.is_cuda())) {
    const auto same = [&](const Tensor& t) {
      return t.scalar_type() == input.scalar_type() &&
          t.device() == input.device();
    };
    TORCH_CHECK(
        same(weight),
        "Input type (",
        legacy_type_name(input),
        ") and weight type (",
        legacy_type_name(weight),
        ") should be the same",
        input.is_cpu() ? " or input should be a MKLDNN tensor and weight is a "
                         "dense tensor"
                       : "");
    TORCH_CHECK(
        !bias.defined() || same(bias),
        "Input type (",
        legacy_type_name(input),
        ") and bias type (",
        legacy_type_name(bias),
        ") should be the same");
  }
  TORCH_CHECK(
      !bias.defined() || bias.scalar_type() == input.scalar_type(),
      "Input type (",
      c10::cpp_type_name(input.scalar_type()),
      ") and bias type (",
      c10::cpp_type_name(bias.scalar_type()),
      ") should be the same");
  const bool same_type = input.scalar_type() == weight.scalar_type();
  TORCH_CHECK(
      same_type || !input.is_complex(),
      "Input type (",
      legacy_type_name(input),
      ") and weight type (",
      legacy_type_name(weight),
      ") should be the same");
  TORCH_CHECK(
      same_type,
      "expected scalar type ",
      input.scalar_type(),
      " but found ",
      weight.scalar_type());
}

// ------------------------------------------------------------------ forward

OutputSpec convolution_meta(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    IntArrayRef stride,
    IntArrayRef padding,
    IntArrayRef dilation,
    bool transposed,
    IntArrayRef output_padding,
    int64_t groups) {
  const Parameters p(
      weight, stride, padding, dilation, transposed, output_padding, groups);
  check_shapes(input, weight, bias, p);
  check_conv_dtypes(input, weight, bias);
  return OutputSpec(output_sizes(input, weight, p), input.options());
}

void convolution_into(
    const Tensor& input,
    const Tensor& weight,
    const Tensor& bias,
    IntArrayRef stride,
    IntArrayRef padding,
    IntArrayRef dilation,
    bool transposed,
    IntArrayRef output_padding,
    int64_t groups,
    const Tensor& out) {
  if (out.numel() == 0) {
    return;
  }
  const Parameters p(
      weight, stride, padding, dilation, transposed, output_padding, groups);
  if (out.is_cpu()) {
    check_cpu_type(out.scalar_type(), p);
  }
  const ScalarType dtype = compute_type(out);
  const Tensor x = operand(input, dtype);
  const Tensor w = operand(weight, dtype);
  const Tensor b = operand(bias, dtype);
  compute_into(out, [&](const Tensor& y) {
    if (x.numel() == 0) {
      fill_zero(y);
    } else if (!transposed) {
      const ConvProblem problem =
          make_problem(x.sizes(), y.sizes(), w, dtype, p);
      provider_of(x, problem)
          .forward(
              problem, x.data_ptr(), w.data_ptr(), pointer_of(b), y.data_ptr());
      return;
    } else {
      const ConvProblem problem =
          make_problem(y.sizes(), x.sizes(), w, dtype, p);
      provider_of(x, problem)
          .backward_input(problem, x.data_ptr(), w.data_ptr(), y.data_ptr());
    }
    if (b.defined()) {
      if (y.is_cpu() && dtype == c10::ScalarType::Float) {
        add_bias(y, static_cast<const float*>(b.data_ptr()));
      } else if (y.is_cpu() && dtype == c10::ScalarType::Double) {
        add_bias(y, static_cast<const double*>(b.data_ptr()));
      } else {
        DimVector shape(static_cast<size_t>(y.dim()), 1);
        shape[1] = b.numel();
        Tensor sum = y;
        sum.add_(b.view(shape));
      }
    }
  });
}

// ----------------------------------------------------------------- backward

std::tuple<Tensor, Tensor, Tensor> convolution_backward(
    const Tensor& grad_output,
    const Tensor& input,
    const Tensor& weight,
    OptionalIntArrayRef,
    IntArrayRef stride,
    IntArrayRef padding,
    IntArrayRef dilation,
    bool transposed,
    IntArrayRef output_padding,
    int64_t groups,
    std::array<bool, 3> output_mask) {
  const Parameters p(
      weight, stride, padding, dilation, transposed, output_padding, groups);
  const ScalarType dtype = compute_type(input);
  const Tensor gy = operand(grad_output, dtype);
  // A derivative by one factor has the conjugate of the other.
  const auto conjugated = [](const Tensor& t) {
    return t.is_complex() ? t.conj().resolve_conj() : t;
  };
  const Tensor x = operand(conjugated(input), dtype);
  const Tensor w = operand(conjugated(weight), dtype);
  // What the plain convolution reads and writes.
  const Tensor& image = transposed ? gy : x;
  const Tensor& map = transposed ? x : gy;
  const ConvProblem problem =
      make_problem(image.sizes(), map.sizes(), w, dtype, p);
  const auto& provider = provider_of(x, problem);
  const bool empty = image.numel() == 0 || map.numel() == 0;

  const auto like = [&](IntArrayRef sizes, ScalarType t) {
    return Tensor(at::detail::empty(sizes, t, input.device()));
  };
  Tensor grad_input, grad_weight, grad_bias;
  if (output_mask[0]) {
    grad_input = like(input.sizes(), input.scalar_type());
    compute_into(grad_input, [&](const Tensor& g) {
      if (empty) {
        fill_zero(g);
      } else if (transposed) {
        provider.forward(
            problem, gy.data_ptr(), w.data_ptr(), nullptr, g.data_ptr());
      } else {
        provider.backward_input(
            problem, gy.data_ptr(), w.data_ptr(), g.data_ptr());
      }
    });
  }
  // The bias belongs to the output: to `map` of a plain convolution only.
  if (output_mask[2] && (transposed || empty)) {
    DimVector dims;
    for (int64_t d = 0; d < gy.dim(); ++d) {
      if (d != 1) {
        dims.push_back(d);
      }
    }
    grad_bias = grad_output.sum(dims);
  }
  const bool bias_too = output_mask[2] && !grad_bias.defined();
  if (output_mask[1] || bias_too) {
    Tensor gb = bias_too ? like({gy.sizes()[1]}, dtype) : Tensor();
    const Tensor gw = output_mask[1] ? like(weight.sizes(), dtype) : Tensor();
    if (empty) {
      fill_zero(gw);
    } else {
      provider.backward_weight(
          problem,
          map.data_ptr(),
          image.data_ptr(),
          pointer_of(gw),
          pointer_of(gb));
    }
    if (output_mask[1]) {
      grad_weight = gw.to(weight.scalar_type());
    }
    if (bias_too) {
      grad_bias = gb.to(weight.scalar_type());
    }
  }
  return {grad_input, grad_weight, grad_bias};
}

} // namespace at::native

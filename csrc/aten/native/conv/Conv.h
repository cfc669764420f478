// Convolutions of raw tensors: the geometry of one problem, a table of
// providers, and a pure function that chooses among them.
//
// Read docs/design/backends.md first. Types of a library never appear here.
#pragma once

#include <array>

#include "aten/core/TensorBase.h"

namespace at::native::conv {

// Always three spatial dimensions; missing ones (the first) have size one.
// A transposed convolution is the derivative of a plain one, so there is no
// flag for it: see native/Convolution.cpp.
struct ConvProblem {
  ScalarType dtype;
  int64_t batch, groups;
  int64_t in_channels, out_channels; // of all groups
  std::array<int64_t, 3> in, out, kernel, stride, padding, dilation;

  // Elements of one channel.
  int64_t in_size() const { return in[0] * in[1] * in[2]; }
  int64_t out_size() const { return out[0] * out[1] * out[2]; }
  int64_t kernel_size() const { return kernel[0] * kernel[1] * kernel[2]; }
  // Multiplications of one product.
  int64_t work() const {
    return batch * out_channels * out_size() * (in_channels / groups) *
        kernel_size();
  }
  C10_API bool operator==(const ConvProblem& o) const;
};

// Everything is row-major: x (N, C, in), w (O, C / groups, kernel),
// y (N, O, out). Pointers for what is not wanted are null.
struct ConvProvider {
  const char* name;
  bool (*available)();
  bool (*supports)(const ConvProblem& p);
  // y = x * w + bias
  void (*forward)(
      const ConvProblem& p,
      const void* x,
      const void* w,
      const void* bias,
      void* y);
  // grad_x from grad_y and w
  void (*backward_input)(
      const ConvProblem& p,
      const void* grad_y,
      const void* w,
      void* grad_x);
  // grad_w and grad_bias from grad_y and x
  void (*backward_weight)(
      const ConvProblem& p,
      const void* grad_y,
      const void* x,
      void* grad_w,
      void* grad_bias);
};

// The built-in provider first, then the libraries of this build.
C10_API ArrayRef<const ConvProvider*> conv_providers();

// Convolutions of at most this many multiplications stay in the built-in
// provider: a call of oneDNN takes 4 us before it computes.
constexpr int64_t kTinyConvolution = 1 << 14;

// Pure: depends on the problem and on which providers are available.
C10_API const ConvProvider& select_conv_provider(const ConvProblem& p);

extern const ConvProvider im2col_conv_provider;
#ifdef USE_ONEDNN
extern const ConvProvider onednn_conv_provider;
#endif

} // namespace at::native::conv

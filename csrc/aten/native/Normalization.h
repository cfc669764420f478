// Stubs of layer and batch normalization. Per-group values (statistics,
// weights) are arrays of the compute type: float for Half and BFloat16.
#pragma once

#include "aten/core/TensorBase.h"
#include "aten/native/DispatchStub.h"

namespace at::native {

// x: (rows, n), row-major; y = (x - mean) * rstd * weight + bias per row.
struct LayerNormCall {
  ScalarType dtype;
  int64_t rows, n;
  const void* x;
  const void* weight; // n, or null
  const void* bias; // n, or null
  void* y;
  void* mean; // rows
  void* rstd; // rows
  double eps;
};
// Null for a gradient that is not wanted.
struct LayerNormBackwardCall {
  ScalarType dtype;
  int64_t rows, n;
  const void* grad;
  const void* x;
  const void* weight;
  const void* mean;
  const void* rstd;
  void* grad_x;
  void* grad_weight;
  void* grad_bias;
};
DECLARE_DISPATCH(void (*)(const LayerNormCall&), layer_norm_stub);
DECLARE_DISPATCH(
    void (*)(const LayerNormBackwardCall&),
    layer_norm_backward_stub);

// x: (batch, channels, size); one mean and one scale per channel.
struct ChannelShape {
  ScalarType dtype;
  int64_t batch, channels, size;
};
// mean and variance (biased) of each channel, as doubles
DECLARE_DISPATCH(
    void (*)(const ChannelShape&, const void* x, double* mean, double* var),
    channel_moments_stub);
// y = x * scale + shift, per channel
DECLARE_DISPATCH(
    void (*)(
        const ChannelShape&,
        const void* x,
        const double* scale,
        const double* shift,
        void* y),
    channel_affine_stub);
// sums over each channel of grad and of grad * (x - mean)
DECLARE_DISPATCH(
    void (*)(
        const ChannelShape&,
        const void* grad,
        const void* x,
        const double* mean,
        double* sum,
        double* dot),
    channel_dots_stub);
// grad_x = grad * a + (x - mean) * b + c, per channel
DECLARE_DISPATCH(
    void (*)(
        const ChannelShape&,
        const void* grad,
        const void* x,
        const double* mean,
        const double* a,
        const double* b,
        const double* c,
        void* grad_x),
    channel_combine_stub);

} // namespace at::native

// The built-in convolution: every receptive field becomes a column of a
// matrix, and the convolution one matrix product per image and group.
//
//   columns (C / groups * kernel, out) = im2col(x)
//   y       (O / groups, out)          = w columns
//   grad_w                             = grad_y columns^T
//   grad_x                             = col2im(w^T grad_y)
#include <algorithm>
#include <cstring>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/Parallel.h"
#include "aten/native/blas/Gemm.h"
#include "aten/native/conv/Conv.h"

namespace at::native::conv {
namespace {

// Output positions [begin, end) along one dimension whose input position
// o * stride - padding + k * dilation lies inside.
struct Range {
  int64_t begin, end;
};
Range valid_range(const ConvProblem& p, int d, int64_t k) {
  const int64_t shift = k * p.dilation[d] - p.padding[d];
  const auto ceil_div = [](int64_t a, int64_t b) {
    return a <= 0 ? 0 : (a + b - 1) / b;
  };
  const int64_t begin = ceil_div(-shift, p.stride[d]);
  const int64_t end =
      std::min(p.out[d], ceil_div(p.in[d] - shift, p.stride[d]));
  return {std::min(begin, p.out[d]), std::max(begin, end)};
}

// visit(image offset of the first element, column offset, count, step) for
// every run of a row of one channel's columns that lies inside the image;
// outside(column offset, count) for every run that does not.
template <typename Inside, typename Outside>
void walk_channel(
    const ConvProblem& p,
    const Inside& inside,
    const Outside& outside) {
  int64_t row = 0;
  for (int64_t kd = 0; kd < p.kernel[0]; ++kd) {
    const Range rd = valid_range(p, 0, kd);
    for (int64_t kh = 0; kh < p.kernel[1]; ++kh) {
      const Range rh = valid_range(p, 1, kh);
      for (int64_t kw = 0; kw < p.kernel[2]; ++kw, ++row) {
        const Range rw = valid_range(p, 2, kw);
        for (int64_t od = 0; od < p.out[0]; ++od) {
          for (int64_t oh = 0; oh < p.out[1]; ++oh) {
            const int64_t column = row * p.out_size() +
                (od * p.out[1] + oh) * p.out[2];
            if (od < rd.begin || od >= rd.end || oh < rh.begin ||
                oh >= rh.end || rw.begin >= rw.end) {
              outside(column, p.out[2]);
              continue;
            }
            const int64_t id =
                od * p.stride[0] - p.padding[0] + kd * p.dilation[0];
            const int64_t ih =
                oh * p.stride[1] - p.padding[1] + kh * p.dilation[1];
            const int64_t iw =
                rw.begin * p.stride[2] - p.padding[2] + kw * p.dilation[2];
            outside(column, rw.begin);
            inside(
                (id * p.in[1] + ih) * p.in[2] + iw,
                column + rw.begin,
                rw.end - rw.begin,
                p.stride[2]);
            outside(column + rw.end, p.out[2] - rw.end);
          }
        }
      }
    }
  }
}

template <typename T>
void im2col(const ConvProblem& p, const T* x, T* columns, int64_t channels) {
  parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const T* const image = x + c * p.in_size();
      T* const rows = columns + c * p.kernel_size() * p.out_size();
      walk_channel(
          p,
          [&](int64_t from, int64_t to, int64_t count, int64_t step) {
            if (step == 1) {
              std::copy_n(image + from, count, rows + to);
              return;
            }
            for (int64_t i = 0; i < count; ++i) {
              rows[to + i] = image[from + i * step];
            }
          },
          [&](int64_t to, int64_t count) {
            std::fill_n(rows + to, count, T(0));
          });
    }
  });
}

// The reverse: every column is added to where it came from.
template <typename T>
void col2im(const ConvProblem& p, const T* columns, T* x, int64_t channels) {
  parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      T* const image = x + c * p.in_size();
      const T* const rows = columns + c * p.kernel_size() * p.out_size();
      std::fill_n(image, p.in_size(), T(0));
      walk_channel(
          p,
          [&](int64_t to, int64_t from, int64_t count, int64_t step) {
            for (int64_t i = 0; i < count; ++i) {
              image[to + i * step] =
                  static_cast<T>(image[to + i * step] + rows[from + i]);
            }
          },
          [](int64_t, int64_t) {});
    }
  });
}

// One by one, without stride and padding: the image is its own columns.
bool is_pointwise(const ConvProblem& p) {
  return p.kernel_size() == 1 && p.in == p.out &&
      p.stride == std::array<int64_t, 3>{1, 1, 1} &&
      p.padding == std::array<int64_t, 3>{0, 0, 0};
}

// Sizes and offsets of one image and group.
template <typename T>
struct Block {
  const ConvProblem& p;
  int64_t channels, outputs, depth; // depth: rows of the columns
  TensorBase workspace;

  explicit Block(const ConvProblem& p)
      : p(p),
        channels(p.in_channels / p.groups),
        outputs(p.out_channels / p.groups),
        depth(channels * p.kernel_size()) {
    if (!is_pointwise(p)) {
      workspace = at::detail::empty({depth * p.out_size()}, p.dtype);
    }
  }
  T* columns() const { return static_cast<T*>(workspace.data_ptr()); }
  int64_t x_offset(int64_t n, int64_t g) const {
    return (n * p.in_channels + g * channels) * p.in_size();
  }
  int64_t y_offset(int64_t n, int64_t g) const {
    return (n * p.out_channels + g * outputs) * p.out_size();
  }
  int64_t w_offset(int64_t g) const { return g * outputs * depth; }

  const T* columns_of(const T* image) const {
    if (!workspace.defined()) {
      return image;
    }
    im2col(p, image, columns(), channels);
    return columns();
  }
};

template <typename T>
void multiply(
    const ConvProblem& p,
    int64_t m,
    int64_t n,
    int64_t k,
    blas::Matrix a,
    blas::Matrix b,
    T* c,
    bool accumulate) {
  blas::GemmCall call;
  call.dtype = p.dtype;
  call.m = m;
  call.n = n;
  call.k = k;
  call.a = a;
  call.b = b;
  call.c = c;
  call.ldc = n;
  call.beta = accumulate ? 1 : 0;
  blas::gemm(call);
}

template <typename F>
void for_dtype(const ConvProblem& p, const F& f) {
  constexpr TypeSet kTypes =
      kIntegralTypes | type_set(kFloat) | type_set(kDouble);
  dispatch<kTypes>(p.dtype, "slow_conv2d_cpu", f);
}

void im2col_forward(
    const ConvProblem& p,
    const void* x,
    const void* w,
    const void* bias,
    void* y) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const Block<T> block(p);
    const int64_t size = p.out_size();
    for (int64_t n = 0; n < p.batch; ++n) {
      for (int64_t g = 0; g < p.groups; ++g) {
        T* const out = static_cast<T*>(y) + block.y_offset(n, g);
        if (bias) {
          const T* const b = static_cast<const T*>(bias) + g * block.outputs;
          for (int64_t o = 0; o < block.outputs; ++o) {
            std::fill_n(out + o * size, size, b[o]);
          }
        }
        const T* const columns = block.columns_of(
            static_cast<const T*>(x) + block.x_offset(n, g));
        const T* const weight =
            static_cast<const T*>(w) + block.w_offset(g);
        multiply<T>(
            p,
            block.outputs,
            size,
            block.depth,
            {weight, block.depth, false},
            {columns, size, false},
            out,
            bias != nullptr);
      }
    }
  });
}

void im2col_backward_input(
    const ConvProblem& p,
    const void* grad_y,
    const void* w,
    void* grad_x) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const Block<T> block(p);
    const int64_t size = p.out_size();
    for (int64_t n = 0; n < p.batch; ++n) {
      for (int64_t g = 0; g < p.groups; ++g) {
        T* const image = static_cast<T*>(grad_x) + block.x_offset(n, g);
        const bool direct = !block.workspace.defined();
        multiply<T>(
            p,
            block.depth,
            size,
            block.outputs,
            {static_cast<const T*>(w) + block.w_offset(g), block.depth, true},
            {static_cast<const T*>(grad_y) + block.y_offset(n, g),
             size,
             false},
            direct ? image : block.columns(),
            false);
        if (!direct) {
          col2im(p, block.columns(), image, block.channels);
        }
      }
    }
  });
}

template <typename T>
void sum_bias(const ConvProblem& p, const T* grad_y, T* grad_bias) {
  const int64_t size = p.out_size();
  for (int64_t o = 0; o < p.out_channels; ++o) {
    T sum = T(0);
    for (int64_t n = 0; n < p.batch; ++n) {
      const T* const plane = grad_y + (n * p.out_channels + o) * size;
      T part = T(0);
      for (int64_t i = 0; i < size; ++i) {
        part = static_cast<T>(part + plane[i]);
      }
      sum = static_cast<T>(sum + part);
    }
    grad_bias[o] = sum;
  }
}

void im2col_backward_weight(
    const ConvProblem& p,
    const void* grad_y,
    const void* x,
    void* grad_w,
    void* grad_bias) {
  for_dtype(p, [&](auto type) {
    using T = decltype(type);
    const T* const gy = static_cast<const T*>(grad_y);
    if (grad_bias) {
      sum_bias(p, gy, static_cast<T*>(grad_bias));
    }
    if (!grad_w) {
      return;
    }
    const Block<T> block(p);
    const int64_t size = p.out_size();
    for (int64_t n = 0; n < p.batch; ++n) {
      for (int64_t g = 0; g < p.groups; ++g) {
        const T* const columns = block.columns_of(
            static_cast<const T*>(x) + block.x_offset(n, g));
        multiply<T>(
            p,
            block.outputs,
            block.depth,
            size,
            {gy + block.y_offset(n, g), size, false},
            {columns, size, true},
            static_cast<T*>(grad_w) + block.w_offset(g),
            n > 0);
      }
    }
  });
}

bool always() {
  return true;
}
bool any_problem(const ConvProblem&) {
  return true;
}

} // namespace

const ConvProvider im2col_conv_provider = {
    "built-in",
    always,
    any_problem,
    im2col_forward,
    im2col_backward_input,
    im2col_backward_weight};

} // namespace at::native::conv

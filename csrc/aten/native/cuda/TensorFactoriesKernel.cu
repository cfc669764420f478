// Ranges and triangles on CUDA: one element a thread.
#include "aten/native/TensorFactories.h"

#include <cmath>

#include "aten/Dispatch.h"
#include "aten/native/cuda/Launch.cuh"
#include "aten/native/cuda/OffsetCalculator.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

template <typename T>
struct Range {
  using M = range_math<T>;
  T* out;
  M start, step;
  __device__ void operator()(int64_t i) const {
    out[i] = static_cast<T>(start + step * static_cast<M>(i));
  }
};

void range_kernel(
    const TensorBase& out,
    Scalar start,
    Scalar step,
    bool closed) {
  const char* name = closed ? "range_cuda" : "arange_cuda";
  dispatch_all_types(out.scalar_type(), name, [&](auto type) {
    using T = decltype(type);
    using M = range_math<T>;
    for_each_index(
        out.numel(),
        Range<T>{
            static_cast<T*>(out.data_ptr()),
            start.to_unchecked<M>(),
            step.to_unchecked<M>()});
  });
}

// Both halves start from their own end, so that both ends are exact. M:
// integers are spaced in float, floats in their own precision.
template <typename T, typename M>
struct Linspace {
  T* out;
  M start, end, step;
  int64_t steps;
  bool has_base;
  double base;
  __device__ void operator()(int64_t i) const {
    M v = steps == 1 || i < steps / 2 ? start + step * M(i)
                                      : end - step * M(steps - i - 1);
    if (has_base) {
      using std::pow;
      v = pow(static_cast<M>(base), v);
    }
    out[i] = static_cast<T>(v);
  }
};

void linspace_kernel(
    const TensorBase& out,
    Scalar start,
    Scalar end,
    std::optional<double> base) {
  dispatch_all_types_and_complex(
      out.scalar_type(),
      base ? "logspace_cuda" : "linspace_cuda",
      [&](auto type) {
        using T = decltype(type);
        using M = std::
            conditional_t<std::is_integral<T>::value, float, opmath_type<T>>;
        const int64_t steps = out.numel();
        // The ends are of the result's dtype, the steps between them not.
        const auto from = static_cast<M>(start.to_unchecked<T>());
        const auto to = static_cast<M>(end.to_unchecked<T>());
        const M step = steps > 1 ? (to - from) / M(steps - 1) : M(0);
        for_each_index(
            steps,
            Linspace<T, M>{
                static_cast<T*>(out.data_ptr()),
                from,
                to,
                step,
                steps,
                base.has_value(),
                base.value_or(0)});
      });
}

// out: (batch, rows, columns), row-major; self: any strides.
template <typename T>
struct Triangle {
  T* out;
  const T* self;
  int64_t rows, columns, row_step, column_step;
  OffsetCalculator<1, uint64_t> batch_offset;
  int64_t diagonal;
  bool upper;
  __device__ void operator()(int64_t i) const {
    const int64_t c = i % columns;
    const int64_t r = i / columns % rows;
    const int64_t batch = i / columns / rows;
    const bool keep = upper ? c - r >= diagonal : c - r <= diagonal;
    out[i] = keep
        ? self[batch_offset.get(batch).at[0] + r * row_step + c * column_step]
        : T(0);
  }
};

void tril_triu_kernel(
    const TensorBase& out,
    const TensorBase& self,
    int64_t diagonal,
    bool upper) {
  if (self.numel() == 0) {
    return;
  }
  c10::DimVector sizes;
  c10::DimVector strides;
  for (int64_t d = self.dim() - 3; d >= 0; --d) {
    sizes.push_back(self.sizes()[d]);
    strides.push_back(self.strides()[d]);
  }
  const int64_t* steps = strides.data();
  dispatch_every_type(self.scalar_type(), "tril_triu_cuda", [&](auto type) {
    using T = decltype(type);
    for_each_index(
        out.numel(),
        Triangle<T>{
            static_cast<T*>(out.data_ptr()),
            static_cast<const T*>(self.data_ptr()),
            self.size(-2),
            self.size(-1),
            self.stride(-2),
            self.stride(-1),
            OffsetCalculator<1, uint64_t>(sizes, &steps),
            diagonal,
            upper});
  });
}

} // namespace

REGISTER_DISPATCH(range_stub, range_kernel);
REGISTER_DISPATCH(linspace_stub, linspace_kernel);
REGISTER_DISPATCH(tril_triu_stub, tril_triu_kernel);

} // namespace at::native

// Ranges and triangles on the CPU.
#include "aten/native/TensorFactories.h"

#include <cmath>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "c10/util/complex_math.h"

namespace at::native {
namespace {

void range_kernel(
    const TensorBase& out,
    Scalar start,
    Scalar step,
    bool closed) {
  const char* name = closed ? "range_cpu" : "arange_cpu";
  dispatch_all_types(out.scalar_type(), name, [&](auto type) {
    using T = decltype(type);
    using M = range_math<T>;
    auto* data = static_cast<T*>(out.data_ptr());
    const auto from = start.to_unchecked<M>();
    const auto by = step.to_unchecked<M>();
    parallel_for(0, out.numel(), kGrainSize, [&](int64_t b, int64_t e) {
      for (int64_t i = b; i < e; ++i) {
        data[i] = static_cast<T>(from + by * static_cast<M>(i));
      }
    });
  });
}

// Both halves start from their own end, so that both ends are exact. Real
// values are rounded once, on every processor.
template <typename M>
M linspace_value(M start, M end, M step, int64_t i, int64_t steps) {
  const bool near_start = steps == 1 || i < steps / 2;
  const M from = near_start ? start : end;
  const M count = M(near_start ? i : i + 1 - steps);
  if constexpr (c10::is_complex<M>::value) {
    return from + step * count;
  } else {
    return std::fma(step, count, from);
  }
}

void linspace_kernel(
    const TensorBase& out,
    Scalar start,
    Scalar end,
    std::optional<double> base) {
  dispatch_all_types_and_complex(
      out.scalar_type(),
      base ? "logspace_cpu" : "linspace_cpu",
      [&](auto type) {
        using T = decltype(type);
        // Integers are spaced in double, floats in their own precision.
        using M = std::conditional_t<
            std::is_integral<T>::value,
            double,
            opmath_type<T>>;
        auto* data = static_cast<T*>(out.data_ptr());
        const int64_t steps = out.numel();
        // The ends are of the result's dtype, the steps between them not.
        const auto from = static_cast<M>(start.to_unchecked<T>());
        const auto to = static_cast<M>(end.to_unchecked<T>());
        const M step = steps > 1 ? (to - from) / M(steps - 1) : M(0);
        for (int64_t i = 0; i < steps; ++i) {
          M v = linspace_value<M>(from, to, step, i, steps);
          if (base) {
            using std::pow;
            v = pow(static_cast<M>(*base), v);
          }
          data[i] = static_cast<T>(v);
        }
      });
}

void tril_triu_kernel(
    const TensorBase& out,
    const TensorBase& self,
    int64_t diagonal,
    bool upper) {
  const int64_t rows = self.size(-2);
  const int64_t columns = self.size(-1);
  const int64_t row_step = self.stride(-2);
  const int64_t column_step = self.stride(-1);
  const int64_t batches =
      rows * columns == 0 ? 0 : self.numel() / (rows * columns);
  dispatch_every_type(self.scalar_type(), "tril_triu", [&](auto type) {
    using T = decltype(type);
    auto* to = static_cast<T*>(out.data_ptr());
    const auto* base = static_cast<const T*>(self.data_ptr());
    for (int64_t batch = 0; batch < batches; ++batch) {
      int64_t offset = 0;
      int64_t rest = batch;
      for (int64_t d = self.dim() - 3; d >= 0; --d) {
        offset += rest % self.sizes()[d] * self.strides()[d];
        rest /= self.sizes()[d];
      }
      const T* from = base + offset;
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t c = 0; c < columns; ++c, ++to) {
          const bool keep = upper ? c - r >= diagonal : c - r <= diagonal;
          *to = keep ? from[r * row_step + c * column_step] : T(0);
        }
      }
    }
  });
}

} // namespace

REGISTER_DISPATCH(range_stub, range_kernel);
REGISTER_DISPATCH(linspace_stub, linspace_kernel);
REGISTER_DISPATCH(tril_triu_stub, tril_triu_kernel);

} // namespace at::native

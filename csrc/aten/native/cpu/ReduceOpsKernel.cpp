// Reductions on the CPU: one switch over kinds and dtypes, the extremes with
// their indices, running sums. The driver is Reduce.h.
#include "aten/native/ReduceOps.h"

#include "aten/Dispatch.h"
#include "aten/native/cpu/Reduce.h"
#include "aten/native/functors/ReduceOps.h"

namespace at::native {
namespace {

void reduce_kernel_by_kind(
    const TensorBase& out,
    const TensorBase& self,
    const ReducePlan& plan,
    ReduceKind kind,
    const TensorBase* shift,
    double p) {
  const ScalarType dtype = self.scalar_type();
  auto run = [&](auto type, const auto& op) {
    reduce_kernel<decltype(type)>(out, self, plan, shift, op);
  };
#define CASE(Kind, dispatch, ...)                          \
  case ReduceKind::Kind:                                   \
    dispatch(dtype, #Kind "_cpu", [&](auto type) {         \
      using T = opmath_type<decltype(type)>;               \
      run(type, Kind<T>{__VA_ARGS__});                     \
    });                                                    \
    break;
  switch (kind) {
    CASE(Sum, dispatch_all_types_and_complex)
    CASE(Prod, dispatch_all_types_and_complex)
    CASE(Max, dispatch_all_types)
    CASE(Min, dispatch_all_types)
    CASE(SumSquares, dispatch_floating_types)
    CASE(SumAbs, dispatch_floating_types)
    CASE(MaxAbs, dispatch_floating_types)
    CASE(MinAbs, dispatch_floating_types)
    CASE(CountNonzero, dispatch_floating_types)
    CASE(SumPowAbs, dispatch_floating_types, static_cast<T>(p))
  }
#undef CASE
}

// -------------------------------------------------- extremes with their index

template <typename T>
bool is_nan(T x) {
  return x != x;
}

// First the value, vectorised, then where it stands first.
template <bool kLargest, typename S, typename T>
int64_t extreme_in_row(const S* x, int64_t n, T& best) {
  using Op = std::conditional_t<kLargest, Max<T>, Min<T>>;
  best = reduce_row<S, Op, T>(Op{}, x, n, 1, T(0));
  for (int64_t i = 0; i < n; ++i) {
    const T v = static_cast<T>(x[i]);
    if (v == best || (is_nan(best) && is_nan(v))) {
      return i;
    }
  }
  return 0;
}

template <bool kLargest, typename S, typename T>
int64_t extreme_strided(const S* x, int64_t n, int64_t stride, T& best) {
  int64_t where = 0;
  best = static_cast<T>(*x);
  for (int64_t i = 1; i < n; ++i) {
    const T v = static_cast<T>(x[i * stride]);
    if (beats<kLargest>(v, best)) {
      best = v;
      where = i;
    }
  }
  return where;
}

// Neighbouring outputs, row by row.
template <bool kLargest, typename S, typename T>
void extreme_columns(
    const S* x,
    int64_t width,
    int64_t n,
    int64_t stride,
    S* values,
    int64_t* indices) {
  T best[kColumns];
  int64_t where[kColumns] = {};
  for (int64_t c = 0; c < width; ++c) {
    best[c] = static_cast<T>(x[c]);
  }
  for (int64_t i = 1; i < n; ++i) {
    const S* row = x + i * stride;
    for (int64_t c = 0; c < width; ++c) {
      const T v = static_cast<T>(row[c]);
      const bool take = beats<kLargest>(v, best[c]);
      best[c] = take ? v : best[c];
      where[c] = take ? i : where[c];
    }
  }
  std::copy_n(where, width, indices);
  for (int64_t c = 0; values && c < width; ++c) {
    values[c] = static_cast<S>(best[c]);
  }
}

template <bool kLargest, typename S>
void extreme(
    S* values,
    int64_t* indices,
    const S* from,
    const ReducePlan& plan) {
  using T = opmath_type<S>;
  const int64_t n = plan.reduced_sizes[0];
  const int64_t stride = plan.reduced_strides[0];
  const int64_t grain = std::max<int64_t>(1, kGrainSize / std::max<int64_t>(n, 1));
  if (goes_downwards(plan) && stride != 1) {
    const int64_t row = plan.kept_sizes.back();
    const int64_t tiles = (row + kColumns - 1) / kColumns;
    const size_t last = plan.kept_sizes.size() - 1;
    parallel_for(
        0,
        plan.outputs / row * tiles,
        std::max<int64_t>(1, grain / std::min(row, kColumns)),
        [&](int64_t begin, int64_t end) {
          for (int64_t t = begin; t < end; ++t) {
            const int64_t first = t % tiles * kColumns;
            const Odometer outer(
                IntArrayRef(plan.kept_sizes).slice(0, last),
                IntArrayRef(plan.kept_strides).slice(0, last),
                t / tiles);
            const int64_t at = t / tiles * row + first;
            extreme_columns<kLargest, S, T>(
                from + outer.offset() + first,
                std::min(kColumns, row - first),
                n,
                stride,
                values ? values + at : nullptr,
                indices + at);
          }
        });
    return;
  }
  parallel_for(0, plan.outputs, grain, [&](int64_t begin, int64_t end) {
    Odometer outputs(plan.kept_sizes, plan.kept_strides, begin);
    for (int64_t i = begin; i < end; ++i) {
      T best;
      const S* x = from + outputs.offset();
      indices[i] = stride == 1
          ? extreme_in_row<kLargest, S, T>(x, n, best)
          : extreme_strided<kLargest, S, T>(x, n, stride, best);
      if (values) {
        values[i] = static_cast<S>(best);
      }
      outputs.next();
    }
  });
}

void extreme_kernel(
    const TensorBase& values,
    const TensorBase& indices,
    const TensorBase& self,
    const ReducePlan& plan,
    bool largest) {
  dispatch_all_types(self.scalar_type(), "max_cpu", [&](auto type) {
    using S = decltype(type);
    auto* best =
        values.defined() ? static_cast<S*>(values.data_ptr()) : nullptr;
    auto* where = static_cast<int64_t*>(indices.data_ptr());
    const auto* from = static_cast<const S*>(self.data_ptr());
    if (largest) {
      extreme<true, S>(best, where, from, plan);
    } else {
      extreme<false, S>(best, where, from, plan);
    }
  });
}

// ------------------------------------------------------------- running sums

template <typename S, bool kProduct>
void cumulate(const TensorBase& out, const TensorBase& self, int64_t dim) {
  auto* to = static_cast<S*>(out.data_ptr());
  const auto* from = static_cast<const S*>(self.data_ptr());
  const int64_t n = self.sizes()[dim];
  const int64_t in_step = self.strides()[dim];
  const int64_t out_step = out.strides()[dim];
  c10::DimVector sizes(self.sizes());
  c10::DimVector in_strides(self.strides());
  c10::DimVector out_strides(out.strides());
  sizes.erase(sizes.begin() + dim);
  in_strides.erase(in_strides.begin() + dim);
  out_strides.erase(out_strides.begin() + dim);
  const int64_t lines = self.numel() / n;
  parallel_for(
      0, lines, std::max<int64_t>(1, kGrainSize / n), [&](int64_t b, int64_t e) {
        Odometer in_line(sizes, in_strides, b);
        Odometer out_line(sizes, out_strides, b);
        for (int64_t line = b; line < e; ++line) {
          const S* x = from + in_line.offset();
          S* y = to + out_line.offset();
          Running<S> total = static_cast<Running<S>>(kProduct ? S(1) : S(0));
          for (int64_t i = 0; i < n; ++i) {
            const auto v = static_cast<Running<S>>(x[i * in_step]);
            total = kProduct ? static_cast<Running<S>>(total * v)
                             : static_cast<Running<S>>(total + v);
            y[i * out_step] = static_cast<S>(total);
          }
          in_line.next();
          out_line.next();
        }
      });
}

void cumulate_kernel(
    const TensorBase& out,
    const TensorBase& self,
    int64_t dim,
    bool product) {
  dispatch_all_types_and_complex(
      self.scalar_type(),
      product ? "cumprod_out_cpu" : "cumsum_out_cpu",
      [&](auto type) {
        using S = decltype(type);
        if (product) {
          cumulate<S, true>(out, self, dim);
        } else {
          cumulate<S, false>(out, self, dim);
        }
      });
}

} // namespace

REGISTER_DISPATCH(reduce_stub, reduce_kernel_by_kind);
REGISTER_DISPATCH(extreme_stub, extreme_kernel);
REGISTER_DISPATCH(cumulate_stub, cumulate_kernel);

} // namespace at::native

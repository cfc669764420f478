// reduce_kernel<S>(out, self, plan, op): the one driver of CPU reductions.
// S is the element type, op a struct of functors/ReduceOps.h over opmath(S).
//
// Note [Accuracy of sums]
// A run of up to kRun elements is added in the compute type, in several
// vector lanes; runs are joined in Total, double for float. The error is that
// of the short runs, whatever the length. Chunks depend on the shape alone,
// so the digits do not change with the number of threads.
#pragma once

#include "aten/Parallel.h"
#include "aten/cpu/vec/Vectorized.h"
#include "aten/native/ReduceOps.h"
#include "aten/native/functors/ReduceOps.h"

namespace at::native {
namespace {

using at::vec::OpVec;
using at::vec::Vectorized;

constexpr int64_t kRun = 1024; // elements added in the compute type
constexpr int64_t kRowRun = 64; // the same, down a column
constexpr int64_t kColumns = 128; // width of a vertical tile

// Whether op takes vectors of T.
template <typename Op, typename T, typename = void>
struct HasVectorForm : std::false_type {};
template <typename Op, typename T>
struct HasVectorForm<
    Op,
    T,
    std::enable_if_t<std::is_same<
        decltype(std::declval<const Op&>().step(
            std::declval<Vectorized<T>>(),
            std::declval<Vectorized<T>>(),
            std::declval<Vectorized<T>>())),
        Vectorized<T>>::value>> : std::true_type {};
template <typename Op, typename T>
constexpr bool vectorizes() {
  if constexpr (std::is_arithmetic<T>::value && !std::is_same<T, bool>::value) {
    return HasVectorForm<Op, T>::value;
  } else {
    return false;
  }
}

// Walks the offsets of a strided box, row-major, without its innermost
// dimension when that is handled apart.
class Odometer {
 public:
  Odometer(IntArrayRef sizes, IntArrayRef strides, int64_t start = 0)
      : sizes_(sizes), strides_(strides), at_(sizes.size(), 0) {
    for (size_t d = sizes.size(); d-- > 0 && start > 0;) {
      at_[d] = start % sizes[d];
      start /= sizes[d];
      offset_ += at_[d] * strides[d];
    }
  }
  int64_t offset() const { return offset_; }
  void next() {
    for (size_t d = at_.size(); d-- > 0;) {
      offset_ += strides_[d];
      if (++at_[d] < sizes_[d]) {
        return;
      }
      offset_ -= sizes_[d] * strides_[d];
      at_[d] = 0;
    }
  }

 private:
  IntArrayRef sizes_;
  IntArrayRef strides_;
  c10::SmallVector<int64_t, 8> at_;
  int64_t offset_ = 0;
};

// -------------------------------------------------------- one row, sideways

// Up to kRun neighbouring elements, four vectors at a time.
template <typename S, typename Op, typename T>
T reduce_run(const Op& op, const S* x, int64_t n, T shift) {
  T acc = Op::identity();
  int64_t i = 0;
  if constexpr (vectorizes<Op, T>()) {
    using V = OpVec<S>;
    constexpr int64_t w = V::kSize;
    if (n >= w) {
      const V s(shift);
      V lanes[4] = {V(acc), V(acc), V(acc), V(acc)};
      for (; i + 4 * w <= n; i += 4 * w) {
        for (int64_t k = 0; k < 4; ++k) {
          lanes[k] =
              op.step(lanes[k], at::vec::load_as<S>(x + i + k * w), s);
        }
      }
      for (; i + w <= n; i += w) {
        lanes[0] = op.step(lanes[0], at::vec::load_as<S>(x + i), s);
      }
      const V all =
          op.join(op.join(lanes[0], lanes[1]), op.join(lanes[2], lanes[3]));
      T values[w];
      all.store(values);
      for (int64_t half = w / 2; half > 0; half /= 2) {
        for (int64_t k = 0; k < half; ++k) {
          values[k] = op.join(values[k], values[k + half]);
        }
      }
      acc = values[0];
    }
  }
  for (; i < n; ++i) {
    acc = op.step(acc, static_cast<T>(x[i]), shift);
  }
  return acc;
}

template <typename S, typename Op, typename T>
TotalOf<Op, T> reduce_row(
    const Op& op,
    const S* x,
    int64_t n,
    int64_t stride,
    T shift) {
  using Total = TotalOf<Op, T>;
  Total total = static_cast<Total>(Op::identity());
  for (int64_t i = 0; i < n; i += kRun) {
    const int64_t m = std::min(kRun, n - i);
    T part = Op::identity();
    if (stride == 1) {
      part = reduce_run<S, Op, T>(op, x + i, m, shift);
    } else {
      for (int64_t k = i; k < i + m; ++k) {
        part = op.step(part, static_cast<T>(x[k * stride]), shift);
      }
    }
    total = op.join(total, static_cast<Total>(part));
  }
  return total;
}

// All elements [begin, end) of the reduced box of one output.
template <typename S, typename Op, typename T>
TotalOf<Op, T> reduce_box(
    const Op& op,
    const S* x,
    const ReducePlan& plan,
    T shift) {
  using Total = TotalOf<Op, T>;
  const size_t n = plan.reduced_sizes.size();
  if (n == 0) {
    return static_cast<Total>(op.step(Op::identity(), static_cast<T>(*x), shift));
  }
  const int64_t length = plan.reduced_sizes[n - 1];
  const int64_t stride = plan.reduced_strides[n - 1];
  if (n == 1) {
    return reduce_row<S, Op, T>(op, x, length, stride, shift);
  }
  const IntArrayRef sizes = IntArrayRef(plan.reduced_sizes).slice(0, n - 1);
  const IntArrayRef strides = IntArrayRef(plan.reduced_strides).slice(0, n - 1);
  Odometer rows(sizes, strides);
  Total total = static_cast<Total>(Op::identity());
  for (int64_t left = plan.count / length; left > 0; --left) {
    total = op.join(
        total,
        reduce_row<S, Op, T>(op, x + rows.offset(), length, stride, shift));
    rows.next();
  }
  return total;
}

// One output of many neighbouring elements: chunks on several threads.
template <typename S, typename Op, typename T>
TotalOf<Op, T> reduce_long_row(
    const Op& op,
    const S* x,
    int64_t n,
    int64_t stride,
    T shift) {
  using Total = TotalOf<Op, T>;
  return parallel_reduce(
      0,
      n,
      kGrainSize,
      static_cast<Total>(Op::identity()),
      [&](int64_t b, int64_t e, Total) {
        return reduce_row<S, Op, T>(op, x + b * stride, e - b, stride, shift);
      },
      [&](Total a, Total b) { return op.join(a, b); });
}

// --------------------------------------------------- many columns, downwards

// Outputs that are neighbours in self: width of them at a time, each row of
// the reduced box added to all. acc stays in the L1 cache.
template <typename S, typename Op, typename T>
void add_row(const Op& op, const S* x, int64_t width, T* acc, const T* shift) {
  int64_t i = 0;
  if constexpr (vectorizes<Op, T>()) {
    using V = OpVec<S>;
    for (; i + V::kSize <= width; i += V::kSize) {
      const V s = shift ? V::loadu(shift + i) : V(T(0));
      op.step(V::loadu(acc + i), at::vec::load_as<S>(x + i), s)
          .store(acc + i);
    }
  }
  for (; i < width; ++i) {
    acc[i] = op.step(acc[i], static_cast<T>(x[i]), shift ? shift[i] : T(0));
  }
}

// The same for several rows, with the sums of as many columns as eight
// vectors hold kept in registers: half the time of add_row on rows of 1,000
// floats. Each column meets its rows in the same order either way.
template <typename S, typename Op, typename T>
void add_rows(
    const Op& op,
    const S* x,
    const int64_t* offsets,
    int64_t rows,
    int64_t width,
    T* acc,
    const T* shift) {
  int64_t i = 0;
  if constexpr (vectorizes<Op, T>()) {
    using V = OpVec<S>;
    constexpr int64_t kVectors = 8;
    for (; i + kVectors * V::kSize <= width; i += kVectors * V::kSize) {
      V sums[kVectors];
      for (int64_t k = 0; k < kVectors; ++k) {
        sums[k] = V::loadu(acc + i + k * V::kSize);
      }
      for (int64_t r = 0; r < rows; ++r) {
        const S* const row = x + offsets[r] + i;
#pragma GCC unroll 8
        for (int64_t k = 0; k < kVectors; ++k) {
          const int64_t at = k * V::kSize;
          const V s = shift ? V::loadu(shift + i + at) : V(T(0));
          sums[k] = op.step(sums[k], at::vec::load_as<S>(row + at), s);
        }
      }
      for (int64_t k = 0; k < kVectors; ++k) {
        sums[k].store(acc + i + k * V::kSize);
      }
    }
  }
  for (int64_t r = 0; i < width && r < rows; ++r) {
    add_row<S, Op, T>(
        op, x + offsets[r] + i, width - i, acc + i, shift ? shift + i : shift);
  }
}

template <typename S, typename Op, typename T>
void reduce_columns(
    const Op& op,
    const S* x,
    int64_t width,
    const ReducePlan& plan,
    const S* shift,
    S* out) {
  using Total = TotalOf<Op, T>;
  T acc[kColumns];
  T shifts[kColumns];
  Total totals[kColumns];
  int64_t offsets[kRowRun];
  std::fill_n(totals, width, static_cast<Total>(Op::identity()));
  for (int64_t i = 0; shift && i < width; ++i) {
    shifts[i] = static_cast<T>(shift[i]);
  }
  Odometer rows(plan.reduced_sizes, plan.reduced_strides);
  for (int64_t r = 0; r < plan.count; r += kRowRun) {
    std::fill_n(acc, width, Op::identity());
    const int64_t run = std::min(plan.count - r, kRowRun);
    for (int64_t k = 0; k < run; ++k) {
      offsets[k] = rows.offset();
      rows.next();
    }
    add_rows<S, Op, T>(
        op, x, offsets, run, width, acc, shift ? shifts : nullptr);
    for (int64_t i = 0; i < width; ++i) {
      totals[i] = op.join(totals[i], static_cast<Total>(acc[i]));
    }
  }
  for (int64_t i = 0; i < width; ++i) {
    out[i] = static_cast<S>(static_cast<T>(totals[i]));
  }
}

// ------------------------------------------------------------------- driver

// Whether the innermost kept dimension, not a reduced one, lies densely.
inline bool goes_downwards(const ReducePlan& plan) {
  return !plan.kept_strides.empty() && plan.kept_strides.back() == 1 &&
      !plan.reduced_strides.empty() && plan.kept_sizes.back() >= 4;
}

template <typename S, typename Op>
void reduce_kernel(
    const TensorBase& out,
    const TensorBase& self,
    const ReducePlan& plan,
    const TensorBase* shift_tensor,
    const Op& op) {
  using T = opmath_type<S>;
  auto* to = static_cast<S*>(out.data_ptr());
  const auto* from = static_cast<const S*>(self.data_ptr());
  const auto* shift =
      shift_tensor ? static_cast<const S*>(shift_tensor->data_ptr()) : nullptr;
  auto shift_of = [&](int64_t i) {
    return shift ? static_cast<T>(shift[i]) : T(0);
  };
  if (plan.count == 0) {
    std::fill_n(to, plan.outputs, static_cast<S>(Op::identity()));
    return;
  }
  if (plan.outputs == 1 && plan.reduced_sizes.size() == 1) {
    *to = static_cast<S>(static_cast<T>(reduce_long_row<S, Op, T>(
        op, from, plan.count, plan.reduced_strides[0], shift_of(0))));
    return;
  }
  if (goes_downwards(plan)) {
    const size_t last = plan.kept_sizes.size() - 1;
    const int64_t row = plan.kept_sizes[last];
    const int64_t tiles = (row + kColumns - 1) / kColumns;
    const IntArrayRef sizes = IntArrayRef(plan.kept_sizes).slice(0, last);
    const IntArrayRef strides = IntArrayRef(plan.kept_strides).slice(0, last);
    const int64_t work = std::min(row, kColumns) * plan.count;
    const int64_t grain = std::max<int64_t>(1, kGrainSize / work);
    const int64_t all = plan.outputs / row * tiles;
    parallel_for(0, all, grain, [&](int64_t begin, int64_t end) {
      for (int64_t t = begin; t < end; ++t) {
        const int64_t first = t % tiles * kColumns;
        const int64_t offset = Odometer(sizes, strides, t / tiles).offset();
        const int64_t at = t / tiles * row + first;
        reduce_columns<S, Op, T>(
            op,
            from + offset + first,
            std::min(kColumns, row - first),
            plan,
            shift ? shift + at : nullptr,
            to + at);
      }
    });
    return;
  }
  const int64_t grain = std::max<int64_t>(1, kGrainSize / plan.count);
  parallel_for(0, plan.outputs, grain, [&](int64_t begin, int64_t end) {
    Odometer outputs(plan.kept_sizes, plan.kept_strides, begin);
    for (int64_t i = begin; i < end; ++i) {
      to[i] = static_cast<S>(static_cast<T>(reduce_box<S, Op, T>(
          op, from + outputs.offset(), plan, shift_of(i))));
      outputs.next();
    }
  });
}

} // namespace
} // namespace at::native

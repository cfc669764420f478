// Softmax kernels. One normalised line is either a contiguous row (lanes are
// its elements) or a bundle of neighbouring columns (lanes are the columns);
// both shift by the maximum first, so that exp never overflows.
#include <cmath>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/cpu/vec/VecMath.h"
#include "aten/native/SoftMax.h"

namespace at::native {
namespace {

using at::vec::load_as;
using at::vec::OpVec;
using at::vec::select;
using at::vec::store_as;
using at::vec::Vectorized;

template <typename S>
S* data_of(const TensorBase& t) {
  return static_cast<S*>(t.data_ptr());
}

template <typename V>
V larger(V a, V b) {
  return select(a > b, a, b);
}

template <typename A, typename F>
A across(Vectorized<A> v, const F& combine) {
  A result = v[0];
  for (int i = 1; i < Vectorized<A>::size(); ++i) {
    result = combine(result, v[i]);
  }
  return result;
}
template <typename A>
A sum_across(Vectorized<A> v) {
  return across(v, [](A a, A b) { return a + b; });
}

// step(value, offset, count) for each vector of a row; missing lanes of the
// last one hold `fill`.
template <typename S, typename F>
void for_each_vector(
    const S* row,
    int64_t n,
    opmath_type<S> fill,
    const F& step) {
  using V = OpVec<S>;
  int64_t i = 0;
  for (; i + V::size() <= n; i += V::size()) {
    step(load_as<S>(row + i), i, int64_t{V::size()});
  }
  if (i < n) {
    const V lane = V::arange();
    const V v = load_as<S>(row + i, n - i);
    step(
        select(lane < V(static_cast<opmath_type<S>>(n - i)), v, V(fill)),
        i,
        n - i);
  }
}

template <typename S>
void store_lanes(S* p, OpVec<S> v, int64_t count) {
  if (count == OpVec<S>::size()) {
    store_as<S>(p, v);
  } else {
    store_as<S>(p, v, count);
  }
}

// The maximum of a row, in four chains so that none waits for the last.
template <typename S>
opmath_type<S> row_max(const S* x, int64_t n) {
  using A = opmath_type<S>;
  using V = OpVec<S>;
  const A lowest = -std::numeric_limits<A>::infinity();
  V top[4] = {V(lowest), V(lowest), V(lowest), V(lowest)};
  int64_t i = 0;
  for (; i + 4 * V::size() <= n; i += 4 * V::size()) {
    for (int k = 0; k < 4; ++k) {
      top[k] = larger(top[k], load_as<S>(x + i + k * V::size()));
    }
  }
  V rest = larger(larger(top[0], top[1]), larger(top[2], top[3]));
  for_each_vector<S>(x + i, n - i, lowest, [&](V v, int64_t, int64_t) {
    rest = larger(rest, v);
  });
  return across(rest, [](A a, A b) { return a > b ? a : b; });
}

constexpr auto kLowest = [](auto x) {
  return -std::numeric_limits<decltype(x)>::infinity();
};

// --------------------------------------------------------------- forward

template <typename S, bool kLog>
void softmax_row(const S* x, S* out, int64_t n) {
  using A = opmath_type<S>;
  using V = OpVec<S>;
  const A lowest = kLowest(A());
  const V shift(row_max<S>(x, n));
  V sums(A(0));
  // Half and BFloat16 are exponentiated again below: a stored value has
  // already been rounded.
  constexpr bool kKeep = !kLog && std::is_same<S, A>::value;
  for_each_vector<S>(x, n, lowest, [&](V v, int64_t i, int64_t count) {
    const V e = exp(v - shift);
    sums += e;
    if (kKeep) {
      store_lanes<S>(out + i, e, count);
    }
  });
  const A sum = sum_across(sums);
  if (kLog) {
    const V log_sum(std::log(sum));
    for_each_vector<S>(x, n, lowest, [&](V v, int64_t i, int64_t count) {
      store_lanes<S>(out + i, v - shift - log_sum, count);
    });
    return;
  }
  const V scale(A(1) / sum);
  for_each_vector<S>(
      kKeep ? out : x, n, lowest, [&](V v, int64_t i, int64_t count) {
        store_lanes<S>(
            out + i, (kKeep ? v : exp(v - shift)) * scale, count);
      });
}

// `count` columns, whose elements lie `inner` apart.
template <typename S, bool kLog>
void softmax_columns(
    const S* x,
    S* out,
    int64_t size,
    int64_t inner,
    int64_t count) {
  using A = opmath_type<S>;
  using V = OpVec<S>;
  const auto load = [&](int64_t d) {
    return count == V::size() ? load_as<S>(x + d * inner)
                              : load_as<S>(x + d * inner, count);
  };
  V top(kLowest(A()));
  for (int64_t d = 0; d < size; ++d) {
    top = larger(top, load(d));
  }
  V sum(A(0));
  for (int64_t d = 0; d < size; ++d) {
    sum += exp(load(d) - top);
  }
  const V log_sum = kLog ? log(sum) : sum;
  for (int64_t d = 0; d < size; ++d) {
    const V shifted = load(d) - top;
    store_lanes<S>(
        out + d * inner, kLog ? shifted - log_sum : exp(shifted) / sum, count);
  }
}

// -------------------------------------------------------------- backward

// softmax: (grad - sum(grad * y)) * y; log_softmax: grad - exp(y) * sum(grad).
template <bool kLog, typename V>
V summand(V grad, V y) {
  return kLog ? grad : grad * y;
}
template <bool kLog, typename V>
V grad_of(V grad, V y, V sum) {
  return kLog ? grad - exp(y) * sum : (grad - sum) * y;
}

template <typename S, bool kLog>
void backward_row(const S* grad, const S* y, S* out, int64_t n) {
  using A = opmath_type<S>;
  using V = OpVec<S>;
  const auto load_y = [&](int64_t i, int64_t count) {
    return count == V::size() ? load_as<S>(y + i) : load_as<S>(y + i, count);
  };
  V sums(A(0));
  for_each_vector<S>(grad, n, A(0), [&](V g, int64_t i, int64_t count) {
    sums += summand<kLog>(g, load_y(i, count));
  });
  const V sum(sum_across(sums));
  for_each_vector<S>(grad, n, A(0), [&](V g, int64_t i, int64_t count) {
    store_lanes<S>(out + i, grad_of<kLog>(g, load_y(i, count), sum), count);
  });
}

template <typename S, bool kLog>
void backward_columns(
    const S* grad,
    const S* y,
    S* out,
    int64_t size,
    int64_t inner,
    int64_t count) {
  using A = opmath_type<S>;
  using V = OpVec<S>;
  const auto load = [&](const S* p, int64_t d) {
    return count == V::size() ? load_as<S>(p + d * inner)
                              : load_as<S>(p + d * inner, count);
  };
  V sum(A(0));
  for (int64_t d = 0; d < size; ++d) {
    sum += summand<kLog>(load(grad, d), load(y, d));
  }
  for (int64_t d = 0; d < size; ++d) {
    store_lanes<S>(
        out + d * inner,
        grad_of<kLog>(load(grad, d), load(y, d), sum),
        count);
  }
}

// ---------------------------------------------------------------- drivers

constexpr int64_t kWork = 8192; // elements per thread

// row(offset) for rows, columns(offset, count) for bundles of columns.
template <typename S, typename Row, typename Columns>
void for_each_line(
    const SoftMaxShape& shape,
    const Row& row,
    const Columns& columns) {
  if (shape.inner == 1) {
    parallel_for(
        0,
        shape.outer,
        1 + kWork / shape.size,
        [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            row(i * shape.size);
          }
        });
    return;
  }
  constexpr int64_t kLanes = OpVec<S>::size();
  const int64_t bundles = (shape.inner + kLanes - 1) / kLanes;
  parallel_for(
      0,
      shape.outer * bundles,
      1 + kWork / (shape.size * kLanes),
      [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int64_t first = i % bundles * kLanes;
          columns(
              i / bundles * shape.size * shape.inner + first,
              std::min(kLanes, shape.inner - first));
        }
      });
}

template <bool kLog>
void softmax_kernel(
    const TensorBase& out,
    const TensorBase& input,
    const SoftMaxShape& shape) {
  dispatch_floating_types(input.scalar_type(), "softmax", [&](auto type) {
    using S = decltype(type);
    const S* const x = data_of<S>(input);
    S* const y = data_of<S>(out);
    for_each_line<S>(
        shape,
        [&](int64_t at) { softmax_row<S, kLog>(x + at, y + at, shape.size); },
        [&](int64_t at, int64_t count) {
          softmax_columns<S, kLog>(
              x + at, y + at, shape.size, shape.inner, count);
        });
  });
}

template <bool kLog>
void softmax_backward_kernel(
    const TensorBase& grad_input,
    const TensorBase& grad_output,
    const TensorBase& output,
    const SoftMaxShape& shape) {
  dispatch_floating_types(output.scalar_type(), "softmax", [&](auto type) {
    using S = decltype(type);
    const S* const g = data_of<S>(grad_output);
    const S* const y = data_of<S>(output);
    S* const out = data_of<S>(grad_input);
    for_each_line<S>(
        shape,
        [&](int64_t at) {
          backward_row<S, kLog>(g + at, y + at, out + at, shape.size);
        },
        [&](int64_t at, int64_t count) {
          backward_columns<S, kLog>(
              g + at, y + at, out + at, shape.size, shape.inner, count);
        });
  });
}

} // namespace

REGISTER_DISPATCH(softmax_stub, softmax_kernel<false>);
REGISTER_DISPATCH(log_softmax_stub, softmax_kernel<true>);
REGISTER_DISPATCH(softmax_backward_stub, softmax_backward_kernel<false>);
REGISTER_DISPATCH(log_softmax_backward_stub, softmax_backward_kernel<true>);

} // namespace at::native

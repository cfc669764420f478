// Sorting by order-preserving integers: an element becomes an unsigned key
// (functors/SortKeys.h), key and position are sorted together, values are
// gathered at the end. Position as the low bits makes any sort stable.
#include <algorithm>
#include <memory>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/native/Sorting.h"
#include "aten/native/functors/SortKeys.h"

namespace at::native {
namespace {

// Key in the high half, position in the low one.
using Packed = uint64_t;
// For eight-byte elements.
struct Wide {
  uint64_t key;
  int64_t position;
  bool operator<(const Wide& o) const {
    return key != o.key ? key < o.key : position < o.position;
  }
};

template <typename T>
using ItemOf = std::conditional_t<(sizeof(T) <= 4), Packed, Wide>;

template <typename T>
ItemOf<T> make_item(T value, int64_t position, bool descending) {
  if constexpr (sizeof(T) <= 4) {
    const uint32_t key = sort_key(value);
    return static_cast<uint64_t>(descending ? ~key : key) << 32 |
        static_cast<uint32_t>(position);
  } else {
    const uint64_t key = sort_key(value);
    return Wide{descending ? ~key : key, position};
  }
}
int64_t position_of(Packed item) {
  return static_cast<int64_t>(item & 0xFFFFFFFFu);
}
int64_t position_of(const Wide& item) {
  return item.position;
}

// ---------------------------------------------------------------- ordering

// By the upper 32 bits, eleven at a time; stable, so positions stay in order.
void radix_sort(Packed* items, int64_t n) {
  constexpr int kBits = 11;
  constexpr int kBuckets = 1 << kBits;
  const std::unique_ptr<Packed[]> buffer(new Packed[n]);
  Packed* from = items;
  Packed* to = buffer.get();
  for (int shift = 32; shift < 64; shift += kBits) {
    int64_t starts[kBuckets] = {};
    for (int64_t i = 0; i < n; ++i) {
      ++starts[from[i] >> shift & (kBuckets - 1)];
    }
    int64_t sum = 0;
    for (int64_t& start : starts) {
      const int64_t count = start;
      start = sum;
      sum += count;
    }
    for (int64_t i = 0; i < n; ++i) {
      to[starts[from[i] >> shift & (kBuckets - 1)]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from != items) {
    std::copy_n(from, n, items);
  }
}

template <typename Item>
void order(Item* items, const SelectFirst& s) {
  constexpr int64_t kRadix = 4096;
  if (s.k < s.n) {
    std::nth_element(items, items + s.k, items + s.n);
    if (s.sorted) {
      std::sort(items, items + s.k);
    }
    return;
  }
  if constexpr (std::is_same<Item, Packed>::value) {
    if (s.n >= kRadix) {
      radix_sort(items, s.n);
      return;
    }
  }
  std::sort(items, items + s.n);
}

template <typename T>
void select_rows(
    const T* input,
    T* values,
    int64_t* indices,
    const SelectFirst& s,
    int64_t begin,
    int64_t end) {
  using Item = ItemOf<T>;
  const std::unique_ptr<Item[]> items(new Item[s.n]);
  for (int64_t r = begin; r < end; ++r) {
    const T* const row = input + r * s.n;
    for (int64_t i = 0; i < s.n; ++i) {
      items[i] = make_item(row[i], i, s.descending);
    }
    order(items.get(), s);
    for (int64_t i = 0; i < s.k; ++i) {
      const int64_t position = position_of(items[i]);
      values[r * s.k + i] = row[position];
      indices[r * s.k + i] = position;
    }
  }
}

void select_first_kernel(
    const TensorBase& values,
    const TensorBase& indices,
    const TensorBase& input,
    const SelectFirst& s) {
  dispatch_all_types_and_bool(input.scalar_type(), "sort", [&](auto type) {
    using T = decltype(type);
    parallel_for(
        0, s.rows, 1 + 4096 / (s.n + 1), [&](int64_t begin, int64_t end) {
          select_rows(
              static_cast<const T*>(input.data_ptr()),
              static_cast<T*>(values.data_ptr()),
              static_cast<int64_t*>(indices.data_ptr()),
              s,
              begin,
              end);
        });
  });
}

} // namespace

REGISTER_DISPATCH(select_first_stub, select_first_kernel);

} // namespace at::native

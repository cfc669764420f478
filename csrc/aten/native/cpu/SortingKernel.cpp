// Sorting by order-preserving integers: an element becomes an unsigned key
// (NaN largest, -0 equal to 0), key and position are sorted together, values
// are gathered at the end. Position as the low bits makes any sort stable.
#include <algorithm>
#include <cmath>
#include <memory>

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/native/Sorting.h"

namespace at::native {
namespace {

// ------------------------------------------------------------------- keys

template <typename T>
uint32_t key32(T value) {
  if constexpr (std::is_integral<T>::value) {
    const auto wide = static_cast<int64_t>(value);
    return static_cast<uint32_t>(wide) ^
        (std::is_signed<T>::value ? 0x80000000u : 0u);
  } else {
    const float f = static_cast<float>(value);
    if (f != f) {
      return ~uint32_t{0};
    }
    // + 0: a negative zero becomes a positive one.
    const uint32_t bits = c10::detail::bit_cast<uint32_t>(f + 0.0f);
    return bits >> 31 ? ~bits : bits | 0x80000000u;
  }
}

template <typename T>
uint64_t key64(T value) {
  if constexpr (std::is_integral<T>::value) {
    return static_cast<uint64_t>(value) ^ (uint64_t{1} << 63);
  } else {
    if (value != value) {
      return ~uint64_t{0};
    }
    const uint64_t bits = c10::detail::bit_cast<uint64_t>(value + 0.0);
    return bits >> 63 ? ~bits : bits | uint64_t{1} << 63;
  }
}

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
    const uint32_t key = key32(value);
    return static_cast<uint64_t>(descending ? ~key : key) << 32 |
        static_cast<uint32_t>(position);
  } else {
    const uint64_t key = key64(value);
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

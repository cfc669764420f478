// sort and topk on CUDA: elements become unsigned keys (functors/SortKeys.h),
// keys are sorted with their positions, values are gathered at the end.
// Rows of up to 2,048 elements are sorted in a block's shared memory, longer
// ones by CUB's radix sorts (LongRowSort.cuh).
#include "aten/native/Sorting.h"

#include "aten/Dispatch.h"
#include "aten/native/cuda/RowLaunch.cuh"
#include "aten/native/functors/SortKeys.h"
#ifdef __CUDACC__ // tests bring their own
#include "aten/native/cuda/LongRowSort.cuh"
#endif

namespace at::native {
namespace {

// -------------------------------------------------------------- short rows

constexpr int kMaxShortRow = 2048;

// A key and its position, which makes every item distinct and so any sort
// stable. Eight-byte elements need a wider one.
struct NarrowItem {
  uint64_t bits; // key in the high half

  C10_HOST_DEVICE NarrowItem(uint64_t key, uint32_t position)
      : bits(key << 32 | position) {}
  C10_HOST_DEVICE bool operator<(const NarrowItem& o) const {
    return bits < o.bits;
  }
  C10_HOST_DEVICE int64_t position() const {
    return static_cast<int64_t>(bits & 0xFFFFFFFFu);
  }
};
struct WideItem {
  uint64_t key;
  int64_t at;

  C10_HOST_DEVICE WideItem(uint64_t key, uint32_t position)
      : key(key), at(position) {}
  C10_HOST_DEVICE bool operator<(const WideItem& o) const {
    return key != o.key ? key < o.key : at < o.at;
  }
  C10_HOST_DEVICE int64_t position() const { return at; }
};
template <typename T>
using ItemOf = std::conditional_t<sizeof(T) == 8, WideItem, NarrowItem>;

template <typename T>
__device__ SortKey<T> key_of(T value, bool descending) {
  const SortKey<T> key = sort_key(value);
  return descending ? static_cast<SortKey<T>>(~key) : key;
}

// A bitonic network (K. Batcher, 1968) over `padded` items, a power of two of
// at least n; what pads a row is larger than all of it. padded / 2 threads.
template <typename T>
__global__ void __launch_bounds__(kMaxShortRow / 2) sort_short_rows(
    const T* input,
    T* values,
    int64_t* indices,
    const SelectFirst s,
    int padded) {
  using Item = ItemOf<T>;
  AT_SHARED_ARRAY(Item, items, kMaxShortRow);
  const int n = static_cast<int>(s.n);
  const int thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  for (int64_t row = blockIdx.x; row < s.rows; row += gridDim.x) {
    const T* const x = input + row * s.n;
    for (int i = thread; i < padded; i += threads) {
      // Position n and above: behind an element with the largest key.
      items[i] = i < n
          ? Item(key_of(x[i], s.descending), static_cast<uint32_t>(i))
          : Item(
                static_cast<SortKey<T>>(~SortKey<T>(0)),
                static_cast<uint32_t>(i));
    }
    __syncthreads();
    for (int run = 2; run <= padded; run *= 2) {
      for (int gap = run / 2; gap > 0; gap /= 2) {
        // Pair number `thread`: its lower member has a zero at bit `gap`.
        const int low = thread / gap * 2 * gap + thread % gap;
        const int high = low + gap;
        const bool ascending = (low & run) == 0;
        if (high < padded && (items[high] < items[low]) == ascending) {
          const Item item = items[low];
          items[low] = items[high];
          items[high] = item;
        }
        __syncthreads();
      }
    }
    for (int i = thread; i < s.k; i += threads) {
      const int64_t position = items[i].position();
      values[row * s.k + i] = x[position];
      indices[row * s.k + i] = position;
    }
    __syncthreads();
  }
}

template <typename T>
void sort_short(
    const T* input,
    T* values,
    int64_t* indices,
    const SelectFirst& s) {
  const auto padded =
      static_cast<int>(std::max<int64_t>(2, detail::ceil_power_of_two(s.n)));
  launch(
      sort_short_rows<T>,
      grid_for(s.rows, 1),
      dim3(static_cast<unsigned>(std::max(32, padded / 2))),
      input,
      values,
      indices,
      s,
      padded);
}

// --------------------------------------------------------------- long rows

template <typename T, typename Key>
__global__ void make_keys(
    const T* input,
    Key* keys,
    uint32_t* positions,
    int64_t rows,
    int64_t n,
    bool descending) {
  for (int64_t i = global_thread(); i < rows * n; i += global_threads()) {
    keys[i] = key_of(input[i], descending);
    positions[i] = static_cast<uint32_t>(i % n);
  }
}

template <typename T>
__global__ void gather_first(
    const T* input,
    const uint32_t* positions,
    T* values,
    int64_t* indices,
    int64_t rows,
    int64_t n,
    int64_t k) {
  for (int64_t i = global_thread(); i < rows * k; i += global_threads()) {
    const int64_t row = i / k;
    const int64_t position = positions[row * n + i % k];
    values[i] = input[row * n + position];
    indices[i] = position;
  }
}

// Some rows at a time, so that CUB counts in 32 bits and the working memory
// stays below 24 bytes for each of 2^28 elements, or of one row.
template <typename T>
void sort_long(
    const T* input,
    T* values,
    int64_t* indices,
    const SelectFirst& s) {
  TORCH_CHECK(
      s.n <= INT32_MAX,
      "The dimension being sorted can not have more than INT_MAX elements.");
  using Key = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  const int64_t step = std::max<int64_t>(1, (int64_t{1} << 28) / s.n);
  for (int64_t first = 0; first < s.rows; first += step) {
    const int64_t rows = std::min(step, s.rows - first);
    const T* const from = input + first * s.n;
    LongRowSort<Key> sort(rows, s.n);
    launch(
        make_keys<T, Key>,
        grid_for(rows * s.n, kThreads),
        dim3(kThreads),
        from,
        sort.keys(),
        sort.positions(),
        rows,
        s.n,
        s.descending);
    sort.run(static_cast<int>(8 * sizeof(T)));
    launch(
        gather_first<T>,
        grid_for(rows * s.k, kThreads),
        dim3(kThreads),
        from,
        sort.sorted_positions(),
        values + first * s.k,
        indices + first * s.k,
        rows,
        s.n,
        s.k);
  }
}

void select_first_kernel(
    const TensorBase& values,
    const TensorBase& indices,
    const TensorBase& input,
    const SelectFirst& s) {
  dispatch_all_types_and_bool(input.scalar_type(), "sort", [&](auto type) {
    using T = decltype(type);
    auto* const run = s.n <= kMaxShortRow ? sort_short<T> : sort_long<T>;
    run(pointer<T>(input), pointer<T>(values), pointer<int64_t>(indices), s);
  });
}

} // namespace

REGISTER_DISPATCH(select_first_stub, select_first_kernel);

} // namespace at::native

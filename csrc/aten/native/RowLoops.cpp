#include "aten/native/RowLoops.h"

#include <cstring>

namespace at::native {
namespace {

// Elements of a strided operand that are brought together at a time.
constexpr int64_t kBlock = 256;
// See Note [Tiles for transposed operands].
constexpr int64_t kTileRows = 16;
constexpr int64_t kTileColumns = 64;
constexpr int64_t kMaxElementSize = 16;

struct Wide {
  uint64_t a, b;
};

// f gets a value of a plain type of the given size.
template <typename F>
void dispatch_size(int64_t size, F f) {
  switch (size) {
    case 1:
      return f(uint8_t());
    case 2:
      return f(uint16_t());
    case 4:
      return f(uint32_t());
    case 8:
      return f(uint64_t());
    default:
      return f(Wide());
  }
}

void gather(
    char* to,
    const char* from,
    int64_t stride,
    int64_t n,
    int64_t size) {
  dispatch_size(size, [&](auto element) {
    using T = decltype(element);
    auto* out = reinterpret_cast<T*>(to);
    for (int64_t i = 0; i < n; ++i) {
      out[i] = *reinterpret_cast<const T*>(from + i * stride);
    }
  });
}

void scatter(
    char* to,
    int64_t stride,
    const char* from,
    int64_t n,
    int64_t size) {
  dispatch_size(size, [&](auto element) {
    using T = decltype(element);
    const auto* in = reinterpret_cast<const T*>(from);
    for (int64_t i = 0; i < n; ++i) {
      *reinterpret_cast<T*>(to + i * stride) = in[i];
    }
  });
}

// to: (rows, kTileColumns), row-major. from: columns `stride` bytes apart,
// each of `rows` dense elements.
void transpose_tile(
    char* to,
    const char* from,
    int64_t stride,
    int64_t columns,
    int64_t rows,
    int64_t size) {
  dispatch_size(size, [&](auto element) {
    using T = decltype(element);
    auto* out = reinterpret_cast<T*>(to);
    if (rows == kTileRows) {
      for (int64_t c = 0; c < columns; ++c) {
        T line[kTileRows];
        std::memcpy(line, from + c * stride, sizeof line);
        for (int64_t r = 0; r < kTileRows; ++r) {
          out[r * kTileColumns + c] = line[r];
        }
      }
      return;
    }
    for (int64_t c = 0; c < columns; ++c) {
      const auto* line = reinterpret_cast<const T*>(from + c * stride);
      for (int64_t r = 0; r < rows; ++r) {
        out[r * kTileColumns + c] = line[r];
      }
    }
  });
}

// One plane of the iteration: what its rows have in common.
class Plane {
 public:
  Plane(
      const RowKernel& kernel,
      uint32_t wide,
      const int64_t* strides)
      : k_(kernel), wide_(wide), inner_(strides) {
    dense_ = inner_[0] == k_.out_size;
    for (int i = 0; i < k_.inputs; ++i) {
      const int64_t stride = inner_[i + 1];
      if (stride == 0) {
        constants_ |= 1u << i;
      } else {
        dense_ &= stride == k_.in_size;
      }
    }
  }

  void row(char* const* data, int64_t n) const {
    if (C10_LIKELY(dense_)) {
      k_.row(k_.functor, data[0], data + 1, constants_, wide_, n);
    } else {
      gathered_row(data, n);
    }
  }

 private:
  void gathered_row(char* const* data, int64_t n) const {
    alignas(64) char blocks[kMaxRowInputs][kBlock * kMaxElementSize];
    alignas(64) char results[kBlock * kMaxElementSize];
    const bool out_dense = inner_[0] == k_.out_size;
    for (int64_t at = 0; at < n; at += kBlock) {
      const int64_t m = std::min(kBlock, n - at);
      const char* in[kMaxRowInputs];
      for (int i = 0; i < k_.inputs; ++i) {
        const int64_t stride = inner_[i + 1];
        in[i] = data[i + 1] + at * stride;
        if (stride != 0 && stride != k_.in_size) {
          gather(blocks[i], in[i], stride, m, k_.in_size);
          in[i] = blocks[i];
        }
      }
      char* out = data[0] + at * inner_[0];
      k_.row(
          k_.functor, out_dense ? out : results, in, constants_, wide_, m);
      if (!out_dense) {
        scatter(out, inner_[0], results, m, k_.out_size);
      }
    }
  }

  const RowKernel& k_;
  uint32_t wide_;
  uint32_t constants_ = 0;
  const int64_t* inner_;
  bool dense_;
};

// Note [Tiles for transposed operands]
// An operand that is dense along the outer dimension instead of the inner
// one touches a new cache line with each element of a row. Such planes are
// cut into tiles of kTileRows rows; the operand's part is transposed into a
// buffer, so that every line it touches is used whole.
bool is_transposed(const RowKernel& k, const int64_t* strides, int arg) {
  const int64_t inner = strides[arg];
  return inner != k.in_size && inner != 0 &&
      strides[k.inputs + 1 + arg] == k.in_size;
}

void tiled_plane(
    const RowKernel& k,
    uint32_t wide,
    char* const* data,
    const int64_t* strides,
    int64_t size0,
    int64_t size1) {
  constexpr int64_t kTileBytes = kTileRows * kTileColumns * kMaxElementSize;
  alignas(64) char tiles[kMaxRowInputs][kTileBytes];
  const int args = k.inputs + 1;
  int64_t inner[kMaxRowInputs + 1];
  int64_t outer[kMaxRowInputs + 1];
  for (int a = 0; a < args; ++a) {
    const bool tile = a > 0 && is_transposed(k, strides, a);
    inner[a] = tile ? k.in_size : strides[a];
    outer[a] = tile ? kTileColumns * k.in_size : strides[args + a];
  }
  const Plane rows_of_tile(k, wide, inner);
  for (int64_t r = 0; r < size1; r += kTileRows) {
    const int64_t rows = std::min(kTileRows, size1 - r);
    for (int64_t c = 0; c < size0; c += kTileColumns) {
      const int64_t columns = std::min(kTileColumns, size0 - c);
      char* row[kMaxRowInputs + 1];
      for (int a = 0; a < args; ++a) {
        row[a] = data[a] + c * strides[a] + r * strides[args + a];
        if (a > 0 && is_transposed(k, strides, a)) {
          transpose_tile(
              tiles[a - 1], row[a], strides[a], columns, rows, k.in_size);
          row[a] = tiles[a - 1];
        }
      }
      for (int64_t i = 0; i < rows; ++i) {
        rows_of_tile.row(row, columns);
        for (int a = 0; a < args; ++a) {
          row[a] += outer[a];
        }
      }
    }
  }
}

void plane(
    const RowKernel& k,
    uint32_t wide,
    char** data,
    const int64_t* strides,
    int64_t size0,
    int64_t size1) {
  const int args = k.inputs + 1;
  if (size1 >= kTileRows && size0 >= kTileRows) {
    for (int a = 1; a < args; ++a) {
      if (is_transposed(k, strides, a)) {
        tiled_plane(k, wide, data, strides, size0, size1);
        return;
      }
    }
  }
  const Plane rows(k, wide, strides);
  for (int64_t i = 0;;) {
    rows.row(data, size0);
    if (++i >= size1) {
      return;
    }
    for (int a = 0; a < args; ++a) {
      data[a] += strides[args + a];
    }
  }
}

} // namespace

void run_rows(TensorIterator& iter, const RowKernel& kernel, int64_t grain) {
  uint32_t wide = 0;
  for (int i = 0; i < kernel.inputs; ++i) {
    wide |= static_cast<uint32_t>(iter.is_number(i + 1)) << i;
  }
  if (iter.ndim() == 1 && iter.numel() <= grain) {
    // Little work in one dimension: the row itself, and nothing else.
    char* data[kMaxRowInputs + 1];
    int64_t strides[kMaxRowInputs + 1];
    for (int a = 0; a <= kernel.inputs; ++a) {
      data[a] = static_cast<char*>(iter.data_ptr(a));
      strides[a] = iter.strides(a)[0];
    }
    if (iter.numel() > 0) {
      Plane(kernel, wide, strides).row(data, iter.numel());
    }
    iter.cast_outputs();
    return;
  }
  iter.for_each(
      [&](char** data,
          const int64_t* strides,
          int64_t size0,
          int64_t size1) { plane(kernel, wide, data, strides, size0, size1); },
      grain);
  iter.cast_outputs();
}

} // namespace at::native

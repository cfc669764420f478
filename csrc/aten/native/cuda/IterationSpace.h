// IterationSpace: what a launch needs of a TensorIterator, in plain numbers
// that can be cut. split_for_32bit() hands pieces to a launcher that 32-bit
// element numbers and byte offsets can walk. Host only; needs no CUDA header.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "aten/TensorIterator.h"
#include "aten/native/cuda/OffsetCalculator.h"

namespace at::native {

struct IterationSpace {
  using Dims = TensorIterator::Dims;

  Dims sizes; // innermost first
  c10::SmallVector<Dims, TensorIterator::kInlineOperands> strides; // bytes
  // Null for a number, whose strides are zero.
  c10::SmallVector<char*, TensorIterator::kInlineOperands> data;

  IterationSpace() = default;
  // A walk over a tensor's shape; operands are added one by one.
  explicit IterationSpace(c10::IntArrayRef shape) {
    for (size_t d = shape.size(); d-- > 0;) {
      sizes.push_back(shape[d]);
    }
  }
  explicit IterationSpace(const TensorIterator& iter) : sizes(iter.shape()) {
    for (int k = 0; k < iter.ntensors(); ++k) {
      strides.emplace_back(iter.strides(k));
      data.push_back(
          iter.is_number(k) ? nullptr : static_cast<char*>(iter.data_ptr(k)));
    }
    merge();
  }

  // element_strides: one per dimension of the shape, outermost first.
  void add(
      const void* pointer,
      c10::IntArrayRef element_strides,
      int64_t element_size) {
    Dims bytes;
    for (size_t d = element_strides.size(); d-- > 0;) {
      bytes.push_back(element_strides[d] * element_size);
    }
    strides.push_back(std::move(bytes));
    data.push_back(static_cast<char*>(const_cast<void*>(pointer)));
  }

  // Makes one dimension of two where every operand steps over them as over
  // one, and leaves out those of one element.
  void merge() {
    for (size_t d = sizes.size(); d-- > 0 && sizes.size() > 1;) {
      if (sizes[d] == 1 || (d > 0 && is_one_step(d))) {
        if (sizes[d] != 1) {
          sizes[d - 1] *= sizes[d];
        }
        drop(d);
      }
    }
  }

  int64_t numel() const {
    int64_t n = 1;
    for (int64_t size : sizes) {
      n *= size;
    }
    return n;
  }

  // Bytes between the first and the last element of an operand.
  int64_t extent(size_t operand) const {
    int64_t bytes = 0;
    for (size_t d = 0; d < sizes.size(); ++d) {
      bytes += (sizes[d] - 1) * strides[operand][d];
    }
    return bytes;
  }

  // Elements of the given size side by side.
  bool is_dense(size_t operand, int64_t element_size) const {
    return sizes.empty() || numel() == 1 ||
        (sizes.size() == 1 && strides[operand][0] == element_size);
  }

  bool fits_32bit() const {
    constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
    if (sizes.size() > kMaxLoopDims || numel() > kMost) {
      return false;
    }
    for (size_t k = 0; k < data.size(); ++k) {
      if (extent(k) > kMost) {
        return false;
      }
    }
    return true;
  }

  // Cuts the dimension that spans most memory, or the outermost one where
  // there are too many, in two.
  std::pair<IterationSpace, IterationSpace> split() const {
    const size_t d =
        sizes.size() > kMaxLoopDims ? sizes.size() - 1 : widest();
    int64_t half = sizes[d] / 2;
    if (half >= kSplitAlignment) {
      half -= half % kSplitAlignment;
    }
    return {part(d, 0, half), part(d, half, sizes[d] - half)};
  }

 private:
  // Elements: a part of a dense, aligned operand stays aligned to 16 bytes.
  static constexpr int64_t kSplitAlignment = 16;

  // Whether dimension d goes on where d - 1 ends.
  bool is_one_step(size_t d) const {
    for (const Dims& s : strides) {
      if (s[d] != s[d - 1] * sizes[d - 1]) {
        return false;
      }
    }
    return true;
  }

  size_t widest() const {
    size_t best = 0;
    std::pair<int64_t, int64_t> most{-1, -1};
    for (size_t d = 0; d < sizes.size(); ++d) {
      int64_t bytes = 0;
      for (const Dims& s : strides) {
        bytes = std::max(bytes, (sizes[d] - 1) * s[d]);
      }
      const std::pair<int64_t, int64_t> span{bytes, sizes[d]};
      if (sizes[d] > 1 && span > most) {
        most = span;
        best = d;
      }
    }
    return best;
  }

  // Elements [begin, begin + length) of dimension d.
  IterationSpace part(size_t d, int64_t begin, int64_t length) const {
    IterationSpace result = *this;
    for (size_t k = 0; k < data.size(); ++k) {
      if (data[k] != nullptr) {
        result.data[k] += begin * strides[k][d];
      }
    }
    result.sizes[d] = length;
    if (length == 1 && sizes.size() > 1) {
      result.drop(d);
    }
    return result;
  }

  void drop(size_t d) {
    const auto erase = [d](Dims& dims) {
      for (size_t i = d; i + 1 < dims.size(); ++i) {
        dims[i] = dims[i + 1];
      }
      dims.pop_back();
    };
    erase(sizes);
    for (Dims& s : strides) {
      erase(s);
    }
  }
};

// fn(piece) for pieces that cover the space, each of which fits_32bit().
// An empty space has none.
template <typename F>
void split_for_32bit(const IterationSpace& space, const F& fn) {
  if (space.numel() == 0) {
    return;
  }
  if (C10_LIKELY(space.fits_32bit())) {
    fn(space);
    return;
  }
  const auto halves = space.split();
  split_for_32bit(halves.first, fn);
  split_for_32bit(halves.second, fn);
}

template <typename F>
void split_for_32bit(const TensorIterator& iter, const F& fn) {
  split_for_32bit(IterationSpace(iter), fn);
}

} // namespace at::native

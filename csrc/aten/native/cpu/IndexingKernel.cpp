// Indexing on the CPU: blocks at offsets, and lines of single elements.
#include "aten/native/Indexing.h"

#include "aten/Dispatch.h"
#include "aten/Parallel.h"

namespace at::native {
namespace {

// ------------------------------------------------------------------ blocks

// The offset of the i-th element of a row-major walk over sizes.
int64_t offset_of(int64_t i, IntArrayRef sizes, IntArrayRef strides) {
  int64_t offset = 0;
  for (size_t d = sizes.size(); d-- > 0;) {
    offset += i % sizes[d] * strides[d];
    i /= sizes[d];
  }
  return offset;
}

template <typename T>
void move_block(T* indexed, T* dense, int64_t n, BlockMove move) {
  const size_t nbytes = static_cast<size_t>(n) * sizeof(T);
  if (move == BlockMove::Gather) {
    std::memcpy(dense, indexed, nbytes);
  } else if (move == BlockMove::Put) {
    std::memcpy(indexed, dense, nbytes);
  } else {
    for (int64_t a = 0; a < n; ++a) {
      if constexpr (std::is_same<T, bool>::value) {
        indexed[a] = indexed[a] || dense[a];
      } else {
        indexed[a] = static_cast<T>(indexed[a] + dense[a]);
      }
    }
  }
}

template <typename T>
void move_strided(
    T* indexed,
    T* dense,
    const IndexedBlocks& blocks,
    const std::vector<int64_t>& after,
    BlockMove move) {
  for (int64_t a = 0; a < blocks.after_count; ++a) {
    move_block(indexed + after[a], dense + a, 1, move);
  }
}

template <typename T>
void run_blocks(
    const IndexedBlocks& blocks,
    void* dense_data,
    BlockMove move) {
  auto* base = reinterpret_cast<T*>(blocks.data);
  auto* dense = static_cast<T*>(dense_data);
  const auto* offsets = static_cast<const int64_t*>(blocks.offsets.data_ptr());
  const int64_t n = blocks.offsets.numel();
  const int64_t length = blocks.after_count;
  std::vector<int64_t> after;
  if (!blocks.after_contiguous) {
    after.resize(static_cast<size_t>(length));
    for (int64_t a = 0; a < length; ++a) {
      after[a] = offset_of(a, blocks.after_sizes, blocks.after_strides);
    }
  }
  auto range = [&](int64_t first, int64_t last) {
    for (int64_t k = first; k < last; ++k) {
      const int64_t b = k / n;
      T* indexed = base +
          offset_of(b, blocks.before_sizes, blocks.before_strides) +
          offsets[k % n];
      if (blocks.after_contiguous) {
        move_block(indexed, dense + k * length, length, move);
      } else {
        move_strided(indexed, dense + k * length, blocks, after, move);
      }
    }
  };
  const int64_t total = blocks.before_count * n;
  if (move == BlockMove::Gather) {
    const int64_t grain =
        std::max<int64_t>(1, kGrainSize / std::max<int64_t>(length, 1));
    parallel_for(0, total, grain, range);
  } else {
    // Equal offsets must be written in order.
    range(0, total);
  }
}

void indexed_blocks_kernel(
    const TensorBase& dense,
    const IndexedBlocks& blocks,
    BlockMove move) {
  dispatch_every_type(blocks.dtype, "index_cpu", [&](auto type) {
    run_blocks<decltype(type)>(blocks, dense.data_ptr(), move);
  });
}

// ------------------------------------------------------------------- lines

// Walks the lines of `index` along its last dimension. f gets, per line, the
// element offsets of the line's start in index, dense and self, where self's
// offset leaves out dimension dim.
template <typename F>
void for_each_line(
    const TensorBase& index,
    const TensorBase& dense,
    const TensorBase& self,
    int64_t dim,
    bool parallel,
    const F& f) {
  const int64_t n = index.dim();
  const int64_t length = index.sizes()[n - 1];
  const int64_t lines = length == 0 ? 0 : index.numel() / length;
  auto range = [&](int64_t first, int64_t last) {
    for (int64_t line = first; line < last; ++line) {
      int64_t rest = line;
      int64_t at_index = 0;
      int64_t at_dense = 0;
      int64_t at_self = 0;
      for (int64_t d = n - 2; d >= 0; --d) {
        const int64_t i = rest % index.sizes()[d];
        rest /= index.sizes()[d];
        at_index += i * index.strides()[d];
        at_dense += dense.dim() == 0 ? 0 : i * dense.strides()[d];
        at_self += d == dim ? 0 : i * self.strides()[d];
      }
      f(at_index, at_dense, at_self);
    }
  };
  if (parallel) {
    parallel_for(0, lines, std::max<int64_t>(1, kGrainSize / length), range);
  } else {
    range(0, lines);
  }
}

[[noreturn]] C10_NOINLINE void fail_index(
    int64_t i,
    int64_t dim,
    int64_t size) {
  c10::detail::fail(
      c10::ErrorKind::Runtime,
      "index ",
      i,
      " is out of bounds for dimension ",
      dim,
      " with size ",
      size);
}

void gather_kernel(
    const TensorBase& out,
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index) {
  const int64_t last = index.dim() - 1;
  const int64_t length = index.sizes()[last];
  const int64_t index_step = index.strides()[last];
  const int64_t out_step = out.strides()[last];
  const int64_t self_step = dim == last ? 0 : self.strides()[last];
  const int64_t dim_step = self.strides()[dim];
  const int64_t size = self.sizes()[dim];
  const auto* where = static_cast<const int64_t*>(index.data_ptr());
  dispatch_every_type(self.scalar_type(), "gather", [&](auto type) {
    using T = decltype(type);
    auto* to = static_cast<T*>(out.data_ptr());
    const auto* from = static_cast<const T*>(self.data_ptr());
    for_each_line(
        index, out, self, dim, true, [&](int64_t i, int64_t o, int64_t s) {
          for (int64_t j = 0; j < length; ++j) {
            const int64_t k = where[i + j * index_step];
            if (C10_UNLIKELY(k < 0 || k >= size)) {
              fail_index(k, dim, size);
            }
            to[o + j * out_step] = from[s + j * self_step + k * dim_step];
          }
        });
  });
}

template <ScatterReduce reduce, typename T>
void combine(T& to, T from) {
  if constexpr (reduce == ScatterReduce::Assign) {
    to = from;
  } else if constexpr (std::is_same<T, bool>::value) {
    to = reduce == ScatterReduce::Add ? to || from : to && from;
  } else if constexpr (reduce == ScatterReduce::Add) {
    to = static_cast<T>(to + from);
  } else {
    to = static_cast<T>(to * from);
  }
}

// A line of length elements. Everything is an argument, so that the loop keeps
// it in registers: read through a closure, it is loaded for each element.
struct LineSteps {
  int64_t length, index, src, self, dim;
  int64_t size; // of self along dim
};

template <ScatterReduce reduce, typename T>
C10_NOINLINE int64_t
scatter_line(T* to, const int64_t* where, const T* from, const LineSteps by) {
  for (int64_t j = 0; j < by.length; ++j) {
    const int64_t k = where[j * by.index];
    if (C10_UNLIKELY(k < 0 || k >= by.size)) {
      return j;
    }
    combine<reduce>(to[j * by.self + k * by.dim], from[j * by.src]);
  }
  return by.length;
}

template <ScatterReduce reduce, typename T>
void scatter_lines(
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index,
    const TensorBase& src) {
  const int64_t last = index.dim() - 1;
  const LineSteps by{
      index.sizes()[last],
      index.strides()[last],
      src.dim() == 0 ? 0 : src.strides()[last],
      dim == last ? 0 : self.strides()[last],
      self.strides()[dim],
      self.sizes()[dim]};
  const auto* where = static_cast<const int64_t*>(index.data_ptr());
  auto* to = static_cast<T*>(self.data_ptr());
  const auto* from = static_cast<const T*>(src.data_ptr());
  // Lines along dim never meet; others may write one element twice.
  for_each_line(
      index, src, self, dim, dim == last, [&](int64_t i, int64_t o, int64_t s) {
        const int64_t done =
            scatter_line<reduce>(to + s, where + i, from + o, by);
        if (C10_UNLIKELY(done < by.length)) {
          fail_index(where[i + done * by.index], dim, by.size);
        }
      });
}

void scatter_kernel(
    const TensorBase& self,
    int64_t dim,
    const TensorBase& index,
    const TensorBase& src,
    ScatterReduce reduce) {
  dispatch_every_type(self.scalar_type(), "scatter", [&](auto type) {
    using T = decltype(type);
    switch (reduce) {
      case ScatterReduce::Assign:
        return scatter_lines<ScatterReduce::Assign, T>(self, dim, index, src);
      case ScatterReduce::Add:
        return scatter_lines<ScatterReduce::Add, T>(self, dim, index, src);
      default:
        return scatter_lines<ScatterReduce::Multiply, T>(self, dim, index, src);
    }
  });
}

} // namespace

REGISTER_DISPATCH(indexed_blocks_stub, indexed_blocks_kernel);
REGISTER_DISPATCH(gather_stub, gather_kernel);
REGISTER_DISPATCH(scatter_stub, scatter_kernel);

} // namespace at::native

// nonzero on CUDA: count the true elements of each piece, scan the counts,
// write the coordinates of each piece where its predecessors end. The host
// waits once, for the number of rows.
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/cuda/Scan.cuh"
#include "generated/native/Selection.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Item.h"
#include "generated/ops/TensorShape.h"

namespace at::native {
namespace {

constexpr int kItems = 16; // neighbours of one thread
constexpr int64_t kPiece = kItems * kThreads;

// How many of this thread's elements of a piece are true.
__device__ inline int64_t count_items(const bool* x, int64_t n, int64_t first) {
  int64_t count = 0;
#pragma unroll
  for (int k = 0; k < kItems; ++k) {
    count += first + k < n && x[first + k];
  }
  return count;
}

__global__ void __launch_bounds__(kThreads)
    count_pieces(const bool* x, int64_t n, int64_t pieces, int64_t* counts) {
  AT_SHARED_ARRAY(int64_t, shared, 32);
  for (int64_t piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
    const int64_t first = piece * kPiece + threadIdx.x * kItems;
    const int64_t count = block_reduce(
        count_items(x, n, first),
        [](int64_t a, int64_t b) { return a + b; },
        int64_t{0},
        shared);
    if (threadIdx.x == 0) {
      counts[piece] = count;
    }
  }
}

struct Sizes {
  int n;
  int64_t sizes[kMaxReduceDims]; // innermost first
};

// out: (ends[pieces - 1], dims). ends: running totals of the counts.
__global__ void __launch_bounds__(kThreads) write_pieces(
    const bool* x,
    int64_t n,
    int64_t pieces,
    const int64_t* ends,
    const Sizes sizes,
    int64_t* out) {
  AT_SHARED_ARRAY(int64_t, shared, kThreads / 32);
  const Accumulate<int64_t> add{false};
  for (int64_t piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
    const int64_t first = piece * kPiece + threadIdx.x * kItems;
    int64_t all;
    int64_t row =
        scan_threads<kThreads>(count_items(x, n, first), add, all, shared);
    row += piece == 0 ? 0 : ends[piece - 1];
    for (int64_t i = first; i < first + kItems && i < n; ++i) {
      if (!x[i]) {
        continue;
      }
      int64_t rest = i;
      for (int d = 0; d < sizes.n; ++d) {
        out[row * sizes.n + sizes.n - 1 - d] = rest % sizes.sizes[d];
        rest /= sizes.sizes[d];
      }
      ++row;
    }
  }
}

} // namespace

Tensor nonzero_cuda(const Tensor& self) {
  const int64_t dim = self.dim();
  if (self.numel() == 0) {
    return Tensor(at::detail::empty({0, dim}, kLong, self.device()));
  }
  detail::check_dims(static_cast<size_t>(dim));
  Sizes sizes{0, {}};
  for (int64_t d = dim - 1; d >= 0; --d) {
    sizes.sizes[sizes.n++] = self.sizes()[d];
  }
  const Tensor truth =
      (self.scalar_type() == kBool ? self : at::ne(self, 0)).contiguous();
  const bool* const x = pointer<bool>(truth);
  const int64_t n = truth.numel();
  const int64_t pieces = detail::ceil_div(n, kPiece);
  const Tensor ends(at::detail::empty({pieces}, kLong, self.device()));
  auto* const counts = pointer<int64_t>(ends);
  const dim3 grid = grid_for(pieces, 1);
  launch(count_pieces, grid, dim3(kThreads), x, n, pieces, counts);
  scan_lines<int64_t>(
      counts, counts, plan_scan(1, pieces, 1, device_shape()), false);
  const int64_t rows = item<int64_t>(ends.select(0, pieces - 1));
  Tensor out(at::detail::empty({rows, dim}, kLong, self.device()));
  if (rows > 0) {
    launch(
        write_pieces,
        grid,
        dim3(kThreads),
        x,
        n,
        pieces,
        counts,
        sizes,
        pointer<int64_t>(out));
  }
  return out;
}

} // namespace at::native

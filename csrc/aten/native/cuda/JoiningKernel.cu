// cat on CUDA: all inputs in one launch, up to kMostRuns of them; each lies in
// runs of bytes, one per outer index, that are copied in the widest units
// which their lengths and addresses allow.
#include "aten/native/Joining.h"

#include <limits>

#include "aten/native/cuda/IntegerDivider.h"
#include "aten/native/cuda/Launch.cuh"

namespace at::native {
namespace {

constexpr int kMostRuns = 48; // bounds the kernel's arguments, 2 KB

// In units of the copy.
template <typename Index>
struct Run {
  const char* data;
  IntegerDivider<Index> length; // per outer index
  Index count; // in all
  int64_t start; // in a row of the result
};
template <typename Index>
struct Runs {
  Run<Index> at[kMostRuns];
};

struct alignas(16) Unit16 {
  uint64_t a, b;
};

// blockIdx.y: the run. row: units of the result per outer index.
template <typename Unit, typename Index>
__global__ void __launch_bounds__(kThreads)
    copy_runs_kernel(char* out, const Runs<Index> runs, int64_t row) {
  const Run<Index>& run = runs.at[blockIdx.y];
  const auto* from = reinterpret_cast<const Unit*>(run.data);
  auto* to = reinterpret_cast<Unit*>(out) + run.start;
  for (int64_t i = global_thread(); i < run.count; i += global_threads()) {
    const auto place = run.length(static_cast<Index>(i));
    to[place.div * row + place.mod] = from[i];
  }
}

// One input in bytes.
struct Piece {
  const char* data;
  int64_t length; // per outer index
  int64_t start;
};
using Pieces = c10::SmallVector<Piece, 16>;

template <typename Unit, typename Index>
void launch_cat(char* out, const Pieces& pieces, int64_t row, int64_t outer) {
  constexpr int64_t kUnit = sizeof(Unit);
  for (size_t first = 0; first < pieces.size(); first += kMostRuns) {
    const size_t count = std::min<size_t>(kMostRuns, pieces.size() - first);
    Runs<Index> runs;
    int64_t longest = 0;
    for (size_t k = 0; k < count; ++k) {
      const Piece& piece = pieces[first + k];
      const int64_t length = piece.length / kUnit;
      longest = std::max(longest, length * outer);
      runs.at[k] = {
          piece.data,
          IntegerDivider<Index>(static_cast<Index>(length)),
          static_cast<Index>(length * outer),
          piece.start / kUnit};
    }
    constexpr int64_t kMostBlocks = 1 << 16;
    const int64_t blocks =
        std::min(kMostBlocks, (longest + kThreads - 1) / kThreads);
    launch(
        copy_runs_kernel<Unit, Index>,
        dim3(static_cast<uint32_t>(blocks), static_cast<uint32_t>(count)),
        kThreads,
        out,
        runs,
        row / kUnit);
  }
}

template <typename Unit>
void launch_cat(char* out, const Pieces& pieces, int64_t row, int64_t outer) {
  // 32-bit division covers every input where it covers the result.
  if (row / static_cast<int64_t>(sizeof(Unit)) * outer <=
      std::numeric_limits<int32_t>::max()) {
    launch_cat<Unit, uint32_t>(out, pieces, row, outer);
  } else {
    launch_cat<Unit, uint64_t>(out, pieces, row, outer);
  }
}

void cat_kernel(const Tensor& out, TensorList tensors, int64_t dim) {
  int64_t outer = 1;
  for (int64_t d = 0; d < dim; ++d) {
    outer *= out.sizes()[d];
  }
  Pieces pieces;
  int64_t row = 0;
  auto* base = static_cast<char*>(out.data_ptr());
  uint64_t bits = reinterpret_cast<uintptr_t>(base); // what units must divide
  for (const Tensor& t : tensors) {
    if (t.numel() > 0) {
      const auto length = static_cast<int64_t>(t.nbytes()) / outer;
      pieces.push_back({static_cast<const char*>(t.data_ptr()), length, row});
      bits |= reinterpret_cast<uintptr_t>(t.data_ptr()) |
          static_cast<uint64_t>(length);
      row += length;
    }
  }
  if (bits % 16 == 0) {
    launch_cat<Unit16>(base, pieces, row, outer);
  } else if (bits % 8 == 0) {
    launch_cat<uint64_t>(base, pieces, row, outer);
  } else if (bits % 4 == 0) {
    launch_cat<uint32_t>(base, pieces, row, outer);
  } else if (bits % 2 == 0) {
    launch_cat<uint16_t>(base, pieces, row, outer);
  } else {
    launch_cat<uint8_t>(base, pieces, row, outer);
  }
}

} // namespace

REGISTER_DISPATCH(cat_stub, cat_kernel);

} // namespace at::native

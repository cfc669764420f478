// cat on the CPU: each input is one run of bytes per outer index.
#include "aten/native/Joining.h"

#include "aten/Parallel.h"

namespace at::native {
namespace {

void cat_kernel(const Tensor& out, TensorList tensors, int64_t dim) {
  int64_t outer = 1;
  for (int64_t d = 0; d < dim; ++d) {
    outer *= out.sizes()[d];
  }
  struct Run {
    const char* data;
    int64_t nbytes; // per outer index
  };
  c10::SmallVector<Run, 16> runs;
  int64_t row = 0;
  for (const Tensor& t : tensors) {
    if (t.numel() > 0) {
      const auto nbytes = static_cast<int64_t>(t.nbytes()) / outer;
      runs.push_back({static_cast<const char*>(t.data_ptr()), nbytes});
      row += nbytes;
    }
  }
  auto* base = static_cast<char*>(out.data_ptr());
  constexpr int64_t kGrainBytes = 1 << 18;
  const int64_t grain = std::max<int64_t>(1, kGrainBytes / std::max<int64_t>(row, 1));
  parallel_for(0, outer, grain, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      char* to = base + i * row;
      for (const Run& run : runs) {
        std::memcpy(
            to, run.data + i * run.nbytes, static_cast<size_t>(run.nbytes));
        to += run.nbytes;
      }
    }
  });
}

} // namespace

REGISTER_DISPATCH(cat_stub, cat_kernel);

} // namespace at::native

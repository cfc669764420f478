// Nanoseconds of the parts of a call, without Python:
//   build/bin/dispatch_benchmark [seconds per row]
// From the bottom up: a jump through an Operator's table, a tensor's memory,
// a whole at::add, the same recorded. Each row is the fastest of many batches.
// Read aten/core/Operator.h first.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "aten/core/Operator.h"
#include "aten/core/Tensor.h"
#include "c10/core/CPUAllocator.h"
#include "c10/core/ThreadLocalState.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/TensorFactories.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kBatch = 1000;

// Keeps a value from being optimised away.
template <typename T>
inline void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

template <typename F>
double nanoseconds(double seconds, const F& body) {
  const auto end = Clock::now() +
      std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(seconds));
  double best = 1e30;
  do {
    const auto start = Clock::now();
    for (int i = 0; i < kBatch; ++i) {
      body();
    }
    const std::chrono::duration<double, std::nano> batch = Clock::now() - start;
    best = std::min(best, batch.count() / kBatch);
  } while (Clock::now() < end);
  return best;
}

// A kernel that only returns, so that call() is all that is timed.
int identity(int x) { return x; }

const c10::OperatorInfo kInfo = {
    "benchmark::identity",
    "",
    "identity(int x) -> int",
    nullptr,
    nullptr,
    nullptr,
    "dispatch.cpp"};

} // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 0.5;
  const auto row = [&](const char* name, const auto& body) {
    std::printf("%-34s %8.1f ns\n", name, nanoseconds(seconds, body));
  };

  c10::Operator table{{}, {}, &kInfo};
  table.set_kernel(
      c10::DispatchKey::CPU, reinterpret_cast<c10::AnyFunction>(identity));
  const c10::DispatchKeySet keys{c10::DispatchKey::CPU};
  row("Operator::call", [&] { keep(table.call<int, int>(keys, 3)); });

  c10::Allocator* allocator = c10::get_cpu_allocator();
  row("allocate 64 bytes, free", [&] { keep(allocator->allocate(64)); });
  row("at::empty({1})", [&] { keep(at::empty({1})); });

  const at::Tensor a = at::ones({1}), b = at::ones({1});
  row("at::add, one element", [&] { keep(at::add(a, b)); });
  at::Tensor out = at::empty({1});
  row("at::add_out, one element", [&] { at::add_out(out, a, b); });

  at::Tensor leaf = at::ones({1});
  leaf.requires_grad_();
  row("at::add, recorded", [&] { keep(at::add(leaf, b)); });
  const c10::NoGradGuard guard;
  row("the same under NoGradGuard", [&] { keep(at::add(leaf, b)); });
  return 0;
}

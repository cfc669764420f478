// Runs CUDA kernels on the CPU, to test them where there is no device. Include
// it first, then the kernel file itself. A thread of a block is a fiber; it
// runs until it meets a barrier or a shuffle, where it waits for its block or
// its warp. Fibers take turns in a random order, so that a missing barrier
// shows, and a barrier that some threads never reach is reported. Blocks run
// one after another.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#include "aten/native/cuda/ReducePlan.h"
#include "c10/core/Allocator.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __shared__ static
#define __grid_constant__
#define __launch_bounds__(...)

// NOLINTBEGIN: names are CUDA's.
struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
inline uint3 threadIdx, blockIdx;
inline dim3 blockDim, gridDim;
// NOLINTEND

namespace fibers {

constexpr size_t kStack = 128 << 10;

// A place where execution can go on: registers and stack. AddressSanitizer is
// told of every change of stacks.
struct Context {
  ucontext_t registers;
  const void* bottom = nullptr; // of the stack
  size_t size = 0;
};

// Control goes from one context to another and comes back.
inline void swap(Context& from, Context& to) {
#ifdef __SANITIZE_ADDRESS__
  void* frames = nullptr;
  __sanitizer_start_switch_fiber(&frames, to.bottom, to.size);
  swapcontext(&from.registers, &to.registers);
  __sanitizer_finish_switch_fiber(frames, nullptr, nullptr);
#else
  swapcontext(&from.registers, &to.registers);
#endif
}

struct Fiber {
  Context context;
  std::unique_ptr<char[]> stack{new char[kStack]};
  uint3 thread{};
  bool done = false;
};

// Threads that wait for each other; `turn` counts the meetings.
struct Meeting {
  unsigned size = 0;
  unsigned arrived = 0;
  uint64_t turn = 0;
};

struct Block {
  std::vector<Fiber> fibers;
  Meeting all;
  std::vector<Meeting> warps;
  // What a lane shows to its warp, for even and odd meetings.
  std::vector<uint32_t> shown[2];
  Context scheduler;
  Fiber* running = nullptr;
  bool moved = false; // whether anything happened in this round
  std::exception_ptr error; // of the first thread that failed
  void (*body)(void*) = nullptr;
  void* argument = nullptr;
};

inline Block block;

inline unsigned flat_thread() {
  return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
}

inline void meet(Meeting& m) {
  const uint64_t turn = m.turn;
  block.moved = true;
  if (++m.arrived == m.size) {
    m.arrived = 0;
    ++m.turn;
  }
  while (m.turn == turn) {
    Fiber* const self = block.running;
    swap(self->context, block.scheduler);
    threadIdx = self->thread;
  }
}

inline void enter() {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(
      nullptr, &block.scheduler.bottom, &block.scheduler.size);
#endif
  try {
    block.body(block.argument);
  } catch (...) {
    block.error = std::current_exception();
  }
  block.running->done = true;
  block.moved = true;
#ifdef __SANITIZE_ADDRESS__ // this stack is left for good
  __sanitizer_start_switch_fiber(
      nullptr, block.scheduler.bottom, block.scheduler.size);
#endif
}

// The fiber will start at enter().
inline void prepare(Fiber& f) {
#ifdef __SANITIZE_ADDRESS__ // what a fiber that was given up left there
  ASAN_UNPOISON_MEMORY_REGION(f.stack.get(), kStack);
#endif
  ucontext_t& c = f.context.registers;
  getcontext(&c);
  c.uc_stack.ss_sp = f.stack.get();
  c.uc_stack.ss_size = kStack;
  c.uc_link = &block.scheduler.registers;
  makecontext(&c, enter, 0);
  f.context.bottom = f.stack.get();
  f.context.size = kStack;
  f.done = false;
}

inline void run_block(void (*body)(void*), void* argument) {
  const unsigned n = blockDim.x * blockDim.y * blockDim.z;
  block.fibers.resize(n);
  block.all = Meeting{n, 0, 0};
  block.warps.assign((n + 31) / 32, Meeting{32, 0, 0});
  if (n % 32 != 0) {
    block.warps.back().size = n % 32;
  }
  block.shown[0].assign((n + 31) / 32 * 32, 0);
  block.shown[1] = block.shown[0];
  block.body = body;
  block.argument = argument;
  std::vector<unsigned> order(n);
  for (unsigned i = 0; i < n; ++i) {
    Fiber& f = block.fibers[i];
    f.thread = {
        i % blockDim.x,
        i / blockDim.x % blockDim.y,
        i / blockDim.x / blockDim.y};
    prepare(f);
    order[i] = i;
  }
  static std::mt19937 random(1);
  for (size_t left = n; left > 0;) {
    std::shuffle(order.begin(), order.end(), random);
    block.moved = false;
    for (unsigned i : order) {
      Fiber& f = block.fibers[i];
      if (!f.done) {
        block.running = &f;
        threadIdx = f.thread;
        swap(block.scheduler, f.context);
        left -= f.done;
        if (block.error) {
          std::rethrow_exception(std::exchange(block.error, nullptr));
        }
      }
    }
    if (!block.moved) {
      throw std::logic_error("threads wait at a barrier for ever");
    }
  }
}

// op(lane) names the lane whose word is wanted.
template <typename F>
uint32_t shuffle(unsigned mask, uint32_t word, const F& source) {
  if (mask != 0xFFFFFFFFu) {
    throw std::logic_error("whole warps only");
  }
  const unsigned thread = flat_thread();
  Meeting& warp = block.warps[thread / 32];
  auto& shown = block.shown[warp.turn % 2];
  shown[thread] = word;
  const unsigned lane = thread % 32;
  meet(warp);
  const unsigned from = source(lane);
  return shown[thread - lane + (from < 32 ? from : lane)];
}

} // namespace fibers

inline void __syncthreads() { fibers::meet(fibers::block.all); }
inline uint32_t __shfl_xor_sync(unsigned mask, uint32_t word, int bits) {
  return fibers::shuffle(mask, word, [&](unsigned lane) {
    return lane ^ static_cast<unsigned>(bits);
  });
}
inline uint32_t __shfl_up_sync(unsigned mask, uint32_t word, unsigned by) {
  return fibers::shuffle(
      mask, word, [&](unsigned lane) { return lane < by ? lane : lane - by; });
}
inline uint32_t __shfl_sync(unsigned mask, uint32_t word, int lane) {
  return fibers::shuffle(
      mask, word, [&](unsigned) { return static_cast<unsigned>(lane); });
}

// ------------------------------------------- what aten/cuda offers to kernels

// Kernels go where those of a device go, and are called with CPU tensors:
// add_stub(c10::kCUDA, ...).
#define REGISTER_DISPATCH(stub, kernel)               \
  static const bool C10_ANONYMOUS(registered_) = [] { \
    stub.set_cuda(kernel);                            \
    return true;                                      \
  }()

namespace at::cuda {
inline c10::DataPtr scratch(size_t bytes) {
  void* const p = std::aligned_alloc(16, (bytes + 15) / 16 * 16);
  std::memset(p, 0xA5, bytes); // like memory that was used before
  return c10::DataPtr(p, p, &std::free, c10::Device(c10::kCPU));
}
} // namespace at::cuda

namespace fibers {
inline at::native::DeviceShape device{4, 512};
} // namespace fibers

namespace at::native {
namespace {

inline DeviceShape device_shape() { return fibers::device; }

template <typename... Parameters, typename... Arguments>
void launch(
    void (*kernel)(Parameters...),
    dim3 blocks,
    dim3 threads,
    Arguments&&... arguments) {
  auto call = [&] { kernel(arguments...); };
  using Call = decltype(call);
  gridDim = blocks;
  blockDim = threads;
  const unsigned count = blocks.x * blocks.y * blocks.z;
  for (unsigned i = 0; i < count; ++i) {
    blockIdx = {i % blocks.x, i / blocks.x % blocks.y, i / blocks.x / blocks.y};
    fibers::run_block([](void* p) { (*static_cast<Call*>(p))(); }, &call);
  }
}

} // namespace
} // namespace at::native

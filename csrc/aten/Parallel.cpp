#include "aten/Parallel.h"

#include <omp.h>
#include <pthread.h>

#include <atomic>
#include <exception>

#include "c10/util/Exception.h"

#ifdef USE_MKL
#include <mkl_service.h>
#endif

namespace at {
namespace {

std::atomic<int> interop_threads{-1};

// Note [Threads after fork]
// libgomp's team does not survive fork(): a child that opens a region hangs.
// Children (DataLoader workers) therefore run on one thread.
void single_thread_in_child() {
  omp_set_num_threads(1);
#ifdef USE_MKL
  mkl_set_num_threads(1);
#endif
}

const int at_fork_registered =
    pthread_atfork(nullptr, nullptr, &single_thread_in_child);

} // namespace

int get_num_threads() {
  return omp_get_max_threads();
}

void set_num_threads(int n) {
  TORCH_CHECK(n > 0, "Expected positive number of threads");
  omp_set_num_threads(n);
#ifdef USE_MKL
  mkl_set_num_threads(n);
  mkl_set_dynamic(0);
#endif
}

int get_num_interop_threads() {
  const int n = interop_threads.load();
  return n > 0 ? n : omp_get_num_procs();
}

void set_num_interop_threads(int n) {
  TORCH_CHECK(n > 0, "Expected positive number of threads");
  int unset = -1;
  TORCH_CHECK(
      interop_threads.compare_exchange_strong(unset, n),
      "Error: cannot set number of interop threads after parallel work has "
      "started or set_num_interop_threads called");
}

int get_thread_num() {
  return omp_get_thread_num();
}

bool in_parallel_region() {
  return omp_in_parallel();
}

std::string get_parallel_info() {
  return c10::str(
      "ATen/Parallel:\n\tat::get_num_threads() : ",
      get_num_threads(),
      "\n\tat::get_num_interop_threads() : ",
      get_num_interop_threads(),
      "\nOpenMP ",
      static_cast<int64_t>(_OPENMP),
      "\n\tomp_get_max_threads() : ",
      omp_get_max_threads(),
      "\nATen parallel backend: OpenMP\n");
}

namespace detail {

void run_parallel(
    int64_t begin,
    int64_t end,
    int64_t grain,
    c10::FunctionRef<void(int64_t, int64_t)> f) {
  const int64_t n = end - begin;
  const int64_t most = grain > 0 ? (n + grain - 1) / grain : n;
  const int threads = omp_in_parallel()
      ? 1
      : static_cast<int>(std::min<int64_t>(omp_get_max_threads(), most));
  if (threads <= 1) {
    f(begin, end);
    return;
  }
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  std::exception_ptr error;
#pragma omp parallel num_threads(threads)
  {
    const int64_t team = omp_get_num_threads();
    const int64_t chunk = (n + team - 1) / team;
    const int64_t lo = begin + omp_get_thread_num() * chunk;
    if (lo < end) {
      try {
        f(lo, std::min(end, lo + chunk));
      } catch (...) {
        if (!failed.test_and_set()) {
          error = std::current_exception();
        }
      }
    }
  }
  if (error) {
    std::rethrow_exception(error);
  }
}

} // namespace detail
} // namespace at

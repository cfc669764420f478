// Compiler, visibility and host/device macros. The lowest header of all.
#pragma once

#define C10_API __attribute__((visibility("default")))
#define C10_LIKELY(x) (__builtin_expect(static_cast<bool>(x), 1))
#define C10_UNLIKELY(x) (__builtin_expect(static_cast<bool>(x), 0))
#define C10_ALWAYS_INLINE inline __attribute__((always_inline))
#define C10_NOINLINE __attribute__((noinline, cold))
#define C10_RESTRICT __restrict__

#ifdef __CUDACC__
#define C10_HOST_DEVICE __host__ __device__
#else
#define C10_HOST_DEVICE
#endif

// Thread-local state lives in libtorch.so, which is loaded early and keeps a
// few dozen bytes of it: the initial-exec model turns each access into one
// instruction instead of a call to __tls_get_addr.
#ifdef __CUDACC__ // whose front end does not know the attribute
#define C10_THREAD_LOCAL thread_local
#else
#define C10_THREAD_LOCAL thread_local __attribute__((tls_model("initial-exec")))
#endif

#define C10_CONCAT_(a, b) a##b
#define C10_CONCAT(a, b) C10_CONCAT_(a, b)
#define C10_ANONYMOUS(name) C10_CONCAT(name, __COUNTER__)

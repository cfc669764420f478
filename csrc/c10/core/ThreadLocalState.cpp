#include "c10/core/ThreadLocalState.h"

namespace c10 {
C10_THREAD_LOCAL ThreadLocalState tls_state;
} // namespace c10

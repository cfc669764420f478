// IntegerDivider: division by a number that is fixed for a whole launch, made
// of a multiplication and a shift (T. Granlund, P. Montgomery: Division by
// invariant integers using multiplication, 1994, figure 4.1). Host and device;
// needs no CUDA header.
#pragma once

#include <cstdint>

#include "c10/macros/Macros.h"

namespace at::native {

template <typename Index>
struct DivMod {
  Index div;
  Index mod;
};

// Wider indices are divided by the hardware.
template <typename Index>
struct IntegerDivider {
  IntegerDivider() = default;
  explicit IntegerDivider(Index d) : divisor(d) {}

  C10_HOST_DEVICE DivMod<Index> operator()(Index n) const {
    const Index q = n / divisor;
    return {q, n - q * divisor};
  }

  Index divisor = 1;
};

// n and the divisor are below 2^31, the divisor is at least 1.
//
// With 2^s the first power of two that is no smaller than d, and
// m = floor(2^32 (2^s - d) / d) + 1, the quotient is
// (floor(m n / 2^32) + n) / 2^s. m fits 32 bits, since 2^s < 2 d; the sum
// does, since both terms are below 2^31.
template <>
struct IntegerDivider<uint32_t> {
  IntegerDivider() : IntegerDivider(1) {}
  explicit IntegerDivider(uint32_t d) : divisor(d) {
    while ((uint32_t{1} << shift) < d) {
      ++shift;
    }
    const uint64_t gap = (uint64_t{1} << shift) - d;
    multiplier = static_cast<uint32_t>((gap << 32) / d + 1);
  }

  C10_HOST_DEVICE uint32_t div(uint32_t n) const {
#ifdef __CUDA_ARCH__
    const uint32_t high = __umulhi(n, multiplier);
#else
    const auto high =
        static_cast<uint32_t>(uint64_t{n} * multiplier >> 32);
#endif
    return (high + n) >> shift;
  }
  C10_HOST_DEVICE DivMod<uint32_t> operator()(uint32_t n) const {
    const uint32_t q = div(n);
    return {q, n - q * divisor};
  }

  uint32_t divisor;
  uint32_t multiplier = 0;
  uint32_t shift = 0;
};

} // namespace at::native

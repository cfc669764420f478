// copy_ on the CPU: conversion of each dtype to each, and the tiled transpose.
#include "aten/native/Copy.h"

#include "aten/Dispatch.h"
#include "aten/Parallel.h"
#include "aten/cpu/vec/Vectorized.h"

namespace at::native {
namespace {

// Truth for bool; through the real part from complex; a floating value to an
// integer goes by way of int64, as C and PyTorch do for values that fit.
template <typename To, typename From>
C10_ALWAYS_INLINE To convert(From v) {
  if constexpr (c10::is_complex<From>::value) {
    if constexpr (c10::is_complex<To>::value) {
      return To(v);
    } else if constexpr (std::is_same<To, bool>::value) {
      return v.real() != 0 || v.imag() != 0;
    } else {
      return convert<To>(v.real());
    }
  } else if constexpr (c10::is_complex<To>::value) {
    using R = typename To::value_type;
    return To(static_cast<R>(static_cast<opmath_type<From>>(v)), R(0));
  } else if constexpr (std::is_same<To, bool>::value) {
    return static_cast<opmath_type<From>>(v) != opmath_type<From>(0);
  } else if constexpr (
      std::is_integral<To>::value && !std::is_integral<From>::value &&
      sizeof(To) < sizeof(int32_t)) {
    return static_cast<To>(
        static_cast<int64_t>(static_cast<opmath_type<From>>(v)));
  } else {
    return static_cast<To>(static_cast<opmath_type<From>>(v));
  }
}

// Between float, Half and BFloat16, where a vector converts at once.
template <typename To, typename From>
constexpr bool through_float() {
  return std::is_same<opmath_type<To>, float>::value &&
      std::is_same<opmath_type<From>, float>::value;
}

template <typename To, typename From>
void convert_dense(To* C10_RESTRICT to, const From* C10_RESTRICT from, int64_t n) {
  int64_t i = 0;
  if constexpr (through_float<To, From>()) {
    constexpr int64_t kStep = at::vec::Vectorized<float>::kSize;
    for (; i + kStep <= n; i += kStep) {
      at::vec::store_as<To>(to + i, at::vec::load_as<From>(from + i));
    }
  }
  for (; i < n; ++i) {
    to[i] = convert<To>(from[i]);
  }
}

template <typename To, typename From>
void convert_rows(
    char** data,
    const int64_t* strides,
    int64_t n,
    int64_t rows) {
  const int64_t out_step = strides[0];
  const int64_t in_step = strides[1];
  for (int64_t r = 0; r < rows; ++r) {
    char* out = data[0] + r * strides[2];
    const char* in = data[1] + r * strides[3];
    if (out_step == sizeof(To) && in_step == sizeof(From)) {
      convert_dense(
          reinterpret_cast<To*>(out), reinterpret_cast<const From*>(in), n);
    } else if (out_step == sizeof(To) && in_step == 0) {
      std::fill_n(
          reinterpret_cast<To*>(out),
          n,
          convert<To>(*reinterpret_cast<const From*>(in)));
    } else {
      for (int64_t i = 0; i < n; ++i) {
        *reinterpret_cast<To*>(out + i * out_step) =
            convert<To>(*reinterpret_cast<const From*>(in + i * in_step));
      }
    }
  }
}

// Same dtype: only the size of an element matters.
template <typename T>
void move_rows(char** data, const int64_t* strides, int64_t n, int64_t rows) {
  constexpr auto kSize = static_cast<int64_t>(sizeof(T));
  for (int64_t r = 0; r < rows; ++r) {
    char* out = data[0] + r * strides[2];
    const char* in = data[1] + r * strides[3];
    if (strides[0] == kSize && strides[1] == kSize) {
      std::memcpy(out, in, static_cast<size_t>(n * kSize));
    } else if (strides[0] == kSize && strides[1] == 0) {
      std::fill_n(
          reinterpret_cast<T*>(out), n, *reinterpret_cast<const T*>(in));
    } else {
      for (int64_t i = 0; i < n; ++i) {
        *reinterpret_cast<T*>(out + i * strides[0]) =
            *reinterpret_cast<const T*>(in + i * strides[1]);
      }
    }
  }
}

struct Wide {
  uint64_t a, b;
};

// f gets a value of an unsigned type of the given size.
template <typename F>
void dispatch_size(size_t size, F&& f) {
  switch (size) {
    case 1:
      return f(uint8_t());
    case 2:
      return f(uint16_t());
    case 4:
      return f(uint32_t());
    case 8:
      return f(uint64_t());
    default:
      return f(Wide());
  }
}

void copy_kernel(TensorIterator& iter, bool /*non_blocking*/) {
  const ScalarType to = iter.dtype(0);
  const ScalarType from = iter.dtype(1);
  if (to == from) {
    dispatch_size(iter.element_size(0), [&](auto element) {
      iter.for_each([](char** data, const int64_t* s, int64_t n, int64_t rows) {
        move_rows<decltype(element)>(data, s, n, rows);
      });
    });
    return;
  }
  dispatch_every_type(to, "copy_", [&](auto out) {
    dispatch_every_type(from, "copy_", [&](auto in) {
      using To = decltype(out);
      using From = decltype(in);
      if constexpr (!std::is_same<To, From>::value) {
        iter.for_each(
            [](char** data, const int64_t* s, int64_t n, int64_t rows) {
              convert_rows<To, From>(data, s, n, rows);
            });
      }
    });
  });
}

// src is read down its columns: a tile of both sides stays in the L1 cache.
template <typename T>
void transpose_tiles(const TensorBase& dst, const TensorBase& src) {
  constexpr int64_t kTile = 32;
  const int64_t rows = dst.sizes()[0];
  const int64_t columns = dst.sizes()[1];
  const int64_t step = src.strides()[1];
  auto* out = static_cast<T*>(dst.data_ptr());
  const auto* in = static_cast<const T*>(src.data_ptr());
  const int64_t bands = (rows + kTile - 1) / kTile;
  const int64_t grain =
      std::max<int64_t>(1, kGrainSize / std::max<int64_t>(1, kTile * columns));
  parallel_for(0, bands, grain, [&](int64_t first, int64_t last) {
    for (int64_t band = first; band < last; ++band) {
      const int64_t r0 = band * kTile;
      const int64_t r1 = std::min(rows, r0 + kTile);
      for (int64_t c0 = 0; c0 < columns; c0 += kTile) {
        const int64_t c1 = std::min(columns, c0 + kTile);
        T tile[kTile][kTile];
        for (int64_t c = c0; c < c1; ++c) {
          for (int64_t r = r0; r < r1; ++r) {
            tile[r - r0][c - c0] = in[c * step + r];
          }
        }
        for (int64_t r = r0; r < r1; ++r) {
          std::memcpy(
              out + r * columns + c0, tile[r - r0], sizeof(T) * (c1 - c0));
        }
      }
    }
  });
}

void transpose_copy_kernel(const TensorBase& dst, const TensorBase& src) {
  dispatch_size(dst.itemsize(), [&](auto element) {
    transpose_tiles<decltype(element)>(dst, src);
  });
}

} // namespace

REGISTER_DISPATCH(copy_stub, copy_kernel);
REGISTER_DISPATCH(transpose_copy_stub, transpose_copy_kernel);

} // namespace at::native

// Vectorized<T>: a register's worth of numbers with the operators of one, on
// top of the compilers' vector_size types. Width follows the instruction set
// a file is compiled for. Math functions are in VecMath.h.
//
// T is a fixed-width integer, float or double. Half and BFloat16 are loaded
// into and stored from Vectorized<float> (load_as, store_as).
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "c10/core/ScalarType.h"

#ifndef CPU_CAPABILITY
#define CPU_CAPABILITY DEFAULT
#endif

#if defined(__AVX512F__)
#define AT_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define AT_VECTOR_BYTES 32
#else
#define AT_VECTOR_BYTES 16
#endif
#if AT_VECTOR_BYTES > 16
// g++ 12 warns about its own _mm512_undefined_ps (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

// One namespace per instruction set: copies of a template compiled for
// different ones must not be merged by the linker.
namespace at::vec {
inline namespace CPU_CAPABILITY {

template <size_t Bytes>
struct IntOfSize;
template <>
struct IntOfSize<1> {
  using type = int8_t;
};
template <>
struct IntOfSize<2> {
  using type = int16_t;
};
template <>
struct IntOfSize<4> {
  using type = int32_t;
};
template <>
struct IntOfSize<8> {
  using type = int64_t;
};

template <typename T, int N>
struct NativeVector {
  typedef T type __attribute__((vector_size(N * sizeof(T))));
};

// The first n of Width bytes, into a zeroed block or from a full one. Masked
// instructions where there are any: a short tail then costs one of them
// instead of a call to memcpy.
template <int Width>
C10_ALWAYS_INLINE void load_partial(void* block, const void* p, size_t n) {
#if defined(__AVX512F__)
  if constexpr (Width == 64) {
    const auto r = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ull, n), p);
    memcpy(block, &r, Width);
    return;
  } else if constexpr (Width == 32) {
    const auto r = _mm256_maskz_loadu_epi8(_bzhi_u32(~0u, n), p);
    memcpy(block, &r, Width);
    return;
  }
#elif defined(__AVX2__)
  if (Width == 32 && n % 4 == 0) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i mask =
        _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n / 4)), lane);
    const __m256i r = _mm256_maskload_epi32(static_cast<const int*>(p), mask);
    memcpy(block, &r, sizeof r);
    return;
  }
#endif
  memset(block, 0, Width);
  memcpy(block, p, n);
}
template <int Width>
C10_ALWAYS_INLINE void store_partial(void* p, const void* block, size_t n) {
#if defined(__AVX512F__)
  if constexpr (Width == 64) {
    __m512i r;
    memcpy(&r, block, Width);
    _mm512_mask_storeu_epi8(p, _bzhi_u64(~0ull, n), r);
    return;
  } else if constexpr (Width == 32) {
    __m256i r;
    memcpy(&r, block, Width);
    _mm256_mask_storeu_epi8(p, _bzhi_u32(~0u, n), r);
    return;
  }
#elif defined(__AVX2__)
  if (Width == 32 && n % 4 == 0) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i mask =
        _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n / 4)), lane);
    __m256i r;
    memcpy(&r, block, sizeof r);
    _mm256_maskstore_epi32(static_cast<int*>(p), mask, r);
    return;
  }
#endif
  memcpy(p, block, n);
}

template <typename T>
struct Vectorized;

// The result of a comparison: all bits set where it holds.
template <typename T>
using VecMask = Vectorized<typename IntOfSize<sizeof(T)>::type>;

template <typename T>
struct Vectorized {
  static_assert(std::is_arithmetic<T>::value, "a number or an integer");
  using value_type = T;
  using Int = typename IntOfSize<sizeof(T)>::type;
  static constexpr int kSize = AT_VECTOR_BYTES / sizeof(T);
  using Native = typename NativeVector<T, kSize>::type;

  Native v;

  Vectorized() = default;
  Vectorized(Native n) : v(n) {}
  Vectorized(T x) : v(x - Native{}) {}
  static constexpr int size() { return kSize; }

  static Vectorized loadu(const void* p) {
    Vectorized r;
    memcpy(&r.v, p, sizeof r.v);
    return r;
  }
  // The first n elements; the others are zero.
  static Vectorized loadu(const void* p, int64_t n) {
    Vectorized r;
    load_partial<sizeof(Native)>(&r.v, p, static_cast<size_t>(n) * sizeof(T));
    return r;
  }
  void store(void* p) const { memcpy(p, &v, sizeof v); }
  void store(void* p, int64_t n) const {
    store_partial<sizeof(Native)>(p, &v, static_cast<size_t>(n) * sizeof(T));
  }
  // base, base + step, ...
  static Vectorized arange(T base = T(0), T step = T(1)) {
    Vectorized r;
    for (int i = 0; i < kSize; ++i) {
      r.v[i] = static_cast<T>(base + static_cast<T>(i) * step);
    }
    return r;
  }
  T operator[](int i) const { return v[i]; }

  // f on each element, for functions without a vector form.
  template <typename F>
  Vectorized map(F f) const {
    T values[kSize];
    store(values);
    for (T& x : values) {
      x = f(x);
    }
    return loadu(values);
  }
  template <typename F>
  Vectorized map(Vectorized b, F f) const {
    T x[kSize];
    T y[kSize];
    store(x);
    b.store(y);
    for (int i = 0; i < kSize; ++i) {
      x[i] = f(x[i], y[i]);
    }
    return loadu(x);
  }

#define AT_VEC_ARITHMETIC_(op)                                            \
  friend Vectorized operator op(Vectorized a, Vectorized b) {             \
    return Vectorized(Native(a.v op b.v));                                \
  }                                                                       \
  Vectorized& operator op##=(Vectorized b) { return *this = *this op b; }
  AT_VEC_ARITHMETIC_(+)
  AT_VEC_ARITHMETIC_(-)
  AT_VEC_ARITHMETIC_(*)
  AT_VEC_ARITHMETIC_(/)
#undef AT_VEC_ARITHMETIC_
  friend Vectorized operator-(Vectorized a) { return Vectorized(-a.v); }

#define AT_VEC_BITWISE_(op)                                          \
  friend Vectorized operator op(Vectorized a, Vectorized b) {        \
    return from_bits(a.bits().v op b.bits().v);                      \
  }
  AT_VEC_BITWISE_(&)
  AT_VEC_BITWISE_(|)
  AT_VEC_BITWISE_(^)
#undef AT_VEC_BITWISE_
  friend Vectorized operator~(Vectorized a) { return from_bits(~a.bits().v); }

#define AT_VEC_COMPARE_(op)                                     \
  friend VecMask<T> operator op(Vectorized a, Vectorized b) {   \
    return VecMask<T>(a.v op b.v);                              \
  }
  AT_VEC_COMPARE_(==)
  AT_VEC_COMPARE_(!=)
  AT_VEC_COMPARE_(<)
  AT_VEC_COMPARE_(<=)
  AT_VEC_COMPARE_(>)
  AT_VEC_COMPARE_(>=)
#undef AT_VEC_COMPARE_

  // Reinterpretation.
  Vectorized<Int> bits() const {
    Vectorized<Int> r;
    memcpy(&r.v, &v, sizeof v);
    return r;
  }
  template <typename IntNative>
  static Vectorized from_bits(IntNative b) {
    static_assert(sizeof(IntNative) == sizeof(Native), "same width");
    Vectorized r;
    memcpy(&r.v, &b, sizeof b);
    return r;
  }
};

// ------------------------------------------------- selection and conversion

// mask ? a : b. functors/Select.h has the same for a number.
template <typename T>
C10_ALWAYS_INLINE Vectorized<T> select(
    VecMask<T> mask,
    Vectorized<T> a,
    Vectorized<T> b) {
  return Vectorized<T>(mask.v ? a.v : b.v);
}

// Element-wise value conversion between types of one size or another.
template <typename To, typename NativeFrom>
C10_ALWAYS_INLINE To convert_native(NativeFrom from) {
  return __builtin_convertvector(from, To);
}
template <typename To, typename T>
C10_ALWAYS_INLINE Vectorized<To> convert(Vectorized<T> a) {
  static_assert(sizeof(To) == sizeof(T), "same number of elements");
  return Vectorized<To>(__builtin_convertvector(
      a.v, typename Vectorized<To>::Native));
}

// Number of elements handled at a time when S is computed as opmath_type<S>.
template <typename T>
using OpVec = Vectorized<at::opmath_type<T>>;

// Loads OpVec<S>::size() elements of type S as the type they are computed in.
template <typename S>
C10_ALWAYS_INLINE OpVec<S> load_as(const void* p) {
  if constexpr (std::is_same<S, c10::BFloat16>::value) {
    constexpr int n = Vectorized<float>::kSize;
    typename NativeVector<uint16_t, n>::type h;
    memcpy(&h, p, sizeof h);
    using Wide = typename NativeVector<uint32_t, n>::type;
    return Vectorized<float>::from_bits(convert_native<Wide>(h) << 16);
  } else if constexpr (std::is_same<S, c10::Half>::value) {
#if defined(__AVX512F__)
    __m256i h;
    memcpy(&h, p, sizeof h);
    return Vectorized<float>(
        (typename Vectorized<float>::Native)_mm512_cvtph_ps(h));
#elif defined(__F16C__)
    __m128i h;
    memcpy(&h, p, sizeof h);
    return Vectorized<float>(
        (typename Vectorized<float>::Native)_mm256_cvtph_ps(h));
#else
    const auto* half = static_cast<const c10::Half*>(p);
    float values[Vectorized<float>::kSize];
    for (int i = 0; i < Vectorized<float>::kSize; ++i) {
      values[i] = half[i];
    }
    return Vectorized<float>::loadu(values);
#endif
  } else {
    return Vectorized<S>::loadu(p);
  }
}

// The reverse; rounds to nearest even.
template <typename S>
C10_ALWAYS_INLINE void store_as(void* p, OpVec<S> a) {
  if constexpr (std::is_same<S, c10::BFloat16>::value) {
    constexpr int n = Vectorized<float>::kSize;
    using Wide = typename NativeVector<uint32_t, n>::type;
    const Wide w = (Wide)a.bits().v;
    const Wide rounded = (w + 0x7FFFu + ((w >> 16) & 1u)) >> 16;
    const Wide nan = (Wide)((w & 0x7FFFFFFFu) > 0x7F800000u);
    const Wide result = (nan & 0x7FC0u) | (~nan & rounded);
    const auto narrow =
        convert_native<typename NativeVector<uint16_t, n>::type>(result);
    memcpy(p, &narrow, sizeof narrow);
  } else if constexpr (std::is_same<S, c10::Half>::value) {
#if defined(__AVX512F__)
    const __m256i h = _mm512_cvtps_ph((__m512)a.v, _MM_FROUND_TO_NEAREST_INT);
    memcpy(p, &h, sizeof h);
#elif defined(__F16C__)
    const __m128i h = _mm256_cvtps_ph((__m256)a.v, _MM_FROUND_TO_NEAREST_INT);
    memcpy(p, &h, sizeof h);
#else
    auto* half = static_cast<c10::Half*>(p);
    for (int i = 0; i < Vectorized<float>::kSize; ++i) {
      half[i] = c10::Half(a[i]);
    }
#endif
  } else {
    a.store(p);
  }
}

// A comparison's result as bytes 0 and 1.
template <typename I>
C10_ALWAYS_INLINE void store_mask(void* p, Vectorized<I> mask) {
  constexpr int n = Vectorized<I>::kSize;
  const auto narrow =
      convert_native<typename NativeVector<int8_t, n>::type>(mask.v & I(1));
  memcpy(p, &narrow, sizeof narrow);
}

// n elements of type S, n < OpVec<S>::size(), through a padded buffer.
template <typename S>
C10_ALWAYS_INLINE OpVec<S> load_as(const void* p, int64_t n) {
  S padded[OpVec<S>::kSize];
  load_partial<sizeof padded>(padded, p, static_cast<size_t>(n) * sizeof(S));
  return load_as<S>(padded);
}
template <typename S>
C10_ALWAYS_INLINE void store_as(void* p, OpVec<S> a, int64_t n) {
  S padded[OpVec<S>::kSize];
  store_as<S>(padded, a);
  store_partial<sizeof padded>(p, padded, static_cast<size_t>(n) * sizeof(S));
}

} // namespace CPU_CAPABILITY
} // namespace at::vec

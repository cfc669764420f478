// CUDA kernels of the random operators: PyTorch's CUDA numbers, from Philox.
// A kernel sees a dense tensor and fills it in memory order. Read
// Distributions.cuh first.
#include "aten/native/Distributions.h"

#include <cmath>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/native/cuda/Distributions.cuh"
#include "aten/native/cuda/IndexSort.h"

namespace at::native {
namespace {

// The device's fast functions for float, as PyTorch's transforms use them;
// exact ones for double, and where no device compiles this.
#ifdef __CUDA_ARCH__
#define FAST_FUNCTION(name, exact, fast)           \
  template <typename U>                            \
  __device__ __forceinline__ U name(U x) {         \
    if constexpr (std::is_same<U, float>::value) { \
      return fast;                                 \
    } else {                                       \
      return exact;                                \
    }                                              \
  }
#else
#define FAST_FUNCTION(name, exact, fast)   \
  template <typename U>                    \
  __device__ __forceinline__ U name(U x) { \
    return exact;                          \
  }
#endif
FAST_FUNCTION(fast_log, std::log(x), __logf(x))
FAST_FUNCTION(fast_log1p, std::log1p(x), __logf(1.0f + x))
FAST_FUNCTION(fast_exp, std::exp(x), __expf(x))
FAST_FUNCTION(fast_tan, std::tan(x), __tanf(x))
#undef FAST_FUNCTION

// ------------------------------------------------- from uniforms, normals

// From (0, 1] to [from, to): the bounds change places.
template <typename T>
struct Uniform {
  using U = opmath_type<T>;
  T from, to;
  U range;
  __device__ T operator()(U u) const {
    const T v = static_cast<T>(std::fma(u, range, static_cast<U>(from)));
    return static_cast<U>(v) == static_cast<U>(to) ? from : v;
  }
};

void uniform_kernel(
    const TensorBase& self,
    double from,
    double to,
    const Generator& generator) {
  dispatch_floating_types(
      self.scalar_type(), "uniform_kernel_cuda", [&](auto type) {
        using T = decltype(type);
        using U = opmath_type<T>;
        const T low = static_cast<T>(static_cast<U>(from));
        const T high = static_cast<T>(static_cast<U>(to));
        // Rounded to T as well.
        const T range =
            static_cast<T>(static_cast<U>(high) - static_cast<U>(low));
        fill_from<DrawUniform<U>, U>(
            data_of<T>(self),
            self.numel(),
            generator,
            Uniform<T>{low, high, static_cast<U>(range)});
      });
}

template <typename T, bool kLog>
struct Normal {
  using U = opmath_type<T>;
  U mean, std;
  __device__ T operator()(U z) const {
    const U v = std::fma(z, std, mean);
    return static_cast<T>(kLog ? fast_exp(v) : v);
  }
};

template <bool kLog>
void fill_normal(
    const TensorBase& self,
    double mean,
    double std,
    const Generator& generator) {
  dispatch_floating_types(
      self.scalar_type(),
      kLog ? "log_normal_cuda" : "normal_kernel_cuda",
      [&](auto type) {
        using T = decltype(type);
        using U = opmath_type<T>;
        fill_from<DrawNormal<U>, U>(
            data_of<T>(self),
            self.numel(),
            generator,
            Normal<T, kLog>{static_cast<U>(mean), static_cast<U>(std)});
      });
}

// `blocks` matters on the CPU only.
void normal_kernel(
    const TensorBase& self,
    double mean,
    double std,
    bool,
    const Generator& generator) {
  fill_normal<false>(self, mean, std, generator);
}
void log_normal_kernel(
    const TensorBase& self,
    double mean,
    double std,
    const Generator& generator) {
  fill_normal<true>(self, mean, std, generator);
}

template <typename T>
struct Exponential {
  using U = opmath_type<T>;
  U lambda;
  // The logarithm of one would give zero, which the distribution excludes.
  __device__ T operator()(U u) const {
    constexpr U kHalf = std::numeric_limits<U>::epsilon() / 2;
    const U log = u >= U(1) - kHalf ? -kHalf : fast_log(u);
    return static_cast<T>(U(-1) / lambda * log);
  }
};

void exponential_kernel(
    const TensorBase& self,
    double lambda,
    const Generator& generator) {
  dispatch_floating_types(
      self.scalar_type(), "exponential_cuda", [&](auto type) {
        using T = decltype(type);
        using U = opmath_type<T>;
        fill_from<DrawUniform<U>, U>(
            data_of<T>(self),
            self.numel(),
            generator,
            Exponential<T>{static_cast<U>(lambda)});
      });
}

template <typename T>
struct Cauchy {
  using U = opmath_type<T>;
  U median, sigma;
  // The fast tangent overflows near the ends.
  __device__ T operator()(U u) const {
    if constexpr (std::is_same<U, float>::value) {
      constexpr U kEpsilon = std::numeric_limits<U>::epsilon();
      u = u > U(1) - kEpsilon ? U(1) - kEpsilon : u;
      u = u < kEpsilon ? kEpsilon : u;
    }
    constexpr U kPi = U(3.14159265358979323846);
    return static_cast<T>(median + sigma * fast_tan(kPi * (u - U(0.5))));
  }
};

void cauchy_kernel(
    const TensorBase& self,
    double median,
    double sigma,
    const Generator& generator) {
  dispatch_floating_types(self.scalar_type(), "cauchy_cuda", [&](auto type) {
    using T = decltype(type);
    using U = opmath_type<T>;
    fill_from<DrawUniform<U>, U>(
        data_of<T>(self),
        self.numel(),
        generator,
        Cauchy<T>{static_cast<U>(median), static_cast<U>(sigma)});
  });
}

template <typename T>
struct Geometric {
  using U = random_type<T>;
  U p;
  __device__ T operator()(U u) const {
    return static_cast<T>(
        static_cast<opmath_type<T>>(std::ceil(fast_log(u) / fast_log1p(-p))));
  }
};

void geometric_kernel(
    const TensorBase& self,
    double p,
    const Generator& generator) {
  dispatch_all_types(self.scalar_type(), "geometric_cuda", [&](auto type) {
    using T = decltype(type);
    using U = random_type<T>;
    fill_from<DrawUniform<U>, U>(
        data_of<T>(self),
        self.numel(),
        generator,
        Geometric<T>{static_cast<U>(p)});
  });
}

// -------------------------------------------------------------- bernoulli

template <typename T>
struct Below {
  using U = random_type<T>;
  U p;
  T value;
  __device__ T operator()(U u) const { return u < p ? value : T(0); }
};

template <typename T>
void fill_below(
    const TensorBase& self,
    double p,
    T value,
    const Generator& generator) {
  using U = random_type<T>;
  fill_from<DrawUniform<U>, U>(
      data_of<T>(self),
      self.numel(),
      generator,
      Below<T>{static_cast<U>(p), value});
}

void bernoulli_scalar_kernel(
    const TensorBase& self,
    double p,
    const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "bernoulli_scalar_cuda_", [&](auto type) {
        fill_below<decltype(type)>(self, p, decltype(type)(1), generator);
      });
}

// The mask of feature and alpha dropout: bernoulli_, times value.
void dropout_mask_kernel(
    const TensorBase& self,
    double p,
    double value,
    const Generator& generator) {
  dispatch_floating_types(
      self.scalar_type(), "bernoulli_scalar_cuda_", [&](auto type) {
        using T = decltype(type);
        fill_below<T>(
            self,
            p,
            static_cast<T>(static_cast<opmath_type<T>>(value)),
            generator);
      });
}

// Thread t makes elements 4 t to 4 t + 3 of its first block of words.
template <typename T, typename P>
struct BernoulliTensor {
  T* out;
  const P* p;
  int64_t n;
  PhiloxArgs args;
  __device__ void operator()(int64_t thread) const {
    Philox4x32 engine(args.seed, static_cast<uint64_t>(thread), args.offset);
    float u[4];
    DrawUniform<float>()(engine, u);
    for (int k = 0; k < 4 && 4 * thread + k < n; ++k) {
      const auto x = static_cast<opmath_type<P>>(p[4 * thread + k]);
      CUDA_KERNEL_ASSERT(0 <= x && x <= 1);
      out[4 * thread + k] = static_cast<T>(u[k] <= x);
    }
  }
};

void bernoulli_tensor_kernel(
    const TensorBase& self,
    const TensorBase& p,
    const Generator& generator) {
  constexpr uint64_t kIncrement = 10; // PyTorch's
  const int64_t n = self.numel();
  dispatch_all_types_and_bool(
      self.scalar_type(), "bernoulli_tensor_cuda_self_", [&](auto type) {
        using T = decltype(type);
        dispatch_floating_types(
            p.scalar_type(), "bernoulli_tensor_cuda_p_", [&](auto p_type) {
              using P = decltype(p_type);
              for_each_index(
                  (n + 3) / 4,
                  BernoulliTensor<T, P>{
                      data_of<T>(self),
                      data_of<P>(p),
                      n,
                      at::cuda::philox_args(generator, kIncrement)});
            });
      });
}

// --------------------------------------------------------------- integers

template <typename T>
__device__ __forceinline__ T from_integer(int64_t v) {
  return static_cast<T>(static_cast<opmath_type<T>>(v));
}

template <typename T, typename V>
struct InRange {
  V range;
  uint64_t base; // sums wrap
  __device__ T operator()(V bits) const {
    return from_integer<T>(
        static_cast<int64_t>(static_cast<uint64_t>(bits % range) + base));
  }
};

template <typename T>
void fill_range(
    T* out,
    int64_t n,
    uint64_t range,
    int64_t base,
    const Generator& generator) {
  const auto offset = static_cast<uint64_t>(base);
  // What other small types hold is no such range.
  constexpr bool kMayBeWide =
      sizeof(T) >= 4 || std::is_same<T, c10::BFloat16>::value;
  if constexpr (kMayBeWide) {
    if (range >= uint64_t{1} << 28) {
      fill_from<DrawBits<uint64_t>, uint64_t>(
          out, n, generator, InRange<T, uint64_t>{range, offset});
      return;
    }
  }
  fill_from<DrawBits<uint32_t>, uint32_t>(
      out,
      n,
      generator,
      InRange<T, uint32_t>{static_cast<uint32_t>(range), offset});
}

void random_range_kernel(
    const TensorBase& self,
    uint64_t range,
    int64_t base,
    const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "random_from_to_kernel_cuda", [&](auto type) {
        using T = decltype(type);
        fill_range<T>(data_of<T>(self), self.numel(), range, base, generator);
      });
}

template <typename T>
struct AllBits {
  __device__ T operator()(uint64_t bits) const {
    return from_integer<T>(static_cast<int64_t>(bits));
  }
};

void random_bits64_kernel(const TensorBase& self, const Generator& generator) {
  dispatch_all_types(
      self.scalar_type(),
      "random_full_64_bits_range_kernel_cuda",
      [&](auto type) {
        using T = decltype(type);
        fill_from<DrawBits<uint64_t>, uint64_t>(
            data_of<T>(self), self.numel(), generator, AllBits<T>{});
      });
}

// random_(): from 0 up to what T counts without gaps.
template <typename T>
constexpr uint64_t kGapless = std::is_integral<T>::value
    ? static_cast<uint64_t>(std::numeric_limits<T>::max()) + 1
    : (uint64_t{1} << std::numeric_limits<T>::digits) + 1;

void random_kernel(const TensorBase& self, const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "random_kernel_cuda", [&](auto type) {
        using T = decltype(type);
        using V = std::conditional_t<(sizeof(T) < 8), uint32_t, uint64_t>;
        fill_from<DrawBits<V>, V>(
            data_of<T>(self),
            self.numel(),
            generator,
            InRange<T, V>{static_cast<V>(kGapless<T>), 0});
      });
}

// ----------------------------------------------------------------- randperm

// Random keys as their low bits in the order of signed numbers: the highest
// bit counts negative where it is the sign.
struct KeyBits {
  int64_t* keys;
  uint64_t mask, sign;
  __device__ void operator()(int64_t i) const {
    keys[i] =
        static_cast<int64_t>((static_cast<uint64_t>(keys[i]) & mask) ^ sign);
  }
};

template <typename T>
struct WriteOrder {
  T* out;
  const int64_t* order;
  __device__ void operator()(int64_t i) const {
    out[i] = from_integer<T>(order[i]);
  }
};

// Elements of equal keys are left in their order by the sort: the thread of
// the first shuffles them.
template <typename T>
struct ShuffleEqualKeys {
  T* out;
  const int64_t* keys;
  int64_t n;
  PhiloxArgs args;
  __device__ void operator()(int64_t i) const {
    if (i + 1 >= n || keys[i] != keys[i + 1] ||
        (i > 0 && keys[i] == keys[i - 1])) {
      return;
    }
    int64_t count = 2;
    while (i + count < n && keys[i + count] == keys[i]) {
      ++count;
    }
    Philox4x32 engine(args.seed, static_cast<uint64_t>(i), args.offset);
    uint32_t words[4];
    int used = 4;
    for (int64_t k = count - 1; k > 0; --k) {
      if (used == 4) {
        DrawBits<uint32_t>()(engine, words);
        used = 0;
      }
      const auto other =
          static_cast<int64_t>(words[used++] % static_cast<uint32_t>(k + 1));
      const T kept = out[i + k];
      out[i + k] = out[i + other];
      out[i + other] = kept;
    }
  }
};

// PyTorch draws 32-bit keys as random_(min, max) of int, 64-bit ones as that
// of int64.
void draw_keys(int64_t* keys, int64_t n, int bits, const Generator& generator) {
  if (bits <= 32) {
    constexpr int64_t kLow = std::numeric_limits<int32_t>::min();
    // As int64: a run of twice the bytes may be cut earlier than one of int.
    fill_range<int64_t>(keys, n, 0xFFFFFFFFu, kLow, generator);
  } else {
    constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
    fill_range<int64_t>(keys, n, ~uint64_t{0}, kLow, generator);
  }
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  const uint64_t sign =
      bits == 32 || bits == 64 ? uint64_t{1} << (bits - 1) : 0;
  for_each_index(n, KeyBits{keys, mask, sign});
}

void randperm_kernel(const TensorBase& self, const Generator& generator) {
  const int64_t n = self.numel();
  const int bits = randperm_key_bits(n);
  const c10::DataPtr memory =
      at::cuda::scratch(static_cast<size_t>(n) * sizeof(int64_t));
  auto* const keys = static_cast<int64_t*>(memory.get());
  draw_keys(keys, n, bits, generator);
  const SortedKeys sorted = sort_keys(keys, n, ~uint64_t{0} >> (64 - bits));
  const PhiloxArgs args =
      at::cuda::philox_args(generator, static_cast<uint64_t>(n));
  dispatch_all_types(self.scalar_type(), "randperm_out_cuda", [&](auto type) {
    using T = decltype(type);
    T* const out = data_of<T>(self);
    for_each_index(n, WriteOrder<T>{out, sorted.order});
    for_each_index(n, ShuffleEqualKeys<T>{out, sorted.keys, n, args});
  });
}

} // namespace

REGISTER_DISPATCH(uniform_stub, uniform_kernel);
REGISTER_DISPATCH(normal_stub, normal_kernel);
REGISTER_DISPATCH(log_normal_stub, log_normal_kernel);
REGISTER_DISPATCH(exponential_stub, exponential_kernel);
REGISTER_DISPATCH(cauchy_stub, cauchy_kernel);
REGISTER_DISPATCH(geometric_stub, geometric_kernel);
REGISTER_DISPATCH(bernoulli_scalar_stub, bernoulli_scalar_kernel);
REGISTER_DISPATCH(bernoulli_tensor_stub, bernoulli_tensor_kernel);
REGISTER_DISPATCH(dropout_mask_stub, dropout_mask_kernel);
REGISTER_DISPATCH(random_range_stub, random_range_kernel);
REGISTER_DISPATCH(random_bits64_stub, random_bits64_kernel);
REGISTER_DISPATCH(random_stub, random_kernel);
REGISTER_DISPATCH(randperm_stub, randperm_kernel);

} // namespace at::native

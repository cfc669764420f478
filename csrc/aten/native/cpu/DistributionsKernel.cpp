// CPU kernels of the random operators: serial loops over a block of generator
// words, under the generator's mutex. The formulas are in
// functors/Distributions.h; read docs/design/random.md first.
#include "aten/native/Distributions.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "aten/CPUGenerator.h"
#include "aten/Dispatch.h"
#include "aten/native/functors/Distributions.h"

namespace at::native {
namespace {

constexpr int64_t kBlock = 512; // samples per block: fits the L1 cache

// The generator, locked for the life of this object.
class Draw {
 public:
  explicit Draw(const Generator& generator)
      : generator_(cpu_generator(generator)), lock_(generator_->mutex_) {}
  CPUGeneratorImpl* operator->() const { return generator_; }
  CPUGeneratorImpl& operator*() const { return *generator_; }

 private:
  CPUGeneratorImpl* generator_;
  std::lock_guard<std::mutex> lock_;
};

// body(words, first, count): `count` samples from `first` on, each made of
// kWords words, drawn in order.
template <int kWords, typename F>
void for_each_block(CPUGeneratorImpl& generator, int64_t n, const F& body) {
  uint32_t words[kBlock * kWords];
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = std::min(kBlock, n - first);
    generator.random_block(words, count * kWords);
    body(words, first, count);
  }
}

template <typename T>
T* data_of(const TensorBase& t) {
  return static_cast<T*>(t.data_ptr());
}

// ---------------------------------------------------------------- uniform

template <typename T>
void fill_uniform(T* out, int64_t n, double from, double to, Draw& draw) {
  using U = opmath_type<T>;
  const U low = static_cast<U>(from);
  const U range = static_cast<U>(to) - low;
  const T lower = T(low);
  // Rounding may reach the bound that must stay out.
  const T upper = T(static_cast<U>(to));
  constexpr int kWords = sizeof(U) / sizeof(uint32_t);
  for_each_block<kWords>(
      *draw, n, [=](const uint32_t* words, int64_t first, int64_t count) {
        T* const block = out + first;
        for (int64_t i = 0; i < count; ++i) {
          U u;
          if constexpr (kWords == 2) {
            u = uniform53(words[2 * i], words[2 * i + 1]);
          } else {
            u = uniform24(words[i]);
          }
          const T v = T(fused(u, range, low));
          block[i] = v == upper ? lower : v;
        }
      });
}

void uniform_kernel(
    const TensorBase& self,
    double from,
    double to,
    const Generator& generator) {
  dispatch_floating_types(self.scalar_type(), "uniform", [&](auto type) {
    using T = decltype(type);
    Draw draw(generator);
    fill_uniform(data_of<T>(self), self.numel(), from, to, draw);
  });
}

// ----------------------------------------------------------------- normal

// Box-Muller with both halves used: the second waits in the generator.
double scalar_normal(CPUGeneratorImpl& generator, double mean, double std) {
  double z;
  if (generator.next_normal) {
    z = *generator.next_normal;
    generator.next_normal.reset();
  } else {
    const double u1 = generator.uniform53();
    const double u2 = generator.uniform53();
    const double radius = std::sqrt(-2.0 * std::log1p(-u2));
    const double angle = 2.0 * kPi * u1;
    generator.next_normal = radius * std::sin(angle);
    z = radius * std::cos(angle);
  }
  return fused(z, std, mean);
}

// Sixteen uniforms a block become sixteen normals: element j and j + 8 are
// one pair. In place; n is a multiple of 16.
template <typename U>
void transform_blocks(U* x, int64_t n, U mean, U std) {
  constexpr int kBlocks = 16;
  U u1[8 * kBlocks], u2[8 * kBlocks], a[8 * kBlocks], b[8 * kBlocks];
  for (int64_t first = 0; first < n; first += 16 * kBlocks) {
    const int64_t blocks = std::min<int64_t>(kBlocks, (n - first) / 16);
    U* const chunk = x + first;
    for (int64_t i = 0; i < blocks; ++i) {
      std::copy_n(chunk + 16 * i, 8, u1 + 8 * i);
      std::copy_n(chunk + 16 * i + 8, 8, u2 + 8 * i);
    }
    const int64_t pairs = 8 * blocks;
    for (int64_t i = 0; i < pairs; ++i) {
      normal_pair(u1[i], u2[i], mean, std, a[i], b[i]);
    }
    for (int64_t i = 0; i < blocks; ++i) {
      std::copy_n(a + 8 * i, 8, chunk + 16 * i);
      std::copy_n(b + 8 * i, 8, chunk + 16 * i + 8);
    }
  }
}

template <typename U>
void draw_uniforms(U* out, int64_t n, Draw& draw) {
  if constexpr (sizeof(U) == sizeof(double)) {
    for_each_block<2>(*draw, n, [=](const uint32_t* w, int64_t at, int64_t k) {
      for (int64_t i = 0; i < k; ++i) {
        out[at + i] = uniform53(w[2 * i], w[2 * i + 1]);
      }
    });
  } else {
    for_each_block<1>(*draw, n, [=](const uint32_t* w, int64_t at, int64_t k) {
      for (int64_t i = 0; i < k; ++i) {
        out[at + i] = uniform24(w[i]);
      }
    });
  }
}

// Note [Tail of a block normal]
// The last n mod 16 elements are covered by a block of 16 fresh uniforms over
// the last 16 positions. float and double draw (and lose) the uniforms of the
// tail first, the 16-bit types do not.
template <typename T>
void fill_normal_blocks(T* out, int64_t n, double mean, double std, Draw& draw) {
  using U = opmath_type<T>;
  constexpr bool kReduced = !std::is_same<T, U>::value;
  const U m = static_cast<U>(mean);
  const U s = static_cast<U>(std);
  U buffer[kBlock];
  const auto fill = [&](T* to, int64_t count) {
    draw_uniforms(buffer, count, draw);
    transform_blocks(buffer, count, m, s);
    std::copy_n(buffer, count, to);
  };
  const int64_t whole = n - n % 16;
  for (int64_t i = 0; i < whole; i += kBlock) {
    fill(out + i, std::min(kBlock, whole - i));
  }
  if (n % 16 != 0) {
    if (!kReduced) {
      draw_uniforms(buffer, n % 16, draw);
    }
    fill(out + n - 16, 16);
  }
}

void normal_kernel(
    const TensorBase& self,
    double mean,
    double std,
    bool blocks,
    const Generator& generator) {
  dispatch_floating_types(
      self.scalar_type(), "normal_kernel_cpu", [&](auto type) {
        using T = decltype(type);
        T* const out = data_of<T>(self);
        const int64_t n = self.numel();
        Draw draw(generator);
        if (blocks) {
          fill_normal_blocks(out, n, mean, std, draw);
        } else {
          std::generate_n(out, n, [&] {
            return from_double<T>(scalar_normal(*draw, mean, std));
          });
        }
      });
}

void log_normal_kernel(
    const TensorBase& self,
    double mean,
    double std,
    const Generator& generator) {
  dispatch_floating_types(self.scalar_type(), "log_normal_cpu", [&](auto type) {
    using T = decltype(type);
    Draw draw(generator);
    std::generate_n(data_of<T>(self), self.numel(), [&] {
      return from_double<T>(std::exp(scalar_normal(*draw, mean, std)));
    });
  });
}

// ------------------------------------------------- one uniform per element

// T(f(u)) for a 53-bit uniform u per element.
template <typename T, typename F>
void fill_from_uniform(const TensorBase& self, const F& f, const Generator& g) {
  T* const out = data_of<T>(self);
  Draw draw(g);
  for_each_block<2>(
      *draw,
      self.numel(),
      [&](const uint32_t* words, int64_t first, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          out[first + i] = from_double<T>(
              f(uniform53(words[2 * i], words[2 * i + 1])));
        }
      });
}

void exponential_kernel(
    const TensorBase& self,
    double lambda,
    const Generator& generator) {
  dispatch_floating_types(self.scalar_type(), "exponential", [&](auto type) {
    fill_from_uniform<decltype(type)>(
        self, Exponential{-1.0 / lambda}, generator);
  });
}

void cauchy_kernel(
    const TensorBase& self,
    double median,
    double sigma,
    const Generator& generator) {
  dispatch_floating_types(self.scalar_type(), "cauchy", [&](auto type) {
    fill_from_uniform<decltype(type)>(self, Cauchy{median, sigma}, generator);
  });
}

void geometric_kernel(
    const TensorBase& self,
    double p,
    const Generator& generator) {
  dispatch_all_types(self.scalar_type(), "geometric_cpu", [&](auto type) {
    fill_from_uniform<decltype(type)>(
        self, Geometric{std::log1p(-p)}, generator);
  });
}

// -------------------------------------------------------------- bernoulli

// `value` where a 53-bit uniform lies below p, else 0.
template <typename T>
void fill_mask(T* out, int64_t n, double p, T value, Draw& draw) {
  // v * 2^-53 < p for an integer v is v < p * 2^53, rounded up.
  const int64_t bound = static_cast<int64_t>(std::ceil(p * 0x1p53));
  for_each_block<2>(
      *draw, n, [=](const uint32_t* words, int64_t first, int64_t count) {
        T* const block = out + first;
        for (int64_t i = 0; i < count; ++i) {
          const int64_t v =
              static_cast<int64_t>(bits53(words[2 * i], words[2 * i + 1]));
          block[i] = v < bound ? value : T(0);
        }
      });
}

void bernoulli_scalar_kernel(
    const TensorBase& self,
    double p,
    const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "bernoulli_scalar_cpu_", [&](auto type) {
        using T = decltype(type);
        Draw draw(generator);
        fill_mask(data_of<T>(self), self.numel(), p, T(1), draw);
      });
}

void dropout_mask_kernel(
    const TensorBase& self,
    double p,
    double value,
    const Generator& generator) {
  dispatch_floating_types(
      self.scalar_type(), "bernoulli_scalar_cpu_", [&](auto type) {
        using T = decltype(type);
        Draw draw(generator);
        fill_mask(
            data_of<T>(self), self.numel(), p, from_double<T>(value), draw);
      });
}

template <typename T, typename P>
void fill_bernoulli(T* out, const P* p, int64_t n, Draw& draw) {
  using U = opmath_type<P>;
  constexpr int kWords = sizeof(U) / sizeof(uint32_t);
  bool valid = true;
  for (int64_t i = 0; i < n; ++i) {
    const U x = static_cast<U>(p[i]);
    valid &= x >= 0 && x <= 1;
  }
  TORCH_CHECK(valid, "Expected p_in >= 0 && p_in <= 1 to be true, but got "
              "false.  (Could this error message be improved?  If so, please "
              "report an enhancement request to PyTorch.)");
  for_each_block<kWords>(
      *draw, n, [=](const uint32_t* words, int64_t first, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          U u;
          if constexpr (kWords == 2) {
            u = uniform53(words[2 * i], words[2 * i + 1]);
          } else {
            u = uniform24(words[i]);
          }
          out[first + i] = T(u < static_cast<U>(p[first + i]));
        }
      });
}

void bernoulli_tensor_kernel(
    const TensorBase& self,
    const TensorBase& p,
    const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "bernoulli_tensor_cpu_self_", [&](auto type) {
        using T = decltype(type);
        dispatch_floating_types(
            p.scalar_type(), "bernoulli_tensor_cpu_p_", [&](auto p_type) {
              using P = decltype(p_type);
              Draw draw(generator);
              fill_bernoulli(
                  data_of<T>(self), data_of<P>(p), self.numel(), draw);
            });
      });
}

// --------------------------------------------------------------- integers

// An int64 drawn for an element of type T.
template <typename T>
T from_integer(int64_t v) {
  if constexpr (c10::is_reduced_floating_type(
                    c10::CppTypeToScalarType<T>::value)) {
    return T(static_cast<float>(v));
  } else {
    return static_cast<T>(v);
  }
}

// base + word mod range; ranges of 2^28 and more take two words.
template <typename T>
void fill_range(T* out, int64_t n, uint64_t range, int64_t base, Draw& draw) {
  const uint64_t offset = static_cast<uint64_t>(base); // wraps, as it should
  if (range >= uint64_t{1} << 28) {
    std::generate_n(out, n, [&] {
      return from_integer<T>(
          static_cast<int64_t>(draw->random64() % range + offset));
    });
    return;
  }
  const FastModulo modulo(static_cast<uint32_t>(range));
  for_each_block<1>(
      *draw, n, [&](const uint32_t* words, int64_t first, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          out[first + i] = from_integer<T>(
              static_cast<int64_t>(modulo(words[i]) + offset));
        }
      });
}

void random_range_kernel(
    const TensorBase& self,
    uint64_t range,
    int64_t base,
    const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "random_from_to_kernel_cpu", [&](auto type) {
        using T = decltype(type);
        Draw draw(generator);
        fill_range(data_of<T>(self), self.numel(), range, base, draw);
      });
}

// All 2^64 values.
void random_bits64_kernel(const TensorBase& self, const Generator& generator) {
  dispatch_all_types(
      self.scalar_type(), "random_from_to_kernel_cpu", [&](auto type) {
        using T = decltype(type);
        Draw draw(generator);
        std::generate_n(data_of<T>(self), self.numel(), [&] {
          return from_integer<T>(static_cast<int64_t>(draw->random64()));
        });
      });
}

// random_(): from 0 up to what T counts without gaps.
template <typename T>
T random_value(CPUGeneratorImpl& generator) {
  if constexpr (std::is_same<T, bool>::value) {
    return generator.random() & 1;
  } else if constexpr (std::is_same<T, double>::value) {
    return static_cast<double>(
        generator.random64() % ((uint64_t{1} << 53) + 1));
  } else if constexpr (std::is_same<T, int64_t>::value) {
    return static_cast<int64_t>(generator.random64() & ~(uint64_t{1} << 63));
  } else if constexpr (std::is_integral<T>::value) {
    constexpr uint32_t kTop = std::numeric_limits<T>::max();
    return static_cast<T>(generator.random() % (kTop + 1));
  } else {
    constexpr uint32_t kTop = 1u << std::numeric_limits<T>::digits;
    return from_integer<T>(generator.random() % (kTop + 1));
  }
}

void random_kernel(const TensorBase& self, const Generator& generator) {
  dispatch_all_types_and_bool(
      self.scalar_type(), "random_kernel_cpu", [&](auto type) {
        using T = decltype(type);
        Draw draw(generator);
        std::generate_n(data_of<T>(self), self.numel(), [&] {
          return random_value<T>(*draw);
        });
      });
}

void randperm_kernel(const TensorBase& self, const Generator& generator) {
  dispatch_all_types(self.scalar_type(), "randperm", [&](auto type) {
    using T = decltype(type);
    T* const out = data_of<T>(self);
    const int64_t n = self.numel();
    Draw draw(generator);
    constexpr int64_t kSmall = std::numeric_limits<uint32_t>::max() / 20;
    if (n < kSmall) {
      for (int64_t i = 0; i < n; ++i) {
        out[i] = from_integer<T>(i);
      }
      for (int64_t i = 0; i < n - 1; ++i) {
        const uint32_t left = static_cast<uint32_t>(n - i);
        std::swap(out[i], out[i + draw->random() % left]);
      }
      return;
    }
    // Inside out: element i enters at a random place among the first i + 1.
    for (int64_t i = 0; i < n; ++i) {
      const uint64_t z = draw->random64() % static_cast<uint64_t>(i + 1);
      out[i] = from_integer<T>(i);
      out[i] = out[z];
      out[z] = from_integer<T>(i);
    }
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

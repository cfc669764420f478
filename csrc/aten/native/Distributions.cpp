// Bodies of the random operators: checks, dense stand-ins, and one stub call.
// Samplers whose parameters are tensors (normal, multinomial, poisson, ...)
// are in Sampling.cpp.
//
// Read first: Distributions.h, docs/design/random.md.
#include "aten/native/Distributions.h"

#include <cmath>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/MemoryOverlap.h"
#include "aten/core/Tensor.h"
#include "aten/native/RandomFill.h"
#include "generated/native/Distributions.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Distributions.h"
#include "generated/ops/TensorFactories.h"

namespace at::native {

DEFINE_DISPATCH(uniform_stub);
DEFINE_DISPATCH(normal_stub);
DEFINE_DISPATCH(log_normal_stub);
DEFINE_DISPATCH(cauchy_stub);
DEFINE_DISPATCH(exponential_stub);
DEFINE_DISPATCH(geometric_stub);
DEFINE_DISPATCH(bernoulli_scalar_stub);
DEFINE_DISPATCH(bernoulli_tensor_stub);
DEFINE_DISPATCH(dropout_mask_stub);
DEFINE_DISPATCH(random_stub);
DEFINE_DISPATCH(random_bits64_stub);
DEFINE_DISPATCH(random_range_stub);
DEFINE_DISPATCH(randperm_stub);

using OptionalFormat = std::optional<c10::MemoryFormat>;

// ------------------------------------------------------- continuous fills

Tensor& uniform_(
    Tensor& self,
    double from,
    double to,
    const Generator& generator) {
  if (self.is_complex()) {
    Tensor parts = at::view_as_real(self);
    native::uniform_(parts, from, to, generator);
    return self;
  }
  dispatch_floating_types(
      self.scalar_type(), "check_uniform_bounds", [&](auto type) {
        using L = std::numeric_limits<decltype(type)>;
        const char* name = c10::cpp_type_name(self.scalar_type());
        const double low = static_cast<double>(L::lowest());
        const double high = static_cast<double>(L::max());
        TORCH_CHECK(
            from >= low && from <= high, "from is out of bounds for ", name);
        TORCH_CHECK(to >= low && to <= high, "to is out of bounds for ", name);
        TORCH_CHECK(
            from <= to,
            "uniform_ expects to return a [from, to) range, but found from=",
            from,
            " > to=",
            to);
        TORCH_CHECK(
            to - from <= high,
            "uniform_ expects to-from <= std::numeric_limits<",
            self.scalar_type(),
            ">::max(), but found to=",
            to,
            " and from=",
            from,
            " which result in to-from to exceed the limit");
      });
  return fill_random(self, [&](const Tensor& dense) {
    uniform_stub(dense.device_type(), dense, from, to, generator);
  });
}

Tensor& normal_(
    Tensor& self,
    double mean,
    double std,
    const Generator& generator) {
  TORCH_CHECK(std >= 0.0, "normal expects std >= 0.0, but found std ", std);
  if (self.is_complex()) {
    Tensor parts = at::view_as_real(self);
    native::normal_(parts, mean, std / std::sqrt(2.0), generator);
    return self;
  }
  if (!self.is_floating_point()) {
    at::detail::fail_dtype("normal_kernel_cpu", self.scalar_type());
  }
  // Small or permuted tensors take samples one by one.
  const bool blocks = self.numel() >= 16 && self.is_contiguous();
  return fill_random(self, [&](const Tensor& dense) {
    normal_stub(dense.device_type(), dense, mean, std, blocks, generator);
  });
}

Tensor& log_normal_(
    Tensor& self,
    double mean,
    double std,
    const Generator& generator) {
  TORCH_CHECK(std > 0.0, "log_normal_ expects std > 0.0, but found std=", std);
  return fill_random(self, [&](const Tensor& dense) {
    log_normal_stub(dense.device_type(), dense, mean, std, generator);
  });
}

Tensor& exponential_(Tensor& self, double lambd, const Generator& generator) {
  TORCH_CHECK(
      lambd > 0.0, "exponential_ expects lambda > 0.0, but found lambda=", lambd);
  TORCH_CHECK(
      self.is_floating_point(),
      "Exponential distribution is a continuous probability distribution. "
      "dtype must be a floating point but you specified ",
      self.scalar_type());
  return fill_random(self, [&](const Tensor& dense) {
    exponential_stub(dense.device_type(), dense, lambd, generator);
  });
}

Tensor& cauchy_(
    Tensor& self,
    double median,
    double sigma,
    const Generator& generator) {
  TORCH_CHECK(
      sigma > 0.0, "cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  TORCH_CHECK(
      self.is_floating_point(),
      "Cauchy distribution is a continuous probability distribution. dtype "
      "must be a floating point but you specified ",
      c10::cpp_type_name(self.scalar_type()));
  return fill_random(self, [&](const Tensor& dense) {
    cauchy_stub(dense.device_type(), dense, median, sigma, generator);
  });
}

Tensor& geometric_(Tensor& self, double p, const Generator& generator) {
  TORCH_CHECK(
      0 < p && p < 1, "geometric_ expects p to be in (0, 1), but got p=", p);
  return fill_random(self, [&](const Tensor& dense) {
    geometric_stub(dense.device_type(), dense, p, generator);
  });
}

// -------------------------------------------------------------- bernoulli

Tensor& bernoulli_(Tensor& self, double p, const Generator& generator) {
  TORCH_CHECK(
      0 <= p && p <= 1, "bernoulli_ expects p to be in [0, 1], but got p=", p);
  return fill_random(self, [&](const Tensor& dense) {
    bernoulli_scalar_stub(dense.device_type(), dense, p, generator);
  });
}

Tensor& bernoulli_(Tensor& self, const Tensor& p, const Generator& generator) {
  return fill_random(self, [&](const Tensor& dense) {
    // p in the memory order of what is filled.
    const Tensor probabilities(at::detail::empty_strided(
        dense.sizes(), dense.strides(), p.scalar_type(), p.device()));
    at::detail::copy_(probabilities, p.expand(dense.sizes()));
    bernoulli_tensor_stub(
        dense.device_type(), dense, probabilities, generator);
  });
}

Tensor bernoulli(const Tensor& self, const Generator& generator) {
  Tensor result = at::empty_like(self);
  return native::bernoulli_(result, self, generator);
}

Tensor bernoulli(const Tensor& self, double p, const Generator& generator) {
  Tensor result = at::empty_like(self);
  return native::bernoulli_(result, p, generator);
}

// --------------------------------------------------------------- integers

namespace {

// Note [Bounds of a float range]
// A float tensor holds integers without gaps up to 2^digits only. Bounds
// beyond move inwards to the next value that the type can hold.
template <typename T>
void snap_bounds(int64_t& from, int64_t& to) {
  constexpr int kDigits = std::numeric_limits<T>::digits;
  const auto as_integer = [](int64_t v) {
    return static_cast<int64_t>(
        static_cast<double>(static_cast<T>(static_cast<opmath_type<T>>(v))));
  };
  const auto gap = [](int64_t v) {
    const uint64_t magnitude = v < 0 ? 0 - static_cast<uint64_t>(v)
                                     : static_cast<uint64_t>(v);
    const int exponent = 63 - __builtin_clzll(magnitude | 1);
    return int64_t{1} << (exponent - kDigits + 1);
  };
  const int64_t low = as_integer(from + 1);
  if (low < from) {
    from = low + gap(from + 1);
  }
  const int64_t high = as_integer(to - 1);
  if (high >= to) {
    to = high - gap(to - 1);
  }
}

template <typename T>
void check_bound(int64_t value, const char* name, ScalarType dtype) {
  using L = std::numeric_limits<T>;
  const char* type = c10::cpp_type_name(dtype);
  if constexpr (c10::is_floating_type(c10::CppTypeToScalarType<T>::value)) {
    const double v = static_cast<double>(value);
    TORCH_CHECK(
        v >= static_cast<double>(L::lowest()) &&
            v <= static_cast<double>(L::max()),
        name,
        " is out of bounds for ",
        type);
    constexpr int64_t kExact = int64_t{1} << L::digits;
    if (value < -kExact || value > kExact) {
      TORCH_WARN(
          name,
          " is out of bounds [-(2^",
          L::digits,
          "), 2^",
          L::digits,
          "]. Due to precision limitations ",
          type,
          " can support discrete uniform distribution only within this range. "
          "This warning will become an error in version 1.7 release, please "
          "fix the code in advance");
    }
  } else {
    TORCH_CHECK(
        value >= static_cast<int64_t>(L::min()) &&
            value <= static_cast<int64_t>(L::max()),
        name,
        " is out of bounds for ",
        type);
  }
}

void check_from_to(int64_t from, int64_t to, const char* how) {
  TORCH_CHECK(
      from < to,
      "random_ expects 'from' ",
      how,
      "to be less than 'to'",
      *how ? " casted to dtype" : "",
      ", but got from=",
      from,
      " >= to=",
      to);
}

// [from, to), both within the dtype.
Tensor& random_within(
    Tensor& self,
    int64_t from,
    int64_t to,
    const Generator& generator) {
  check_from_to(from, to, "");
  TORCH_CHECK(
      !self.is_complex(),
      "check_random_bounds handles only integral, floating-point and boolean "
      "types");
  dispatch_all_types_and_bool(
      self.scalar_type(), "random_from_to", [&](auto type) {
        using T = decltype(type);
        if constexpr (c10::is_floating_type(
                          c10::CppTypeToScalarType<T>::value)) {
          snap_bounds<T>(from, to);
          check_from_to(from, to, "casted to dtype ");
        }
        check_bound<T>(from, "from", self.scalar_type());
        check_bound<T>(to - 1, "to - 1", self.scalar_type());
      });
  const uint64_t range =
      static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
  return fill_random(self, [&](const Tensor& dense) {
    random_range_stub(dense.device_type(), dense, range, from, generator);
  });
}

// [from, the largest value without a gap].
Tensor& random_upwards(
    Tensor& self,
    int64_t from,
    const Generator& generator) {
  if (from == std::numeric_limits<int64_t>::min()) {
    return fill_random(self, [&](const Tensor& dense) {
      random_bits64_stub(dense.device_type(), dense, generator);
    });
  }
  uint64_t top = 0;
  dispatch_all_types_and_bool(
      self.scalar_type(), "random_update_from_to", [&](auto type) {
        using T = decltype(type);
        using L = std::numeric_limits<T>;
        if constexpr (c10::is_floating_type(
                          c10::CppTypeToScalarType<T>::value)) {
          top = uint64_t{1} << L::digits;
          int64_t unused = 2;
          snap_bounds<T>(from, unused);
          check_from_to(from, static_cast<int64_t>(top), "casted to dtype ");
        } else {
          top = static_cast<uint64_t>(L::max());
        }
        check_bound<T>(from, "from", self.scalar_type());
      });
  const uint64_t range = top - static_cast<uint64_t>(from) + 1;
  return fill_random(self, [&](const Tensor& dense) {
    random_range_stub(dense.device_type(), dense, range, from, generator);
  });
}

} // namespace

Tensor& random_(
    Tensor& self,
    int64_t from,
    std::optional<int64_t> to,
    const Generator& generator) {
  return to ? random_within(self, from, *to, generator)
            : random_upwards(self, from, generator);
}

Tensor& random_(Tensor& self, int64_t to, const Generator& generator) {
  return random_within(self, 0, to, generator);
}

Tensor& random_(Tensor& self, const Generator& generator) {
  return fill_random(self, [&](const Tensor& dense) {
    random_stub(dense.device_type(), dense, generator);
  });
}

// -------------------------------------------------------------- factories

Tensor rand(
    IntArrayRef size,
    const Generator& generator,
    const TensorOptions& options) {
  Tensor result = at::empty(size, options);
  return native::uniform_(result, 0, 1, generator);
}
Tensor rand(IntArrayRef size, const TensorOptions& options) {
  return native::rand(size, Generator(), options);
}
Tensor& rand_out(IntArrayRef size, const Generator& generator, Tensor& out) {
  out.resize_(size);
  return native::uniform_(out, 0, 1, generator);
}
Tensor& rand_out(IntArrayRef size, Tensor& out) {
  return native::rand_out(size, Generator(), out);
}

Tensor randn(
    IntArrayRef size,
    const Generator& generator,
    const TensorOptions& options) {
  Tensor result = at::empty(size, options);
  return native::normal_(result, 0, 1, generator);
}
Tensor randn(IntArrayRef size, const TensorOptions& options) {
  return native::randn(size, Generator(), options);
}
Tensor& randn_out(IntArrayRef size, const Generator& generator, Tensor& out) {
  out.resize_(size);
  return native::normal_(out, 0, 1, generator);
}
Tensor& randn_out(IntArrayRef size, Tensor& out) {
  return native::randn_out(size, Generator(), out);
}

// Integers are int64 unless a dtype is named.
static TensorOptions long_unless_named(const TensorOptions& options) {
  return TensorOptions(c10::ScalarType::Long).merge(options);
}

Tensor randint(
    int64_t low,
    int64_t high,
    IntArrayRef size,
    const Generator& generator,
    const TensorOptions& options) {
  Tensor result = at::empty(size, long_unless_named(options));
  return random_within(result, low, high, generator);
}
Tensor randint(
    int64_t low,
    int64_t high,
    IntArrayRef size,
    const TensorOptions& options) {
  return native::randint(low, high, size, Generator(), options);
}
Tensor randint(
    int64_t high,
    IntArrayRef size,
    const Generator& generator,
    const TensorOptions& options) {
  return native::randint(0, high, size, generator, options);
}
Tensor randint(
    int64_t high,
    IntArrayRef size,
    const TensorOptions& options) {
  return native::randint(0, high, size, Generator(), options);
}
Tensor& randint_out(
    int64_t low,
    int64_t high,
    IntArrayRef size,
    const Generator& generator,
    Tensor& out) {
  out.resize_(size);
  return random_within(out, low, high, generator);
}
Tensor& randint_out(
    int64_t low,
    int64_t high,
    IntArrayRef size,
    Tensor& out) {
  return native::randint_out(low, high, size, Generator(), out);
}
Tensor& randint_out(
    int64_t high,
    IntArrayRef size,
    const Generator& generator,
    Tensor& out) {
  return native::randint_out(0, high, size, generator, out);
}
Tensor& randint_out(int64_t high, IntArrayRef size, Tensor& out) {
  return native::randint_out(0, high, size, Generator(), out);
}

Tensor& randperm_out(int64_t n, const Generator& generator, Tensor& out) {
  const ScalarType dtype = out.scalar_type();
  if (c10::is_floating_type(dtype)) {
    dispatch_floating_types(dtype, "randperm", [&](auto type) {
      constexpr int kDigits = std::numeric_limits<decltype(type)>::digits;
      const int64_t top = (int64_t{1} << kDigits) + 1;
      TORCH_CHECK(
          n <= top, "n cannot be greater than ", top, " for ", dtype, " type.");
    });
  } else {
    dispatch_integral_types(dtype, "randperm", [&](auto type) {
      Scalar(n).to<decltype(type)>(); // raises where n does not fit
    });
  }
  out.resize_({n});
  return fill_random(out, [&](const Tensor& dense) {
    randperm_stub(dense.device_type(), dense, generator);
  });
}
Tensor& randperm_out(int64_t n, Tensor& out) {
  return native::randperm_out(n, Generator(), out);
}
Tensor randperm(
    int64_t n,
    const Generator& generator,
    const TensorOptions& options) {
  Tensor result = at::empty({n}, long_unless_named(options));
  return native::randperm_out(n, generator, result);
}
Tensor randperm(int64_t n, const TensorOptions& options) {
  return native::randperm(n, Generator(), options);
}

Tensor rand_like(
    const Tensor& self,
    const Generator& generator,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  Tensor result = at::empty_like(self, options, memory_format);
  return native::uniform_(result, 0, 1, generator);
}
Tensor rand_like(
    const Tensor& self,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  return native::rand_like(self, Generator(), options, memory_format);
}
Tensor randn_like(
    const Tensor& self,
    const Generator& generator,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  Tensor result = at::empty_like(self, options, memory_format);
  return native::normal_(result, 0, 1, generator);
}
Tensor randn_like(
    const Tensor& self,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  return native::randn_like(self, Generator(), options, memory_format);
}
Tensor randint_like(
    const Tensor& self,
    int64_t low,
    int64_t high,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  Tensor result = at::empty_like(self, options, memory_format);
  return random_within(result, low, high, Generator());
}
Tensor randint_like(
    const Tensor& self,
    int64_t high,
    const TensorOptions& options,
    OptionalFormat memory_format) {
  return native::randint_like(self, 0, high, options, memory_format);
}

} // namespace at::native

// Scalar: one number of kind bool, integer, floating or complex, with the
// precision Python gives it (int64, double, complex double).
#pragma once

#include <cstring>
#include <limits>

#include "c10/core/ScalarType.h"
#include "c10/util/Exception.h"

namespace c10 {

class Scalar {
 public:
  Scalar() : Scalar(static_cast<int64_t>(0)) {}
  Scalar(bool v) : kind_(Kind::Bool) { i_ = v; }
  Scalar(double v) : kind_(Kind::Double) { d_[0] = v; }
  Scalar(float v) : Scalar(static_cast<double>(v)) {}
  Scalar(Half v) : Scalar(static_cast<double>(static_cast<float>(v))) {}
  Scalar(BFloat16 v) : Scalar(static_cast<double>(static_cast<float>(v))) {}
  template <typename T>
  Scalar(const complex<T>& v) : kind_(Kind::Complex) {
    d_[0] = static_cast<double>(v.real());
    d_[1] = static_cast<double>(v.imag());
  }
  template <
      typename T,
      typename = std::enable_if_t<
          std::is_integral<T>::value && !std::is_same<T, bool>::value>>
  Scalar(T v) : kind_(Kind::Int) {
    i_ = static_cast<int64_t>(v);
  }

  bool is_boolean() const { return kind_ == Kind::Bool; }
  bool is_integral(bool include_bool) const {
    return kind_ == Kind::Int || (include_bool && kind_ == Kind::Bool);
  }
  bool is_floating_point() const { return kind_ == Kind::Double; }
  bool is_complex() const { return kind_ == Kind::Complex; }

  // Bool, Long, Double or ComplexDouble.
  ScalarType type() const {
    switch (kind_) {
      case Kind::Bool:
        return ScalarType::Bool;
      case Kind::Int:
        return ScalarType::Long;
      case Kind::Double:
        return ScalarType::Double;
      default:
        return ScalarType::ComplexDouble;
    }
  }

  // The value as T; a RuntimeError where it does not fit, as in PyTorch.
  template <typename T>
  T to() const {
    return convert<T>(true);
  }
  // The same, wrapping and truncating silently.
  template <typename T>
  T to_unchecked() const {
    return convert<T>(false);
  }
  double to_double() const { return to<double>(); }
  int64_t to_long() const { return to<int64_t>(); }
  bool to_bool() const { return to<bool>(); }
  complex<double> to_complex_double() const { return to<complex<double>>(); }

  bool equal(double v) const {
    return kind_ == Kind::Complex ? d_[0] == v && d_[1] == 0
        : kind_ == Kind::Double   ? d_[0] == v
                                  : static_cast<double>(i_) == v;
  }
  Scalar operator-() const {
    switch (kind_) {
      case Kind::Double:
        return Scalar(-d_[0]);
      case Kind::Complex:
        return Scalar(complex<double>(-d_[0], -d_[1]));
      default:
        return Scalar(static_cast<int64_t>(-static_cast<uint64_t>(i_)));
    }
  }
  Scalar conj() const {
    return is_complex() ? Scalar(complex<double>(d_[0], -d_[1])) : *this;
  }

 private:
  enum class Kind : int8_t { Bool, Int, Double, Complex };

  template <typename T>
  T convert(bool check) const {
    if constexpr (is_complex_number<T>) {
      using R = typename T::value_type;
      return kind_ == Kind::Complex
          ? T(static_cast<R>(d_[0]), static_cast<R>(d_[1]))
          : T(static_cast<R>(real_part()));
    } else {
      if (check && kind_ == Kind::Complex) {
        TORCH_CHECK(
            d_[1] == 0,
            "value cannot be converted to type ",
            cpp_name<T>(),
            " without overflow");
      }
      if constexpr (std::is_same<T, bool>::value) {
        return kind_ == Kind::Double || kind_ == Kind::Complex ? d_[0] != 0
                                                                : i_ != 0;
      } else if constexpr (std::is_integral<T>::value) {
        return to_integer<T>(check);
      } else {
        return to_real<T>(check);
      }
    }
  }

  template <typename T>
  T to_integer(bool check) const {
    if (kind_ == Kind::Bool || kind_ == Kind::Int) {
      if (check && kind_ == Kind::Int) {
        using L = std::numeric_limits<T>;
        // PyTorch lets a negative value wrap into an unsigned type as long as
        // its magnitude fits.
        const bool fits = std::is_signed<T>::value
            ? i_ >= static_cast<int64_t>(L::min()) &&
                i_ <= static_cast<int64_t>(L::max())
            : i_ <= static_cast<int64_t>(L::max()) &&
                i_ >= -static_cast<int64_t>(L::max());
        if (C10_UNLIKELY(!fits)) {
          overflow<T>();
        }
      }
      return static_cast<T>(i_);
    }
    const double v = d_[0];
    const bool in_long = v >= -9223372036854775808.0 && v < 9223372036854775808.0;
    if (check) {
      if (!in_long || !Scalar(static_cast<int64_t>(v)).fits<T>()) {
        overflow<T>();
      }
    }
    return in_long ? static_cast<T>(static_cast<int64_t>(v))
                   : static_cast<T>(std::numeric_limits<int64_t>::min());
  }

  template <typename T>
  bool fits() const {
    return i_ <= static_cast<int64_t>(std::numeric_limits<T>::max()) &&
        i_ >= (std::is_signed<T>::value
                   ? static_cast<int64_t>(std::numeric_limits<T>::min())
                   : -static_cast<int64_t>(std::numeric_limits<T>::max()));
  }

  template <typename T>
  T to_real(bool check) const {
    const double v = real_part();
    if constexpr (!std::is_same<T, double>::value) {
      const double top =
          static_cast<double>(static_cast<float>(std::numeric_limits<T>::max()));
      const bool finite = v - v == 0;
      if (check && finite && (v > top || v < -top)) {
        overflow<T>();
      }
      return static_cast<T>(static_cast<float>(v));
    } else {
      return v;
    }
  }

  template <typename T>
  [[noreturn]] static void overflow() {
    detail::fail(
        ErrorKind::Runtime,
        "value cannot be converted to type ",
        cpp_name<T>(),
        " without overflow");
  }
  template <typename T>
  static const char* cpp_name() {
    switch (CppTypeToScalarType<T>::value) {
      case ScalarType::Byte:
        return "uint8_t";
      case ScalarType::Char:
        return "int8_t";
      case ScalarType::Short:
        return "int16_t";
      case ScalarType::Int:
        return "int";
      case ScalarType::Long:
        return "int64_t";
      case ScalarType::Half:
        return "at::Half";
      case ScalarType::BFloat16:
        return "at::BFloat16";
      case ScalarType::Float:
        return "float";
      default:
        return "double";
    }
  }

  template <typename T>
  static constexpr bool is_complex_number = ::c10::is_complex<T>::value;

  double real_part() const {
    return kind_ == Kind::Bool || kind_ == Kind::Int ? static_cast<double>(i_)
                                                     : d_[0];
  }

  Kind kind_;
  union {
    int64_t i_;
    double d_[2];
  };
};

} // namespace c10

namespace at {
using c10::Scalar;
}

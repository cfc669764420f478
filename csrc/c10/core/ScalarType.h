// ScalarType: the element types, their C++ counterparts, sizes, names and
// promotion rules.
#pragma once

#include <cstdint>
#include <string>

#include "c10/macros/Macros.h"
#include "c10/util/Half.h"
#include "c10/util/complex.h"

namespace c10 {

// X(C++ type, ScalarType name). The values follow PyTorch's, since compiled
// extensions and saved files see them.
#define C10_FORALL_SCALAR_TYPES(X)          \
  X(uint8_t, Byte)                          \
  X(int8_t, Char)                           \
  X(int16_t, Short)                         \
  X(int32_t, Int)                           \
  X(int64_t, Long)                          \
  X(::c10::Half, Half)                      \
  X(float, Float)                           \
  X(double, Double)                         \
  X(::c10::complex<float>, ComplexFloat)    \
  X(::c10::complex<double>, ComplexDouble)  \
  X(bool, Bool)                             \
  X(::c10::BFloat16, BFloat16)

enum class ScalarType : int8_t {
  Byte = 0,
  Char = 1,
  Short = 2,
  Int = 3,
  Long = 4,
  Half = 5,
  Float = 6,
  Double = 7,
  ComplexFloat = 9,
  ComplexDouble = 10,
  Bool = 11,
  BFloat16 = 15,
  Undefined = 45,
};

constexpr ScalarType kByte = ScalarType::Byte;
constexpr ScalarType kChar = ScalarType::Char;
constexpr ScalarType kShort = ScalarType::Short;
constexpr ScalarType kInt = ScalarType::Int;
constexpr ScalarType kLong = ScalarType::Long;
constexpr ScalarType kHalf = ScalarType::Half;
constexpr ScalarType kFloat = ScalarType::Float;
constexpr ScalarType kDouble = ScalarType::Double;
constexpr ScalarType kComplexFloat = ScalarType::ComplexFloat;
constexpr ScalarType kComplexDouble = ScalarType::ComplexDouble;
constexpr ScalarType kBool = ScalarType::Bool;
constexpr ScalarType kBFloat16 = ScalarType::BFloat16;

template <typename T>
struct CppTypeToScalarType;
template <ScalarType>
struct ScalarTypeToCppType;
#define C10_MAP_TYPE_(T, Name)                                        \
  template <>                                                         \
  struct CppTypeToScalarType<T> {                                     \
    static constexpr ScalarType value = ScalarType::Name;             \
  };                                                                  \
  template <>                                                         \
  struct ScalarTypeToCppType<ScalarType::Name> {                      \
    using type = T;                                                   \
  };
C10_FORALL_SCALAR_TYPES(C10_MAP_TYPE_)
#undef C10_MAP_TYPE_

constexpr size_t element_size(ScalarType t) {
  switch (t) {
#define C10_SIZE_CASE_(T, Name) \
  case ScalarType::Name:        \
    return sizeof(T);
    C10_FORALL_SCALAR_TYPES(C10_SIZE_CASE_)
#undef C10_SIZE_CASE_
    default:
      return 0;
  }
}

constexpr bool is_complex_type(ScalarType t) {
  return t == ScalarType::ComplexFloat || t == ScalarType::ComplexDouble;
}
constexpr bool is_floating_type(ScalarType t) {
  return t == ScalarType::Float || t == ScalarType::Double ||
      t == ScalarType::Half || t == ScalarType::BFloat16;
}
constexpr bool is_reduced_floating_type(ScalarType t) {
  return t == ScalarType::Half || t == ScalarType::BFloat16;
}
constexpr bool is_integral_type(ScalarType t, bool include_bool) {
  return (static_cast<int>(t) >= 0 && static_cast<int>(t) <= 4) ||
      (include_bool && t == ScalarType::Bool);
}
constexpr bool is_differentiable_type(ScalarType t) {
  return is_floating_type(t) || is_complex_type(t);
}
constexpr bool is_signed_type(ScalarType t) {
  return t != ScalarType::Byte && t != ScalarType::Bool;
}

// "Float": the name used in C++ and in error texts.
C10_API const char* to_string(ScalarType t);
// "float32": the name Python prints after "torch.".
C10_API const char* dtype_name(ScalarType t);
// "long int": the C++ type, as some of PyTorch's error texts spell it.
C10_API const char* cpp_type_name(ScalarType t);
// complex64 -> float32; a real type stays.
C10_API ScalarType to_real_value_type(ScalarType t);
// float32 -> complex64 (and half -> complex64); a complex type stays.
C10_API ScalarType to_complex_type(ScalarType t);
// The smallest type that holds both, as NumPy-like promotion has it.
C10_API ScalarType promote_types(ScalarType a, ScalarType b);
// False where a value of type `from` may not be written into `to`: complex
// to real, floating to integral, anything but bool to bool.
C10_API bool can_cast(ScalarType from, ScalarType to);

inline void append(std::string& out, ScalarType t) { out += to_string(t); }

// The type in which an element is computed: float for Half and BFloat16.
template <typename T>
struct OpMathType {
  using type = T;
};
template <>
struct OpMathType<Half> {
  using type = float;
};
template <>
struct OpMathType<BFloat16> {
  using type = float;
};
template <typename T>
using opmath_type = typename OpMathType<T>::type;

} // namespace c10

namespace at {
using c10::kBFloat16;
using c10::kBool;
using c10::kByte;
using c10::kChar;
using c10::kComplexDouble;
using c10::kComplexFloat;
using c10::kDouble;
using c10::kFloat;
using c10::kHalf;
using c10::kInt;
using c10::kLong;
using c10::kShort;
using c10::opmath_type;
using c10::ScalarType;
} // namespace at

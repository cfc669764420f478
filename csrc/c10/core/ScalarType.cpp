#include "c10/core/ScalarType.h"

#include "c10/util/Exception.h"

namespace c10 {

const char* to_string(ScalarType t) {
  switch (t) {
#define C10_NAME_CASE_(T, Name) \
  case ScalarType::Name:        \
    return #Name;
    C10_FORALL_SCALAR_TYPES(C10_NAME_CASE_)
#undef C10_NAME_CASE_
    default:
      return "Undefined";
  }
}

const char* dtype_name(ScalarType t) {
  switch (t) {
    case ScalarType::Byte:
      return "uint8";
    case ScalarType::Char:
      return "int8";
    case ScalarType::Short:
      return "int16";
    case ScalarType::Int:
      return "int32";
    case ScalarType::Long:
      return "int64";
    case ScalarType::Half:
      return "float16";
    case ScalarType::Float:
      return "float32";
    case ScalarType::Double:
      return "float64";
    case ScalarType::ComplexFloat:
      return "complex64";
    case ScalarType::ComplexDouble:
      return "complex128";
    case ScalarType::Bool:
      return "bool";
    case ScalarType::BFloat16:
      return "bfloat16";
    default:
      return "undefined";
  }
}

const char* cpp_type_name(ScalarType t) {
  switch (t) {
    case ScalarType::Byte:
      return "unsigned char";
    case ScalarType::Char:
      return "signed char";
    case ScalarType::Short:
      return "short int";
    case ScalarType::Long:
      return "long int";
    case ScalarType::Half:
      return "c10::Half";
    case ScalarType::BFloat16:
      return "c10::BFloat16";
    case ScalarType::Float:
      return "float";
    case ScalarType::Double:
      return "double";
    case ScalarType::ComplexFloat:
      return "c10::complex<float>";
    case ScalarType::ComplexDouble:
      return "c10::complex<double>";
    default: // "int" and "bool" are the same in both languages
      return t == ScalarType::Int ? "int" : dtype_name(t);
  }
}

ScalarType to_real_value_type(ScalarType t) {
  if (!is_complex_type(t)) {
    return t;
  }
  return t == kComplexFloat ? kFloat : kDouble;
}

ScalarType to_complex_type(ScalarType t) {
  switch (t) {
    case ScalarType::Half:
    case ScalarType::BFloat16:
    case ScalarType::Float:
    case ScalarType::ComplexFloat:
      return ScalarType::ComplexFloat;
    case ScalarType::Double:
    case ScalarType::ComplexDouble:
      return ScalarType::ComplexDouble;
    default:
      TORCH_CHECK(false, "Unknown Complex ScalarType for ", t);
  }
}

ScalarType promote_types(ScalarType a, ScalarType b) {
  if (a == b) {
    return a;
  }
  if (a == ScalarType::Undefined || b == ScalarType::Undefined) {
    return ScalarType::Undefined;
  }
  if (is_complex_type(a) || is_complex_type(b)) {
    const bool wide = a == ScalarType::ComplexDouble ||
        b == ScalarType::ComplexDouble || a == ScalarType::Double ||
        b == ScalarType::Double;
    return wide ? ScalarType::ComplexDouble : ScalarType::ComplexFloat;
  }
  const bool a_floats = is_floating_type(a);
  const bool b_floats = is_floating_type(b);
  if (a_floats != b_floats) {
    return a_floats ? a : b;
  }
  if (a_floats) {
    if (element_size(a) != element_size(b)) {
      return element_size(a) > element_size(b) ? a : b;
    }
    return ScalarType::Float; // Half with BFloat16
  }
  if (a == ScalarType::Bool || b == ScalarType::Bool) {
    return a == ScalarType::Bool ? b : a;
  }
  if (a == ScalarType::Byte || b == ScalarType::Byte) {
    const ScalarType other = a == ScalarType::Byte ? b : a;
    return other == ScalarType::Char ? ScalarType::Short : other;
  }
  return element_size(a) > element_size(b) ? a : b;
}

bool can_cast(ScalarType from, ScalarType to) {
  if (is_complex_type(from) && !is_complex_type(to)) {
    return false;
  }
  if (is_floating_type(from) && is_integral_type(to, true)) {
    return false;
  }
  return from == ScalarType::Bool || to != ScalarType::Bool;
}

} // namespace c10

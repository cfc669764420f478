// Dtype switches. f is called with a value of the element type, of which only
// the type matters:
//
//   dispatch_all_types(iter.common_dtype(), "add_cpu", [&](auto type) {
//     using scalar_t = decltype(type);
//   });
//
// A dtype outside the set raises PyTorch's NotImplementedError
// ("add_cpu" not implemented for 'Half').
#pragma once

#include "c10/core/ScalarType.h"
#include "c10/util/Exception.h"

namespace at {

// A set of dtypes, one bit each, fit for a template argument.
using TypeSet = uint32_t;
constexpr TypeSet type_set(ScalarType t) {
  return TypeSet(1) << static_cast<int>(t);
}
constexpr TypeSet kIntegralTypes = type_set(kByte) | type_set(kChar) |
    type_set(kShort) | type_set(kInt) | type_set(kLong);
constexpr TypeSet kReducedFloatingTypes =
    type_set(kHalf) | type_set(kBFloat16);
constexpr TypeSet kFloatingTypes =
    type_set(kFloat) | type_set(kDouble) | kReducedFloatingTypes;
constexpr TypeSet kComplexTypes =
    type_set(kComplexFloat) | type_set(kComplexDouble);
constexpr TypeSet kBoolType = type_set(kBool);
constexpr TypeSet kAllTypes = kIntegralTypes | kFloatingTypes;
constexpr TypeSet kEveryType = kAllTypes | kComplexTypes | kBoolType;

namespace detail {
[[noreturn]] C10_NOINLINE inline void fail_dtype(
    const char* name,
    ScalarType t) {
  c10::detail::fail(
      c10::ErrorKind::NotImplemented,
      '"',
      name,
      "\" not implemented for '",
      t,
      '\'');
}
} // namespace detail

template <TypeSet Set, typename F>
C10_ALWAYS_INLINE decltype(auto) dispatch(
    ScalarType t,
    const char* name,
    F&& f) {
  switch (t) {
#define AT_DISPATCH_CASE_(T, Name)                          \
  case ScalarType::Name:                                    \
    if constexpr ((Set & type_set(ScalarType::Name)) != 0) { \
      return f(T());                                        \
    }                                                       \
    break;
    C10_FORALL_SCALAR_TYPES(AT_DISPATCH_CASE_)
#undef AT_DISPATCH_CASE_
    default:
      break;
  }
  detail::fail_dtype(name, t);
}

#define AT_DEFINE_DISPATCH_(function, set)                                  \
  template <typename F>                                                     \
  C10_ALWAYS_INLINE decltype(auto) function(                                \
      ScalarType t, const char* name, F&& f) {                              \
    return dispatch<set>(t, name, static_cast<F&&>(f));                     \
  }
AT_DEFINE_DISPATCH_(dispatch_integral_types, kIntegralTypes)
AT_DEFINE_DISPATCH_(dispatch_integral_types_and_bool, kIntegralTypes | kBoolType)
AT_DEFINE_DISPATCH_(dispatch_floating_types, kFloatingTypes)
AT_DEFINE_DISPATCH_(
    dispatch_floating_and_complex_types,
    kFloatingTypes | kComplexTypes)
AT_DEFINE_DISPATCH_(dispatch_all_types, kAllTypes)
AT_DEFINE_DISPATCH_(dispatch_all_types_and_bool, kAllTypes | kBoolType)
AT_DEFINE_DISPATCH_(dispatch_all_types_and_complex, kAllTypes | kComplexTypes)
AT_DEFINE_DISPATCH_(dispatch_every_type, kEveryType)
#undef AT_DEFINE_DISPATCH_

} // namespace at

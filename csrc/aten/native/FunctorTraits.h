// What a formula's signature says: how many numbers of its compute type it
// takes, and what it returns. Shared by the loops of both devices
// (cpu/Loops.h, cuda/Loops.cuh).
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "c10/core/ScalarType.h"

namespace at::native {
namespace {

template <typename F, typename T>
constexpr int functor_arity() {
  if constexpr (std::is_invocable<const F&>::value) {
    return 0;
  } else if constexpr (std::is_invocable<const F&, T>::value) {
    return 1;
  } else if constexpr (std::is_invocable<const F&, T, T>::value) {
    return 2;
  } else if constexpr (std::is_invocable<const F&, T, T, T>::value) {
    return 3;
  } else {
    static_assert(
        std::is_invocable<const F&, T, T, T, T>::value,
        "a functor takes at most four arguments of its compute type");
    return 4;
  }
}

template <typename F, typename T, size_t... I>
auto functor_result(const F& f, std::index_sequence<I...>)
    -> decltype(f((static_cast<void>(I), std::declval<T>())...));

// S: the element type. A result of the compute type is stored as S, any other
// as it is.
template <typename S, typename F>
struct FunctorTraits {
  using T = opmath_type<S>;
  static constexpr int N = functor_arity<F, T>();
  using Indices = std::make_index_sequence<N>;
  using Result =
      decltype(functor_result<F, T>(std::declval<const F&>(), Indices()));
  using Out =
      std::conditional_t<std::is_same<Result, T>::value, S, Result>;
};

} // namespace
} // namespace at::native

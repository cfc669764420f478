// Boxing: from C++ arguments to a stack of IValues and back.
//
//   call_boxed<Sig>(op, stack)   calls op with the stack's values
//   ATEN_BOXED_FALLBACK(op, Sig) a kernel of op's C++ type that boxes its
//                                arguments for the slot's BoxedKernel
//   ATEN_KERNEL(Sig, function)   function as an entry of an operator's table
//
// Both are instantiated once per signature; see OperatorRegistry.h for what
// a BoxedKernel is.
#pragma once

#include <array>
#include <tuple>
#include <typeinfo>

#include "aten/core/IValue.h"
#include "aten/core/Keys.h"
#include "c10/core/TensorOptions.h"

#define ATEN_KERNEL(Sig, function) \
  reinterpret_cast<::c10::AnyFunction>(static_cast<std::add_pointer_t<Sig>>(function))
#define ATEN_BOXED_FALLBACK(op, Sig) \
  reinterpret_cast<void*>(&::c10::BoxedFallback<op, Sig>::call)

namespace c10 {

// The key set of a call whose arguments are boxed: its tensors', or the
// backend of a device among them, or CPU.
C10_API DispatchKeySet stack_keys(const Stack& stack);
// Runs the BoxedKernel of the slot that a call with this stack selects.
C10_API void run_boxed_kernel(const Operator& op, Stack& stack);

namespace boxing {

using at::Tensor;
using at::TensorList;

// TensorOptions stands for dtype, layout, device and pin_memory.
template <typename T>
constexpr size_t kWidth = 1;
template <>
inline constexpr size_t kWidth<const TensorOptions&> = 4;

// Unbox<T>::get(values): the argument that starts at *values. Lists borrow
// from the stack, which outlives the call.
template <typename T, typename = void>
struct Unbox;

#define ATEN_UNBOX(T, expression)    \
  template <>                        \
  struct Unbox<T> {                  \
    static decltype(auto) get(IValue* v) { \
      return expression;             \
    }                                \
  };
ATEN_UNBOX(const Tensor&, (v->to_tensor()))
ATEN_UNBOX(Tensor&, (v->to_tensor()))
ATEN_UNBOX(Tensor, v->to_tensor())
ATEN_UNBOX(TensorList, TensorList(v->to_tensor_list()))
ATEN_UNBOX(std::vector<Tensor>, v->to_tensor_list())
ATEN_UNBOX(const Scalar&, v->to_scalar())
ATEN_UNBOX(Scalar, v->to_scalar())
ATEN_UNBOX(int64_t, v->to_int())
ATEN_UNBOX(double, v->to_double())
ATEN_UNBOX(bool, v->to_bool())
ATEN_UNBOX(std::string_view, std::string_view(v->get<std::string>()))
ATEN_UNBOX(std::string, v->get<std::string>())
ATEN_UNBOX(IntArrayRef, IntArrayRef(v->get<std::vector<int64_t>>()))
ATEN_UNBOX(ArrayRef<double>, ArrayRef<double>(v->get<std::vector<double>>()))
ATEN_UNBOX(ArrayRef<Scalar>, ArrayRef<Scalar>(v->get<std::vector<Scalar>>()))
ATEN_UNBOX(std::vector<int64_t>, v->get<std::vector<int64_t>>())
ATEN_UNBOX(ScalarType, v->to_scalar_type())
ATEN_UNBOX(Layout, v->get<Layout>())
ATEN_UNBOX(Device, v->get<Device>())
ATEN_UNBOX(MemoryFormat, v->get<MemoryFormat>())
#undef ATEN_UNBOX

template <>
struct Unbox<const Generator&> {
  static Generator get(IValue* v) {
    return v->is_none() ? Generator() : v->get<Generator>();
  }
};
template <size_t N>
struct Unbox<std::array<bool, N>> {
  static std::array<bool, N> get(IValue* v) {
    const auto& list = v->get<std::vector<bool>>();
    TORCH_CHECK(list.size() == N, "expected a list of ", N, " bools");
    std::array<bool, N> result;
    std::copy(list.begin(), list.end(), result.begin());
    return result;
  }
};
template <typename T>
struct Unbox<std::optional<T>> {
  static std::optional<T> get(IValue* v) {
    return v->is_none() ? std::nullopt : std::optional<T>(Unbox<T>::get(v));
  }
};
// What extensions take where we take a tensor that may be undefined.
template <>
struct Unbox<std::optional<Tensor>> {
  static std::optional<Tensor> get(IValue* v) {
    const Tensor& t = v->to_tensor();
    return t.defined() ? std::optional<Tensor>(t) : std::nullopt;
  }
};
template <typename T>
struct Unbox<const std::optional<T>&> : Unbox<std::optional<T>> {};
template <typename T>
struct Unbox<const std::vector<T>&> : Unbox<std::vector<T>> {};
template <>
struct Unbox<const std::string&> : Unbox<std::string> {};
template <>
struct Unbox<std::vector<double>> {
  static const std::vector<double>& get(IValue* v) {
    return v->get<std::vector<double>>();
  }
};
template <>
struct Unbox<const TensorOptions&> {
  static TensorOptions get(IValue* v) {
    return TensorOptions()
        .dtype(Unbox<std::optional<ScalarType>>::get(v))
        .layout(Unbox<std::optional<Layout>>::get(v + 1))
        .device(Unbox<std::optional<Device>>::get(v + 2))
        .pinned_memory(Unbox<std::optional<bool>>::get(v + 3));
  }
};

template <typename T>
void box(Stack& stack, const T& value) {
  stack.emplace_back(value);
}
template <typename T>
void box(Stack& stack, const ArrayRef<T>& list) {
  stack.emplace_back(list.vec());
}
template <typename T>
void box(Stack& stack, const std::optional<ArrayRef<T>>& list) {
  if (list) {
    box(stack, *list);
  } else {
    stack.emplace_back();
  }
}
template <size_t N>
void box(Stack& stack, const std::array<bool, N>& list) {
  stack.emplace_back(std::vector<bool>(list.begin(), list.end()));
}
C10_API void box(Stack& stack, const TensorOptions& options);
C10_API void box(Stack& stack, const Generator& generator);
template <typename... T>
void box(Stack& stack, const std::tuple<T...>& values) {
  std::apply([&](const auto&... v) { (box(stack, v), ...); }, values);
}

// The results of a boxed kernel as an R.
template <typename R>
struct UnboxResults {
  static R get(Stack& stack) { return Unbox<R>::get(&stack[0]); }
};
template <typename... T>
struct UnboxResults<std::tuple<T...>> {
  template <size_t... I>
  static std::tuple<T...> pick(Stack& stack, std::index_sequence<I...>) {
    return {Unbox<T>::get(&stack[I])...};
  }
  static std::tuple<T...> get(Stack& stack) {
    TORCH_CHECK(
        stack.size() == sizeof...(T),
        "expected ",
        sizeof...(T),
        " results of a boxed kernel but got ",
        stack.size());
    return pick(stack, std::index_sequence_for<T...>());
  }
};

// In-place and out forms return arguments of theirs: the written ones.
template <typename T>
std::tuple<> written(const T&) {
  return {};
}
inline std::tuple<Tensor&> written(Tensor& t) {
  return std::tie(t);
}

template <typename R>
constexpr bool kReturnsArguments = std::is_reference<R>::value;
template <typename... T>
constexpr bool kReturnsArguments<std::tuple<T&...>> = sizeof...(T) > 0;

template <typename R, typename... Args>
R call_kernel(const Operator& op, Args... args) {
  Stack stack;
  (box(stack, args), ...);
  run_boxed_kernel(op, stack);
  if constexpr (kReturnsArguments<R>) {
    auto all = std::tuple_cat(written(args)...);
    if constexpr (std::is_reference<R>::value) {
      return std::get<0>(all);
    } else {
      return all;
    }
  } else if constexpr (!std::is_void<R>::value) {
    TORCH_CHECK(
        !stack.empty(), op.info->name, ": a boxed kernel returned nothing");
    return UnboxResults<R>::get(stack);
  }
}

// Where each argument starts on the stack.
template <typename... Args>
constexpr auto offsets() {
  std::array<size_t, sizeof...(Args) + 1> result{};
  size_t i = 0;
  ((result[i + 1] = result[i] + kWidth<Args>, ++i), ...);
  return result;
}

template <typename R, typename... Args, typename Callee, size_t... I>
void call_with_stack(
    Stack& stack,
    const Callee& callee,
    std::index_sequence<I...>) {
  constexpr auto at = offsets<Args...>();
  TORCH_CHECK(
      stack.size() == at[sizeof...(Args)],
      "expected ",
      at[sizeof...(Args)],
      " arguments on the stack but got ",
      stack.size());
  if constexpr (std::is_void<R>::value) {
    callee(Unbox<Args>::get(&stack[at[I]])...);
    stack.clear();
  } else {
    Stack results;
    box(results, callee(Unbox<Args>::get(&stack[at[I]])...));
    stack = std::move(results);
  }
}

template <typename Sig>
struct Signature;
template <typename R, typename... Args>
struct Signature<R(Args...)> {
  // Calls a function of this type with the values of the stack.
  template <typename Callee>
  static void apply(Stack& stack, const Callee& callee) {
    call_with_stack<R, Args...>(
        stack, callee, std::index_sequence_for<Args...>());
  }
  static void call(const Operator& op, Stack& stack) {
    const DispatchKeySet keys = stack_keys(stack);
    apply(stack, [&](Args... args) -> R {
      return op.call<R, Args...>(keys, static_cast<Args>(args)...);
    });
  }
};

} // namespace boxing

template <typename Sig>
void call_boxed(const Operator& op, Stack& stack) {
  boxing::Signature<Sig>::call(op, stack);
}

template <const Operator& op, typename Sig>
struct BoxedFallback;
template <const Operator& op, typename R, typename... Args>
struct BoxedFallback<op, R(Args...)> {
  static R call(Args... args) {
    return boxing::call_kernel<R, Args...>(op, static_cast<Args>(args)...);
  }
};

} // namespace c10

namespace at {
using c10::call_boxed;
using c10::OperatorInfo;
} // namespace at

// TORCH_LIBRARY, TORCH_LIBRARY_FRAGMENT, TORCH_LIBRARY_IMPL: how an extension
// defines operators and gives them kernels when it is loaded.
//
//   TORCH_LIBRARY(ops, m) { m.def("twice(Tensor x) -> Tensor"); }
//   TORCH_LIBRARY_IMPL(ops, CPU, m) { m.impl("twice", &twice); }
//
// Read first: Boxing.h, OperatorRegistry.h.
#pragma once

#include <memory>

#include "aten/core/Boxing.h"
#include "aten/core/OperatorRegistry.h"

namespace torch {

namespace detail {

// The schema type of a C++ type: "Tensor", "int[]", "float?".
template <typename T>
struct TypeText;
#define ATEN_TYPE_TEXT(T, text)                    \
  template <>                                      \
  struct TypeText<T> {                             \
    static std::string get() { return text; }      \
  };
ATEN_TYPE_TEXT(at::Tensor, "Tensor")
ATEN_TYPE_TEXT(at::Scalar, "Scalar")
ATEN_TYPE_TEXT(int64_t, "int")
ATEN_TYPE_TEXT(double, "float")
ATEN_TYPE_TEXT(bool, "bool")
ATEN_TYPE_TEXT(std::string, "str")
ATEN_TYPE_TEXT(std::string_view, "str")
ATEN_TYPE_TEXT(at::ScalarType, "ScalarType")
ATEN_TYPE_TEXT(at::Layout, "Layout")
ATEN_TYPE_TEXT(at::Device, "Device")
ATEN_TYPE_TEXT(at::MemoryFormat, "MemoryFormat")
ATEN_TYPE_TEXT(at::Generator, "Generator?")
#undef ATEN_TYPE_TEXT
template <typename T>
struct TypeText<c10::ArrayRef<T>> {
  static std::string get() { return TypeText<T>::get() + "[]"; }
};
template <typename T>
struct TypeText<std::vector<T>> : TypeText<c10::ArrayRef<T>> {};
template <size_t N>
struct TypeText<std::array<bool, N>> : TypeText<c10::ArrayRef<bool>> {};
template <typename T>
struct TypeText<std::optional<T>> {
  static std::string get() { return TypeText<T>::get() + "?"; }
};

template <typename T>
void add_types(std::vector<std::string>& out) {
  using Plain = std::remove_cv_t<std::remove_reference_t<T>>;
  if constexpr (std::is_same<Plain, at::TensorOptions>::value) {
    out.insert(out.end(), {"ScalarType?", "Layout?", "Device?", "bool?"});
  } else {
    out.push_back(TypeText<Plain>::get());
  }
}
template <typename R>
struct ReturnTypes {
  static void add(std::vector<std::string>& out) { add_types<R>(out); }
};
template <>
struct ReturnTypes<void> {
  static void add(std::vector<std::string>&) {}
};
template <typename... T>
struct ReturnTypes<std::tuple<T...>> {
  static void add(std::vector<std::string>& out) { (add_types<T>(out), ...); }
};

// What a C++ kernel looks like from outside.
struct KernelTypes {
  std::vector<std::string> arguments;
  std::vector<std::string> returns;
};
template <typename Sig>
struct TypesOf;
template <typename R, typename... Args>
struct TypesOf<R(Args...)> {
  static KernelTypes get() {
    KernelTypes types;
    (add_types<Args>(types.arguments), ...);
    ReturnTypes<R>::add(types.returns);
    return types;
  }
};

// A C++ function behind a stack.
template <typename Sig>
struct TypedKernel : c10::BoxedKernel {
  explicit TypedKernel(Sig* function) : function_(function) {}
  void operator()(const c10::Operator&, c10::DispatchKeySet, c10::Stack& stack)
      override {
    c10::boxing::Signature<Sig>::apply(stack, function_);
  }

 private:
  Sig* function_;
};

template <typename R, typename... Args>
std::remove_pointer_t<R (*)(Args...)>* as_function(R (*f)(Args...)) {
  return f;
}
// A lambda without captures.
template <typename Lambda>
auto as_function(Lambda f) -> decltype(+f) {
  return +f;
}

} // namespace detail

// A kernel of any kind on its way into a slot.
class CppFunction {
 public:
  // A function pointer or a lambda without captures.
  template <
      typename F,
      typename = std::enable_if_t<
          !std::is_same<std::decay_t<F>, CppFunction>::value>>
  CppFunction(F f) {
    auto* function = detail::as_function(f);
    using Sig = std::remove_pointer_t<decltype(function)>;
    function_ = reinterpret_cast<c10::AnyFunction>(function);
    signature_ = &typeid(Sig);
    types_ = detail::TypesOf<Sig>::get();
    boxed_ = c10::make_intrusive<detail::TypedKernel<Sig>>(function);
  }
  // void f(const c10::Operator&, c10::Stack*)
  template <void (*f)(const c10::Operator&, c10::Stack*)>
  static CppFunction makeFromBoxedFunction() {
    struct Kernel : c10::BoxedKernel {
      void operator()(
          const c10::Operator& op,
          c10::DispatchKeySet,
          c10::Stack& stack) override {
        f(op, &stack);
      }
    };
    CppFunction result;
    result.boxed_ = c10::make_intrusive<Kernel>();
    return result;
  }
  // Leaves the slot empty: the next key is asked.
  static CppFunction makeFallthrough() { return CppFunction(); }

 private:
  friend class Library;
  template <typename F>
  friend CppFunction dispatch(const char* key, F&& f);
  CppFunction() = default;

  c10::AnyFunction function_ = nullptr;
  const std::type_info* signature_ = nullptr;
  detail::KernelTypes types_;
  c10::intrusive_ptr<c10::BoxedKernel> boxed_;
  std::string key_; // of dispatch()
};

// m.impl("name", torch::dispatch("CPU", &f))
template <typename F>
CppFunction dispatch(const char* key, F&& f) {
  CppFunction result(std::forward<F>(f));
  result.key_ = key;
  return result;
}

class C10_API Library {
 public:
  enum Kind { DEF, IMPL, FRAGMENT };
  Library(
      Kind kind,
      std::string space,
      std::string key,
      const char* file,
      int line);

  // A schema, or with a function only a name: the schema is then the
  // function's. The function serves every backend.
  Library& def(const std::string& schema);
  Library& def(const std::string& schema_or_name, CppFunction function);
  // A kernel for this block's key. The operator may be defined later.
  Library& impl(const std::string& name, CppFunction function);
  // A boxed kernel for all operators that have none for this block's key.
  Library& fallback(CppFunction function);

 private:
  std::string qualified(const std::string& name) const;

  Kind kind_;
  std::string space_;
  std::string key_;
  std::string where_;
};

namespace detail {
struct LibraryInit {
  LibraryInit(
      Library::Kind kind,
      void (*init)(Library&),
      const char* space,
      const char* key,
      const char* file,
      int line) {
    Library library(kind, space, key, file, line);
    init(library);
  }
};
} // namespace detail
} // namespace torch

#define TORCH_FN(function) (function)

#define ATEN_LIBRARY_(kind, ns, key, m, id)                             \
  static void C10_CONCAT(torch_library_init_##ns##_, id)(               \
      ::torch::Library&);                                               \
  static const ::torch::detail::LibraryInit C10_CONCAT(                 \
      torch_library_##ns##_, id)(                                       \
      ::torch::Library::kind,                                           \
      &C10_CONCAT(torch_library_init_##ns##_, id),                      \
      #ns,                                                              \
      key,                                                              \
      __FILE__,                                                         \
      __LINE__);                                                        \
  void C10_CONCAT(torch_library_init_##ns##_, id)(::torch::Library & m)

#define TORCH_LIBRARY(ns, m) ATEN_LIBRARY_(DEF, ns, "", m, __COUNTER__)
#define TORCH_LIBRARY_FRAGMENT(ns, m) \
  ATEN_LIBRARY_(FRAGMENT, ns, "", m, __COUNTER__)
// ns may be _: m.fallback() then serves all namespaces.
#define TORCH_LIBRARY_IMPL(ns, key, m) \
  ATEN_LIBRARY_(IMPL, ns, #key, m, __COUNTER__)

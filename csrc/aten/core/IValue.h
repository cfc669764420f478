// IValue: any one argument or result of an operator. What travels where C++
// types are not known: torch.ops, torch.library, boxed kernels.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "aten/core/Operator.h"
#include "aten/core/Tensor.h"

namespace c10 {

// An object of an upper layer (a Python object), carried without a look.
struct OpaqueObject : intrusive_ptr_target {};

struct C10_API IValue {
  // A Scalar is a bool, int64_t, double or complex<double>. A list of
  // optional tensors has undefined ones for None.
  using Value = std::variant<
      std::monostate,
      at::Tensor,
      bool,
      int64_t,
      double,
      complex<double>,
      std::string,
      std::vector<int64_t>,
      std::vector<double>,
      std::vector<bool>,
      std::vector<at::Tensor>,
      std::vector<Scalar>,
      ScalarType,
      Device,
      Layout,
      MemoryFormat,
      Generator,
      intrusive_ptr<OpaqueObject>>;

  IValue() = default;
  template <
      typename T,
      typename = std::enable_if_t<std::is_constructible<Value, T>::value>>
  IValue(T value) : value_(std::move(value)) {}
  IValue(int value) : value_(static_cast<int64_t>(value)) {}
  IValue(const char* value) : value_(std::string(value)) {}
  IValue(std::string_view value) : value_(std::string(value)) {}
  IValue(const Scalar& value);
  IValue(std::nullopt_t) {}
  // An undefined tensor stays one: it is not None.
  template <typename T>
  IValue(const std::optional<T>& value) {
    if (value) {
      *this = IValue(*value);
    }
  }

  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(value_);
  }
  // The value, which must be a T: see expect() for an error text.
  template <typename T>
  const T& get() const {
    expect(is<T>(), "another kind of value");
    return *std::get_if<T>(&value_);
  }
  bool is_none() const { return is<std::monostate>(); }
  bool is_tensor() const { return is<at::Tensor>(); }
  bool is_number() const {
    return is<int64_t>() || is<double>() || is<bool>() ||
        is<complex<double>>();
  }
  // None becomes an undefined tensor.
  at::Tensor& to_tensor();
  std::vector<at::Tensor>& to_tensor_list();
  Scalar to_scalar() const;
  // Also from an int, which is what some callers hold.
  ScalarType to_scalar_type() const;
  int64_t to_int() const;
  double to_double() const;
  bool to_bool() const;
  // "Tensor", "int", "List[int]": PyTorch's name of the kind of value.
  std::string type_name() const;

  const Value& value() const { return value_; }

 private:
  void expect(bool ok, const char* wanted) const {
    if (C10_UNLIKELY(!ok)) {
      fail(wanted);
    }
  }
  [[noreturn]] void fail(const char* wanted) const;

  Value value_;
};

} // namespace c10

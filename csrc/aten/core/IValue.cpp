#include "aten/core/IValue.h"

#include "c10/util/Exception.h"

namespace c10 {

IValue::IValue(const Scalar& value) {
  if (value.is_boolean()) {
    value_ = value.to_bool();
  } else if (value.is_integral(false)) {
    value_ = value.to_long();
  } else if (value.is_complex()) {
    value_ = value.to_complex_double();
  } else {
    value_ = value.to_double();
  }
}

at::Tensor& IValue::to_tensor() {
  if (is_none()) {
    value_ = at::Tensor();
  }
  expect(is_tensor(), "Tensor");
  return *std::get_if<at::Tensor>(&value_);
}

std::vector<at::Tensor>& IValue::to_tensor_list() {
  // An empty Python list may have come as a list of another kind.
  const auto* ints = std::get_if<std::vector<int64_t>>(&value_);
  if (ints && ints->empty()) {
    value_ = std::vector<at::Tensor>();
  }
  expect(is<std::vector<at::Tensor>>(), "List[Tensor]");
  return *std::get_if<std::vector<at::Tensor>>(&value_);
}

Scalar IValue::to_scalar() const {
  if (is<bool>()) {
    return get<bool>();
  }
  if (is<int64_t>()) {
    return get<int64_t>();
  }
  if (is<double>()) {
    return get<double>();
  }
  expect(is<complex<double>>(), "number");
  return get<complex<double>>();
}

ScalarType IValue::to_scalar_type() const {
  if (is<int64_t>()) {
    return static_cast<ScalarType>(get<int64_t>());
  }
  expect(is<ScalarType>(), "ScalarType");
  return get<ScalarType>();
}

int64_t IValue::to_int() const {
  if (is<bool>()) {
    return get<bool>();
  }
  expect(is<int64_t>(), "int");
  return get<int64_t>();
}

double IValue::to_double() const {
  if (is<double>()) {
    return get<double>();
  }
  expect(is<int64_t>() || is<bool>(), "float");
  return static_cast<double>(to_int());
}

bool IValue::to_bool() const {
  if (is<int64_t>()) {
    return get<int64_t>() != 0;
  }
  expect(is<bool>(), "bool");
  return get<bool>();
}

std::string IValue::type_name() const {
  // In the order of Value.
  static constexpr const char* kNames[] = {
      "NoneType", "Tensor", "bool", "int", "float", "complex", "str",
      "List[int]", "List[float]", "List[bool]", "List[Tensor]",
      "List[number]", "ScalarType", "Device", "Layout", "MemoryFormat",
      "Generator", "PyObject"};
  static_assert(
      sizeof(kNames) / sizeof(*kNames) == std::variant_size<Value>::value,
      "one name per kind");
  return kNames[value_.index()];
}

void IValue::fail(const char* wanted) const {
  throw Error(
      ErrorKind::Runtime,
      str("Expected a value of type '",
          wanted,
          "' but instead found type '",
          type_name(),
          "'."));
}

} // namespace c10

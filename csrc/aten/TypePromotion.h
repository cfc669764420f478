// Result types: PyTorch's three-class rule. Tensors with dimensions decide;
// 0-d tensors and, below them, Python numbers count only where they are of a
// higher category (bool < integer < floating < complex).
#pragma once

#include "aten/core/TensorBase.h"
#include "c10/core/Scalar.h"

namespace at {

// Collects operands one by one.
struct C10_API ResultTypeState {
  ScalarType with_dims = ScalarType::Undefined;
  ScalarType zero_dim = ScalarType::Undefined;
  ScalarType numbers = ScalarType::Undefined;

  void add(const TensorImpl& t);
  void add(const TensorBase& t) { add(*t.unsafe_impl()); }
  void add(const Scalar& number);
  ScalarType result() const;
};

C10_API ScalarType result_type(const TensorBase& a, const TensorBase& b);
C10_API ScalarType result_type(const TensorBase& a, const Scalar& b);
C10_API ScalarType result_type(const Scalar& a, const Scalar& b);

// 0 bool, 1 integer, 2 floating, 3 complex.
constexpr int type_category(ScalarType t) {
  return c10::is_complex_type(t)         ? 3
      : c10::is_floating_type(t)         ? 2
      : c10::is_integral_type(t, false)  ? 1
                                         : 0;
}

} // namespace at

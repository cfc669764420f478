// The dtype of a tensor given as out=, where it must be the result's.
#pragma once

#include "aten/core/TensorBase.h"

namespace at {

inline void check_out_type(const TensorBase& out, ScalarType expected) {
  TORCH_CHECK(
      out.scalar_type() == expected,
      "Expected out tensor to have dtype ",
      c10::cpp_type_name(expected),
      ", but got ",
      c10::cpp_type_name(out.scalar_type()),
      " instead");
}

} // namespace at

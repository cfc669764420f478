// keys_of: the key set that an argument contributes to dispatch.
#pragma once

#include "aten/core/Tensor.h"

namespace at {

inline c10::DispatchKeySet keys_of(const TensorBase& t) {
  return t.defined() ? t.key_set() : c10::DispatchKeySet();
}
inline c10::DispatchKeySet keys_of(TensorList list) {
  c10::DispatchKeySet keys;
  for (const Tensor& t : list) {
    keys = keys | keys_of(t);
  }
  // An empty list is refused by the operator itself.
  return keys.empty() ? c10::DispatchKeySet(c10::DispatchKey::CPU) : keys;
}

} // namespace at

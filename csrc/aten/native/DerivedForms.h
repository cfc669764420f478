// In-place and out= forms of operators whose body only makes fresh tensors:
// compute, then copy. Called by generated shells (build/generated/native).
#pragma once

#include <tuple>
#include <utility>

#include "aten/OutputType.h"
#include "aten/core/Tensor.h"

namespace at::native {

// self.op_(...): RuntimeError when the result cannot be cast to self's dtype
// or does not broadcast to its shape.
C10_API Tensor& copy_to_self(Tensor& self, const Tensor& result);

// op(..., out=out): resizes `out` (with PyTorch's warning when it was not
// empty), checks dtype and device. `name` is for the error of an out= form
// that would need a gradient.
C10_API Tensor& copy_to_out(
    const char* name,
    Tensor& out,
    const Tensor& result);

// What copy_to_out refuses, before it writes.
C10_API void check_out(
    const char* name,
    const Tensor& out,
    const Tensor& result);

// copy_to_out for several outputs, which must be of the results' dtypes. All
// are checked before one is written.
template <typename Outs, typename Results, size_t... I>
Outs copy_to_outs(
    const char* name,
    const Outs& outs,
    const Results& results,
    std::index_sequence<I...>) {
  (check_out_type(std::get<I>(outs), std::get<I>(results).scalar_type()), ...);
  (check_out(name, std::get<I>(outs), std::get<I>(results)), ...);
  (copy_to_out(name, std::get<I>(outs), std::get<I>(results)), ...);
  return outs;
}
template <typename... Outs, typename Results>
std::tuple<Outs&...> copy_to_outs(
    const char* name,
    const std::tuple<Outs&...>& outs,
    const Results& results) {
  return copy_to_outs(name, outs, results, std::index_sequence_for<Outs...>());
}

// RuntimeError when elements of `out` share memory with each other or with one
// of `inputs`; for operators that refuse this rather than compute first.
C10_API void check_out_memory(const Tensor& out, TensorList inputs);

// The functional form of an operator that writes: write(copy of self).
template <typename Write>
Tensor on_copy(const Tensor& self, Write write) {
  Tensor result = self.clone(c10::MemoryFormat::Preserve);
  write(result);
  return result;
}

} // namespace at::native

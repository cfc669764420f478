// Tensor: a TensorBase with every operator that is a method. The method
// declarations are generated from csrc/aten/ops; their bodies are in
// build/generated/register/<Topic>.cpp.
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "aten/core/TensorBase.h"
#include "c10/core/Generator.h"
#include "c10/core/Scalar.h"

namespace torch::autograd {
struct Node;
}

namespace at {

class Tensor;
using TensorList = ArrayRef<Tensor>;
using c10::Layout;
using c10::MemoryFormat;

class C10_API Tensor : public TensorBase {
 public:
  using TensorBase::TensorBase;
  Tensor() = default;
  explicit Tensor(const TensorBase& base) : TensorBase(base) {}
  explicit Tensor(TensorBase&& base) : TensorBase(std::move(base)) {}

#include "generated/ops/TensorMethods.inc"

  // ---- autograd, defined in csrc/autograd/Variable.cpp
  Tensor& requires_grad_(bool requires_grad = true);
  bool is_leaf() const;
  // The accumulated gradient; undefined before the first backward().
  const Tensor& grad() const;
  Tensor& mutable_grad();
  c10::intrusive_ptr<torch::autograd::Node> grad_fn() const;
  void backward(
      const Tensor& gradient = {},
      std::optional<bool> retain_graph = std::nullopt,
      bool create_graph = false) const;
};

// One number of a 0-d (or one-element) tensor, as T.
template <typename T>
T item(const Tensor& t) {
  return t.item().template to<T>();
}

} // namespace at

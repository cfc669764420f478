// FlatTensors: what a fused optimizer step reads and writes of one parameter,
// as flat memory. For the bodies of both devices.
#pragma once

#include <initializer_list>

#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"

namespace at::native {
namespace {

// The tensors of one parameter as flat memory. Where their layouts differ
// they are replaced by row-major copies, and written back at the end.
class FlatTensors {
 public:
  explicit FlatTensors(std::initializer_list<Tensor> tensors)
      : original_(tensors), used_(tensors) {
    const Tensor& param = original_.front();
    bool alike = param.is_non_overlapping_and_dense();
    for (const Tensor& t : original_) {
      if (t.defined()) {
        TORCH_CHECK(
            t.sizes() == param.sizes() &&
                t.scalar_type() == param.scalar_type(),
            "fused optimizers take parameters, gradients and states of one "
            "shape and dtype, but got ",
            t.sizes(),
            " of ",
            t.scalar_type(),
            " beside ",
            param.sizes(),
            " of ",
            param.scalar_type());
        alike = alike && t.strides() == param.strides();
      }
    }
    if (!alike) {
      copied_ = true;
      for (Tensor& t : used_) {
        if (t.defined()) {
          const Tensor from = t;
          t = Tensor(at::detail::empty(
              from.sizes(), from.scalar_type(), from.device()));
          at::detail::copy_(t, from);
        }
      }
    }
  }

  void* operator[](size_t i) const {
    return used_[i].defined() ? used_[i].data_ptr() : nullptr;
  }
  // Copies go home; every tensor but the gradient (index 1) was written.
  void finish() {
    for (size_t i = 0; copied_ && i < original_.size(); ++i) {
      if (i != 1 && original_[i].defined()) {
        at::detail::copy_(original_[i], used_[i]);
      }
    }
  }

 private:
  SmallVector<Tensor, 5> original_, used_;
  bool copied_ = false;
};

[[maybe_unused]] Tensor at_or_undefined(TensorList list, size_t i) {
  return i < list.size() ? list[i] : Tensor();
}

} // namespace
} // namespace at::native

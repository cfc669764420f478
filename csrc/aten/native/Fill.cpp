// Setting every element: fill_, zero_.
#include "aten/native/Fill.h"

#include "aten/core/Tensor.h"
#include "generated/native/Fill.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Item.h"

namespace at::native {

DEFINE_DISPATCH(fill_stub);

Tensor& fill_(Tensor& self, const Scalar& value) {
  if (self.is_meta() || self.numel() == 0) {
    return self;
  }
  // Elements may share memory: each is set to the same.
  auto iter = TensorIteratorConfig()
                  .add_output(self)
                  .set_check_mem_overlap(false)
                  .build();
  fill_stub(iter.device_type(), iter, value);
  return self;
}

Tensor& fill_(Tensor& self, const Tensor& value) {
  TORCH_CHECK(
      value.dim() == 0,
      "fill_ only supports 0-dimension value tensor but got tensor with ",
      value.dim(),
      " dimensions.");
  if (self.device() != value.device()) {
    return native::fill_(self, at::_local_scalar_dense(value));
  }
  return self.copy_(value);
}

Tensor fill(const Tensor& self, const Scalar& value) {
  return self.clone().fill_(value);
}
Tensor fill(const Tensor& self, const Tensor& value) {
  return self.clone().fill_(value);
}

Tensor& zero_(Tensor& self) {
  if (self.is_cpu() && self.numel() != 0 &&
      self.is_non_overlapping_and_dense()) {
    std::memset(self.data_ptr(), 0, self.nbytes());
    return self;
  }
  return native::fill_(self, 0);
}

} // namespace at::native

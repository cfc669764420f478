#include "aten/native/DerivedForms.h"

#include "aten/MemoryOverlap.h"
#include "aten/OutputSpec.h"
#include "c10/util/Exception.h"

namespace at::native {
namespace {

void check_cast(const Tensor& result, const Tensor& out) {
  TORCH_CHECK(
      c10::can_cast(result.scalar_type(), out.scalar_type()),
      "result type ",
      result.scalar_type(),
      " can't be cast to the desired output type ",
      out.scalar_type());
}

} // namespace

Tensor& copy_to_self(Tensor& self, const Tensor& result) {
  check_cast(result, self);
  TORCH_CHECK(
      result.sizes() == self.sizes(),
      "output with shape ",
      self.sizes(),
      " doesn't match the broadcast shape ",
      result.sizes());
  return self.copy_(result);
}

void check_out(const char* name, const Tensor& out, const Tensor& result) {
  TORCH_CHECK(
      !c10::GradMode::is_enabled() ||
          !(out.requires_grad() || result.requires_grad()) ||
          c10::tls_state.excluded.has(c10::DispatchKey::Autograd),
      name,
      "(): functions with out=... arguments don't support automatic "
      "differentiation, but one of the arguments requires grad.");
  TORCH_CHECK(
      out.device() == result.device(),
      "Expected out tensor to be on ",
      result.device(),
      ", but got ",
      out.device(),
      " instead");
  check_cast(result, out);
  assert_no_internal_overlap(out);
}

Tensor& copy_to_out(const char* name, Tensor& out, const Tensor& result) {
  check_out(name, out, result);
  detail::resize_output_(*out.unsafe_impl(), result.sizes());
  return out.copy_(result);
}

void check_out_memory(const Tensor& out, TensorList inputs) {
  assert_no_internal_overlap(out);
  for (const Tensor& input : inputs) {
    assert_no_overlap(out, input);
  }
}

} // namespace at::native

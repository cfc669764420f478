#include "aten/OutputSpec.h"

#include "aten/EmptyTensor.h"
#include "aten/OutputType.h"

namespace at {

Tensor allocate_output(const OutputSpec& spec) {
  const TensorOptions& o = spec.options;
  return Tensor(
      spec.strides.empty()
          ? detail::empty(spec.sizes, o.dtype(), o.device())
          : detail::empty_strided(
                spec.sizes, spec.strides, o.dtype(), o.device()));
}

void resize_output(const TensorBase& out, const OutputSpec& spec) {
  check_out_type(out, spec.options.dtype());
  TORCH_CHECK(
      out.device() == spec.options.device(),
      "Expected out tensor to have device ",
      spec.options.device(),
      ", but got ",
      out.device(),
      " instead");
  detail::resize_output_(*out.unsafe_impl(), spec.sizes, spec.strides);
}

namespace detail {

bool resize_output_(TensorImpl& out, IntArrayRef sizes, IntArrayRef strides) {
  if (out.sizes() == sizes) {
    return false;
  }
  if (out.numel() != 0) {
    TORCH_WARN(
        "An output with one or more elements was resized since it had shape ",
        out.sizes(),
        ", which does not match the required output shape ",
        sizes,
        ". This behavior is deprecated, and in a future PyTorch release "
        "outputs will not be resized unless they have zero elements. You can "
        "explicitly reuse an out tensor t by resizing it, inplace, to zero "
        "elements with t.resize_(0).");
  }
  if (strides.empty()) {
    out.set_sizes_contiguous(sizes);
  } else {
    out.set_sizes_and_strides(sizes, strides);
  }
  const size_t needed = computed_nbytes(
      sizes, out.strides(), out.itemsize(), out.storage_offset());
  if (needed > out.storage()->nbytes()) {
    out.storage()->resize(needed);
  }
  return true;
}

} // namespace detail
} // namespace at

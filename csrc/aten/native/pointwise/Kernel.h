// What the kernels of native/pointwise are written in. A driver,
// native/cpu/Pointwise.h or native/cuda/Pointwise.cuh, includes this and gives
//   pointwise_kernel<S, kWork>(iter, f)  f on every element; S: common dtype
//   KERNEL_NAME("add")      what errors call a kernel: "add_cpu", "add_cuda"
//   KERNEL_NAMES(cpu, cuda) the same where PyTorch's names differ by more
#pragma once

namespace at::native {

// What a formula costs beside reading and writing its operands.
enum class Work {
  Little, // less than they do
  Some, // about the same: several operations, an exponential
  Much, // more: a series, a loop, a function in double
};

} // namespace at::native

// Those that PyTorch's CPU runs through a vector math library, as errors tell.
#define VML_KERNEL_NAME(name) KERNEL_NAMES(name "_vml_cpu", name "_cuda")

// Kernel and registration of name##_stub: Functor<T> for each type of a set,
// T its compute type. Errors call it KERNEL_NAME("name"), or as a text says.
#define POINTWISE_KERNEL(work, name, types, Functor) \
  POINTWISE_KERNEL_CALLED(KERNEL_NAME(#name), work, name, types, Functor)
#define POINTWISE_KERNEL_CALLED(text, work, name, types, Functor) \
  void name##_kernel(TensorIterator& iter) {                      \
    dispatch<types>(iter.common_dtype(), text, [&](auto type) {   \
      using S = decltype(type);                                   \
      pointwise_kernel<S, work>(iter, Functor<opmath_type<S>>{}); \
    });                                                           \
  }                                                               \
  REGISTER_DISPATCH(name##_stub, name##_kernel);

// What the binding itself asks of CUDA; see Cuda.cpp.
#pragma once

#include "aten/core/CUDAHooks.h"
#include "aten/core/Tensor.h"

namespace torch::python {

// Whether torch.cuda has started CUDA in this process, not in a parent.
bool cuda_is_ready();
// AssertionError "Torch not compiled with CUDA enabled" where the library has
// not been loaded.
at::cuda::CUDAHooks& cuda_hooks_or_throw();
// `t`, or a copy of it, in page-locked memory.
at::Tensor pinned_copy(const at::Tensor& t);
bool is_pinned(const at::Tensor& t);

} // namespace torch::python

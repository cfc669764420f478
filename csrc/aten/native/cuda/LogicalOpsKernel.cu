// Kernels of native/pointwise/LogicalOps.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/LogicalOps.h"

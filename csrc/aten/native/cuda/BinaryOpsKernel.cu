// Kernels of native/pointwise/BinaryOps.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/BinaryOps.h"

// Kernels of native/pointwise/UnaryOps.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/UnaryOps.h"

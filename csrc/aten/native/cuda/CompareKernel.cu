// Kernels of native/pointwise/Compare.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/Compare.h"

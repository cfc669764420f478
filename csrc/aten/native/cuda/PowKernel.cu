// Kernels of native/pointwise/Pow.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/Pow.h"

// Kernels of native/pointwise/BinaryMath.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/BinaryMath.h"

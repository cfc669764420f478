// Kernels of native/pointwise/SpecialFunctions.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/SpecialFunctions.h"

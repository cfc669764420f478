// Kernels of native/pointwise/Loss.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/Loss.h"

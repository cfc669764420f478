// Kernels of native/pointwise/Activation.h for CUDA.
#include "aten/native/cuda/Pointwise.cuh"
#include "aten/native/pointwise/Activation.h"

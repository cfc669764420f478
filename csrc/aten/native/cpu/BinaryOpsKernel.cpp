// Kernels of native/pointwise/BinaryOps.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/BinaryOps.h"

// Kernels of native/pointwise/BinaryMath.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/BinaryMath.h"

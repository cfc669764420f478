// Kernels of native/pointwise/Pow.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/Pow.h"

// Kernels of native/pointwise/SpecialFunctions.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/SpecialFunctions.h"

// Kernels of native/pointwise/UnaryOps.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/UnaryOps.h"

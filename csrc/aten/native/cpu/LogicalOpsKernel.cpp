// Kernels of native/pointwise/LogicalOps.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/LogicalOps.h"

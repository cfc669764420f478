// Kernels of native/pointwise/Loss.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/Loss.h"

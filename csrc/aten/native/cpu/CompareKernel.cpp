// Kernels of native/pointwise/Compare.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/Compare.h"

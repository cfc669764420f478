// Kernels of native/pointwise/Activation.h for the CPU.
#include "aten/native/cpu/Pointwise.h"
#include "aten/native/pointwise/Activation.h"

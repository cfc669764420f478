// Sorting selects elements by index, as reductions do: the derivative is
// theirs, value_selecting_reduction_backward.
#pragma once

#include "autograd/functions/ReduceOps.h"

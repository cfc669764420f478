// Tensors, every operator as at::name, and arithmetic on tensors.
#pragma once

#include <ATen/Tensor.h>

#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Functions.h"

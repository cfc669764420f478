// Every named function that derivative formulas in csrc/aten/ops may call.
// The bodies are in <Topic>.cpp beside this file, each under its formula.
// Generated autograd code includes this header and FormulaOps.h.
#pragma once

#include "autograd/functions/FormulaOps.h"

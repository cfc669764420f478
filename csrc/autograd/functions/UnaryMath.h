// What the derivatives of elementary functions call: sigmoid_backward and
// tanh_backward are operators of their own.
#pragma once

#include "generated/ops/Activation.h"

// Views under autograd, as Variable.cpp sees them.
#pragma once

#include "autograd/AutogradMeta.h"

namespace torch::autograd {

// `t` has got a new grad_fn; lets its retained gradient follow it.
void move_retains_grad_hook(const Tensor& t, Node* old_fn, uint32_t old_nr);

} // namespace torch::autograd

#include "autograd/BasicNodes.h"

#include "c10/util/Exception.h"

namespace torch::autograd {

variable_list Error::apply(variable_list&& grads) {
  TORCH_CHECK(false, message_);
}

} // namespace torch::autograd

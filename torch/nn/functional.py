"""Functions of `torch.nn`: what modules compute, without their parameters.

Where PyTorch exposes an operator as it stands, so does this file.  The other
functions are in `_functional/`, by the topics of `modules/`; they check their
arguments and call one operator.  Each of them first offers itself to
`__torch_function__` (`_overridable.py`), so that a subclass sees what was called.
"""

# ruff: noqa: F403

from __future__ import annotations

import torch

from ._functional.activation import *
from ._functional.attention import *
from ._functional.distance import *
from ._functional.dropout import *
from ._functional.loss import *
from ._functional.normalization import *
from ._functional.padding import *
from ._functional.pooling import *
from ._functional.sparse import *
from ._functional.vision import *

linear = torch._C._nn.linear
bilinear = torch.bilinear
conv1d = torch.conv1d
conv2d = torch.conv2d
conv3d = torch.conv3d
conv_transpose1d = torch.conv_transpose1d
conv_transpose2d = torch.conv_transpose2d
conv_transpose3d = torch.conv_transpose3d

adaptive_avg_pool1d = torch.adaptive_avg_pool1d
avg_pool1d = torch.avg_pool1d
avg_pool2d = torch._C._nn.avg_pool2d

scaled_dot_product_attention = torch._C._nn.scaled_dot_product_attention

gelu = torch._C._nn.gelu
hardshrink = torch.hardshrink
logsigmoid = torch._C._nn.log_sigmoid
prelu = torch.prelu
softplus = torch._C._nn.softplus
softshrink = torch._C._nn.softshrink

celu_ = torch.celu_
elu_ = torch._C._nn.elu_
hardtanh_ = torch._C._nn.hardtanh_
leaky_relu_ = torch._C._nn.leaky_relu_
relu_ = torch.relu_
selu_ = torch.selu_
threshold_ = torch.threshold_

# Pickles name functions by their module, which is this one.
for _function in list(globals().values()):
    if getattr(_function, "__module__", "").startswith("torch.nn._functional"):
        _function.__module__ = __name__

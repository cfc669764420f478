"""Special functions, as in `scipy.special`.

Most are the operators `torch.ops.aten.special_*`; names without the prefix are
made here. Functions of whole rows (`log_softmax`, `logsumexp`) are those of
`torch`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import _C

if TYPE_CHECKING:
    from torch._C._special_names import *  # noqa: F403

# Compiled, as special_<name>.
_COMPILED = """
    digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1 i1e
    log1p log_ndtr logit multigammaln ndtr ndtri polygamma psi round sinc
    xlog1py xlogy zeta
""".split()
for _name in _COMPILED:
    globals()[_name] = getattr(_C._special, f"special_{_name}")
del _name

logsumexp = torch.logsumexp
softmax = torch.softmax
log_softmax = torch.log_softmax

__all__ = list(_COMPILED) + ["logsumexp", "softmax", "log_softmax"]

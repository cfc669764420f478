"""Linear algebra: compiled operators under the names of ``torch.linalg``.

Operators called ``linalg_<name>`` in schemas stand here as ``<name>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch._C import _linalg, _LinAlgError

if TYPE_CHECKING:
    from torch._C._linalg_names import *  # noqa: F403

_PREFIX = "linalg_"
_compiled = [name for name in dir(_linalg) if name.startswith(_PREFIX)]
for _name in _compiled:
    globals()[_name[len(_PREFIX) :]] = getattr(_linalg, _name)
del _name

LinAlgError = _LinAlgError
diagonal = torch.diagonal
matmul = torch.matmul

_names = {name[len(_PREFIX) :] for name in _compiled}
__all__ = list(_names | {"LinAlgError", "diagonal", "matmul"})

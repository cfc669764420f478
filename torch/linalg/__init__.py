"""Linear algebra: compiled operators under the names of ``torch.linalg``.

Operators called ``linalg_<name>`` in schemas stand here as ``<name>``.
"""

from __future__ import annotations

from torch._C import _linalg, _LinAlgError as LinAlgError

_PREFIX = "linalg_"

__all__ = ["LinAlgError"]
for _name in dir(_linalg):
    if _name.startswith(_PREFIX):
        globals()[_name[len(_PREFIX) :]] = getattr(_linalg, _name)
        __all__ += [_name[len(_PREFIX) :]]
del _name

from torch import diagonal, matmul  # noqa: E402

__all__ += ["diagonal", "matmul"]

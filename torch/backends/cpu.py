"""The CPU's vector instructions."""

from __future__ import annotations

from torch import _C

__all__ = ["get_cpu_capability"]


def get_cpu_capability() -> str:
    """Return which copy of the kernels runs: ``"DEFAULT"``, ``"AVX2"``, ``"AVX512"``.

    Example:
        >>> torch.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2", "AVX512")
        True
    """
    return _C._get_cpu_capability()

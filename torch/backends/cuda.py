"""CUDA as a library: whether it was built in, and the precision of its products."""

from __future__ import annotations

from torch import version

__all__ = ["is_built", "matmul"]


def is_built() -> bool:
    """Say whether this build has CUDA kernels, not whether there is a device."""
    return version.cuda is not None


class _Matmul:
    """Switches of ``torch.backends.cuda.matmul``."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True
    fp32_precision = "none"


matmul = _Matmul()

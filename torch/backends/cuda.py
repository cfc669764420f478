"""CUDA as a library: whether it was built in, and the precision of its products."""

from __future__ import annotations

from typing import Any

import torch
from torch import version

__all__ = ["is_built", "matmul"]


def is_built() -> bool:
    """Say whether this build has CUDA kernels, not whether there is a device."""
    return version.cuda is not None


class _Matmul:
    """Switches of ``torch.backends.cuda.matmul``."""

    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True

    @property
    def allow_tf32(self) -> bool:
        """Whether float32 products may round their factors to TF32."""
        return torch._C._cuda_getSetting("matmul.allow_tf32")

    @allow_tf32.setter
    def allow_tf32(self, value: bool) -> None:
        torch._C._cuda_setSetting("matmul.allow_tf32", value)

    @property
    def fp32_precision(self) -> str:
        """The same switch as text: ``"none"``, ``"ieee"`` or ``"tf32"``."""
        return "tf32" if self.allow_tf32 else "none"

    @fp32_precision.setter
    def fp32_precision(self, value: str) -> None:
        if value not in ("none", "ieee", "tf32"):
            raise RuntimeError(
                "Invalid precision for backend: cuda, op: matmul, precision: " + value
            )
        self.allow_tf32 = value == "tf32"

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(type(self), name):
            raise AttributeError("Unknown attribute " + name)
        super().__setattr__(name, value)


matmul = _Matmul()

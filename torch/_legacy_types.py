"""The old tensor classes: ``torch.FloatTensor(2, 3)``, ``torch.LongTensor([1])``.

They have no instances: calling one makes a ``torch.Tensor`` of its dtype and device.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import _C

_DTYPES = {
    "Byte": torch.uint8,
    "Char": torch.int8,
    "Short": torch.int16,
    "Int": torch.int32,
    "Long": torch.int64,
    "Half": torch.float16,
    "Float": torch.float32,
    "Double": torch.float64,
    "Bool": torch.bool,
    "BFloat16": torch.bfloat16,
}


class _LegacyTensorMeta(type):
    _full_name: str  # torch.FloatTensor
    is_cuda: bool

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, torch.Tensor) and instance.type() == cls._full_name

    def __call__(cls, *args: Any, **kwargs: Any) -> torch.Tensor:
        if cls.is_cuda and not torch.cuda.is_available():
            raise TypeError(
                f"type {cls._full_name} not available. "
                "Torch not compiled with CUDA enabled."
            )
        return _C._legacy_tensor_new(cls._full_name, args, kwargs)


def make_class(name: str, module: str, dtype: torch.dtype) -> type:
    """Make one of the classes, for ``torch`` or ``torch.cuda``."""
    attributes = {
        "__doc__": f"Make a tensor of {dtype} as programs of PyTorch 0.3 did.\n\n"
        "    Use `torch.tensor` or `torch.empty`, which take a dtype.\n\n"
        "    Args:\n        a sequence of numbers, or sizes.\n",
        "__module__": module,
        "_full_name": f"{module}.{name}",
        "dtype": dtype,
        "is_cuda": module == "torch.cuda",
        "is_sparse": False,
        "layout": torch.strided,
    }
    return _LegacyTensorMeta(name, (), attributes)


__all__ = [f"{kind}Tensor" for kind in _DTYPES]
for _kind, _dtype in _DTYPES.items():
    globals()[f"{_kind}Tensor"] = make_class(f"{_kind}Tensor", "torch", _dtype)
del _kind, _dtype

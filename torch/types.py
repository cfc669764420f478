"""Names for common argument types, for use in annotations."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import IO, Any, Optional, Union

from torch import Size, Tensor, device as _device, dtype as _dtype

__all__ = ["Device", "FileLike", "Number", "Storage"]

_TensorOrTensors = Union[Tensor, Sequence[Tensor]]
_TensorOrOptionalTensors = Union[Tensor, Sequence[Optional[Tensor]]]
_TensorOrTensorsOrGradEdge = Union[Tensor, Sequence[Tensor], Any]

_size = Union[Size, list[int], tuple[int, ...]]

Number = Union[int, float, bool]
# For isinstance, which takes no Union before Python 3.10.
_Number = (int, float, bool)

FileLike = Union[str, os.PathLike, IO[bytes]]
Device = Union[_device, str, int, None]


class Storage:
    """What all storage classes have, for annotations."""

    device: _device
    dtype: _dtype
    _cdata: int

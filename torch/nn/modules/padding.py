"""Padding as modules: what lies around the input, for one to three dimensions."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from .module import Module
from .utils import _ntuple

__all__ = [
    "CircularPad1d",
    "ConstantPad1d",
    "ReflectionPad1d",
    "ReplicationPad1d",
    "ZeroPad1d",
    "CircularPad2d",
    "ConstantPad2d",
    "ReflectionPad2d",
    "ReplicationPad2d",
    "ZeroPad2d",
    "CircularPad3d",
    "ConstantPad3d",
    "ReflectionPad3d",
    "ReplicationPad3d",
    "ZeroPad3d",
]


class _PadNd(Module):
    """Pad the last `_ndim` dimensions by `F.pad` with the mode `_mode`."""

    __constants__ = ["padding"]
    _ndim: int
    _mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = _ntuple(2 * self._ndim)(padding)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPadNd(_PadNd):
    __constants__ = ["padding", "value"]

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _CircularPadNd(_PadNd):
    _mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        dims = (self._ndim + 1, self._ndim + 2)
        if input.dim() not in dims:
            raise ValueError(
                f"expected {dims[0]}D or {dims[1]}D input (got {input.dim()}D input)"
            )
        return super().forward(input)


class _ZeroPad:
    """Turns a constant padding into one of zeros."""

    padding: Any

    def __init__(self, padding: Any) -> None:
        layer: Any = super()
        layer.__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ConstantPad1d(_ConstantPadNd):
    """Put a constant around both ends of the last dimension.

    Args:
        padding: one number, or (before, after).
        value: the constant.

    Shape:
        - input: `(*, L)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ConstantPad1d((1, 0), 9.0)(torch.ones(1, 2))
        tensor([[9., 1., 1.]])
    """

    _ndim = 1


class ConstantPad2d(_ConstantPadNd):
    """Put a constant around the four sides of images.

    Args:
        padding: one number, or (left, right, top, bottom).
        value: the constant.

    Shape:
        - input: `(*, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ConstantPad2d((1, 0, 0, 0), 9.0)(torch.zeros(1, 1, 1, 2))
        tensor([[[[9., 0., 0.]]]])
    """

    _ndim = 2


class ConstantPad3d(_ConstantPadNd):
    """Put a constant around the six sides of volumes.

    Args:
        padding: one number, or (left, right, top, bottom, front, back).
        value: the constant.

    Shape:
        - input: `(*, D, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ConstantPad3d(1, 2.0)(torch.ones(1, 1, 2, 2, 2)).sum()
        tensor(120.)
    """

    _ndim = 3


class ZeroPad1d(_ZeroPad, ConstantPad1d):
    """Put zeros around both ends of the last dimension.

    Args:
        padding: one number, or (before, after).

    Shape:
        - input: `(*, L)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ZeroPad1d((1, 2))(torch.ones(1, 1, 2))
        tensor([[[0., 1., 1., 0., 0.]]])
    """


class ZeroPad2d(_ZeroPad, ConstantPad2d):
    """Put zeros around the four sides of images.

    Args:
        padding: one number, or (left, right, top, bottom).

    Shape:
        - input: `(*, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ZeroPad2d(1)(torch.ones(1, 1, 1, 1)).tolist()
        [[[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]]]
    """


class ZeroPad3d(_ZeroPad, ConstantPad3d):
    """Put zeros around the six sides of volumes.

    Args:
        padding: one number, or (left, right, top, bottom, front, back).

    Shape:
        - input: `(*, D, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ZeroPad3d(1)(torch.ones(1, 1, 2, 2, 2)).sum()
        tensor(8.)
    """


class ReflectionPad1d(_PadNd):
    """Put the mirror image of the input around both ends of the last dimension.

    Args:
        padding: one number, or (before, after).

    Shape:
        - input: `(*, L)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ReflectionPad1d((1, 0))(torch.arange(3).reshape(1, 3))
        tensor([[1, 0, 1, 2]])
    """

    _ndim = 1
    _mode = "reflect"


class ReflectionPad2d(_PadNd):
    """Put the mirror image of the input around the four sides of images.

    Args:
        padding: one number, or (left, right, top, bottom).

    Shape:
        - input: `(*, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ReflectionPad2d((1, 0, 0, 0))(torch.arange(4.0).view(1, 1, 2, 2))
        tensor([[[[1., 0., 1.],
                  [3., 2., 3.]]]])
    """

    _ndim = 2
    _mode = "reflect"


class ReflectionPad3d(_PadNd):
    """Put the mirror image of the input around the six sides of volumes.

    Args:
        padding: one number, or (left, right, top, bottom, front, back).

    Shape:
        - input: `(*, D, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ReflectionPad3d(1)(torch.ones(1, 1, 2, 2, 2)).shape
        torch.Size([1, 1, 4, 4, 4])
    """

    _ndim = 3
    _mode = "reflect"


class ReplicationPad1d(_PadNd):
    """Put copies of the edge around both ends of the last dimension.

    Args:
        padding: one number, or (before, after).

    Shape:
        - input: `(*, L)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ReplicationPad1d((1, 0))(torch.arange(3).reshape(1, 3))
        tensor([[0, 0, 1, 2]])
    """

    _ndim = 1
    _mode = "replicate"


class ReplicationPad2d(_PadNd):
    """Put copies of the edge around the four sides of images.

    Args:
        padding: one number, or (left, right, top, bottom).

    Shape:
        - input: `(*, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ReplicationPad2d((2, 0, 0, 0))(torch.arange(4.0).view(1, 1, 2, 2))
        tensor([[[[0., 0., 0., 1.],
                  [2., 2., 2., 3.]]]])
    """

    _ndim = 2
    _mode = "replicate"


class ReplicationPad3d(_PadNd):
    """Put copies of the edge around the six sides of volumes.

    Args:
        padding: one number, or (left, right, top, bottom, front, back).

    Shape:
        - input: `(*, D, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.ReplicationPad3d(1)(torch.ones(1, 1, 2, 2, 2)).sum()
        tensor(64.)
    """

    _ndim = 3
    _mode = "replicate"


class CircularPad1d(_CircularPadNd):
    """Put the input's other end around both ends of the last dimension.

    Args:
        padding: one number, or (before, after).

    Shape:
        - input: `(*, L)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.CircularPad1d((1, 0))(torch.arange(3).reshape(1, 3))
        tensor([[2, 0, 1, 2]])
    """

    _ndim = 1


class CircularPad2d(_CircularPadNd):
    """Put the input's other end around the four sides of images.

    Args:
        padding: one number, or (left, right, top, bottom).

    Shape:
        - input: `(*, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.CircularPad2d((1, 0, 0, 0))(torch.arange(4.0).view(1, 1, 2, 2))
        tensor([[[[1., 0., 1.],
                  [3., 2., 3.]]]])
    """

    _ndim = 2


class CircularPad3d(_CircularPadNd):
    """Put the input's other end around the six sides of volumes.

    Args:
        padding: one number, or (left, right, top, bottom, front, back).

    Shape:
        - input: `(*, D, H, W)`; output: the same but for the padded sizes

    Example:
        >>> torch.nn.CircularPad3d(1)(torch.ones(1, 1, 2, 2, 2)).shape
        torch.Size([1, 1, 4, 4, 4])
    """

    _ndim = 3

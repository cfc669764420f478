"""Questions about values: ``torch.is_tensor`` and its kin."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import handle_torch_function, has_torch_function_unary

__all__ = [
    "is_complex",
    "is_conj",
    "is_floating_point",
    "is_inference",
    "is_neg",
    "is_signed",
    "is_tensor",
    "numel",
    "typename",
]


def is_tensor(obj: Any) -> bool:
    """Say whether `obj` is a tensor.

    Args:
        obj: anything.

    Example:
        >>> torch.is_tensor(torch.ones(1)), torch.is_tensor([1.0])
        (True, False)
    """
    return isinstance(obj, torch.Tensor)


def typename(obj: Any) -> str:
    """Return the name of an object's type, with its module.

    Args:
        obj: anything; for a tensor the name says dtype and device.

    Example:
        >>> torch.typename(torch.ones(1)), torch.typename(3)
        ('torch.FloatTensor', 'int')
    """
    if isinstance(obj, torch.Tensor):
        return obj.type()
    module = getattr(obj, "__module__", "") or ""
    if hasattr(obj, "__qualname__"):
        name = obj.__qualname__
    elif hasattr(obj, "__name__"):
        name = obj.__name__
    else:
        module = type(obj).__module__ or ""
        name = type(obj).__qualname__
    return name if module in ("", "builtins") else f"{module}.{name}"


def _question(name: str) -> Any:
    """Make the function form of a method that asks a tensor about itself."""

    def ask(input: torch.Tensor) -> Any:
        if has_torch_function_unary(input):
            return handle_torch_function(ask, (input,), input)
        if not isinstance(input, torch.Tensor):
            raise TypeError(
                f"{name}(): argument 'input' (position 1) must be Tensor, "
                f"not {type(input).__name__}"
            )
        return getattr(input, name)()

    ask.__name__ = ask.__qualname__ = name
    ask.__module__ = "torch"
    ask.__doc__ = (
        f"Return `input.{name}()`.\n\n"
        f"    Args:\n        input: the tensor.\n\n"
        f"    Example:\n        >>> x = torch.ones(2, 3)\n"
        f"        >>> torch.{name}(x) == x.{name}()\n        True\n"
    )
    return ask


is_complex = _question("is_complex")
is_conj = _question("is_conj")
is_floating_point = _question("is_floating_point")
is_inference = _question("is_inference")
is_neg = _question("is_neg")
is_signed = _question("is_signed")
numel = _question("numel")

"""Switches for recording: ``no_grad``, ``enable_grad``, ``set_grad_enabled``,
``inference_mode``.

Each is a context manager and a decorator. The state is a thread-local bit in compiled
code.
"""

from __future__ import annotations

from typing import Any

import torch
from torch._C import _InferenceMode, _set_grad_enabled, is_grad_enabled
from torch.utils._contextlib import (
    _DecoratorContextManager,
    _Function,
    _NoParamDecoratorContextManager,
)

__all__ = [
    "enable_grad",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]


class no_grad(_NoParamDecoratorContextManager):
    """Do not record: results do not require grad, and no graph is kept.

    Example:
        >>> x = torch.ones(1, requires_grad=True)
        >>> with torch.no_grad():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    def __enter__(self) -> None:
        self.prev = is_grad_enabled()
        _set_grad_enabled(False)

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        _set_grad_enabled(self.prev)


class enable_grad(_NoParamDecoratorContextManager):
    """Record, also inside ``no_grad``.

    Example:
        >>> x = torch.ones(1, requires_grad=True)
        >>> with torch.no_grad(), torch.enable_grad():
        ...     y = x * 2
        >>> y.requires_grad
        True
    """

    def __enter__(self) -> None:
        self.prev = is_grad_enabled()
        _set_grad_enabled(True)

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        _set_grad_enabled(self.prev)


class set_grad_enabled(_DecoratorContextManager):
    """Switch recording on or off, from now on or for a ``with`` block.

    Args:
        mode: whether to record.

    Example:
        >>> _ = torch.set_grad_enabled(False)
        >>> torch.is_grad_enabled()
        False
        >>> _ = torch.set_grad_enabled(True)
    """

    def __init__(self, mode: bool) -> None:
        self.prev = is_grad_enabled()
        self.mode = mode
        _set_grad_enabled(mode)

    def __call__(self, orig_func: _Function) -> _Function:
        # As a decorator it must not change the mode now.
        _set_grad_enabled(self.prev)
        return super().__call__(orig_func)

    def __enter__(self) -> None:
        _set_grad_enabled(self.mode)

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        _set_grad_enabled(self.prev)

    def __repr__(self) -> str:
        return f"{torch.typename(self)}(mode={self.mode})"

    def clone(self) -> set_grad_enabled:
        """Return a new manager of the same mode."""
        return self.__class__(self.mode)


class inference_mode(_DecoratorContextManager):
    """Do not record, and make tensors that can never take part in recording.

    Cheaper than ``no_grad``: such tensors have no version counter to keep.

    Args:
        mode: False leaves an outer inference mode for the length of the block.

    Example:
        >>> with torch.inference_mode():
        ...     y = torch.ones(1)
        >>> y.is_inference()
        True
    """

    def __new__(cls, mode: Any = True) -> Any:
        if isinstance(mode, bool):
            return object.__new__(cls)
        return cls()(mode)  # @torch.inference_mode without brackets

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        self._inference_mode_context = _InferenceMode(self.mode)
        self._inference_mode_context.__enter__()

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        self._inference_mode_context.__exit__(exc_type, exc_value, traceback)

    def clone(self) -> inference_mode:
        """Return a new manager of the same mode."""
        return self.__class__(self.mode)


class set_multithreading_enabled(_DecoratorContextManager):
    """Accept PyTorch's switch for a multithreaded backward; ours runs on the caller.

    Args:
        mode: kept, without effect.

    Example:
        >>> with torch.autograd.set_multithreading_enabled(False):
        ...     pass
    """

    def __init__(self, mode: bool) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        pass

    def clone(self) -> set_multithreading_enabled:
        """Return a new manager of the same mode."""
        return self.__class__(self.mode)

"""`overridable`, which offers a call to `__torch_function__` before making it."""

from __future__ import annotations

import functools
from typing import Any, Callable, TypeVar, cast

from torch.overrides import handle_torch_function, has_torch_function

_Function = TypeVar("_Function", bound=Callable[..., Any])


def overridable(function: _Function) -> _Function:
    """Let tensor subclasses and modes among the arguments replace `function`.

    They see it with its leading parameters by position and those that have a
    default by name, whichever way it was called.
    """

    @functools.wraps(function)
    def offer(*args: Any, **kwargs: Any) -> Any:
        relevant = (*args, *kwargs.values()) if kwargs else args
        if has_torch_function(relevant):
            args, kwargs = _normalized(function, args, kwargs)
            return handle_torch_function(offer, relevant, *args, **kwargs)
        return function(*args, **kwargs)

    return cast(_Function, offer)


def _normalized(function: Callable, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    import inspect

    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    by_name = {
        name: bound.arguments.pop(name)
        for name, parameter in signature.parameters.items()
        if parameter.default is not parameter.empty
    }
    return bound.args, by_name

"""Context managers that also decorate functions and generators.

``no_grad`` and its kin derive from ``_DecoratorContextManager``; ``context_decorator``
does the same for context managers that are not classes of ours.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Iterator
from typing import Any, Callable, TypeVar, cast, overload

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Manager = TypeVar("_Manager")


def context_decorator(ctx: Any, func: _Function) -> _Function:
    """Run every call of `func` inside a context.

    Args:
        ctx: a context manager that can be entered again, or a function that makes one.
        func: a function or a generator function. A generator is inside the context only
            while it runs, not while its caller does.

    Raises:
        RuntimeError: `func` is a class.
    """
    if callable(ctx) and hasattr(ctx, "__enter__"):
        raise AssertionError(
            f"Passed in {ctx} is both callable and also a valid context manager (has "
            "__enter__), making it ambiguous which interface to use.  If you intended "
            "to pass a context manager factory, rewrite your call as context_decorator("
            "lambda: ctx()); if you intended to pass a context manager directly, "
            "rewrite your call as context_decorator(lambda: ctx)"
        )
    if inspect.isclass(func):
        raise RuntimeError(
            "Cannot decorate classes; it is ambiguous whether or not only the "
            "constructor or all methods should have the context manager applied; "
            "additionally, decorating a class at definition-site will prevent use of "
            "the identifier as a conventional type.  To specify which methods to "
            "decorate, decorate each of them individually."
        )
    enter = ctx if callable(ctx) else lambda: ctx
    if inspect.isgeneratorfunction(func):

        @functools.wraps(func)
        def generate(*args: Any, **kwargs: Any) -> Iterator[Any]:
            return (yield from _run_in_steps(enter, func(*args, **kwargs)))

        return cast(_Function, generate)

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        with enter():
            return func(*args, **kwargs)

    return cast(_Function, call)


def _run_in_steps(enter: Callable[[], Any], generator: Any) -> Iterator[Any]:
    """Pass values and exceptions through to `generator`, each step in a new context."""
    step: Callable = generator.send
    argument: tuple = (None,)
    while True:
        try:
            with enter():
                answer = step(*argument)
        except StopIteration as stop:
            return stop.value
        try:
            request = yield answer
        except GeneratorExit:
            with enter():
                generator.close()
            raise
        except BaseException:
            step, argument = generator.throw, (sys.exc_info()[1],)
        else:
            step, argument = generator.send, (request,)


class _DecoratorContextManager:
    """A context manager whose instances decorate; ``clone`` makes one for each call."""

    def __call__(self, orig_func: _Function) -> _Function:
        if not inspect.isclass(orig_func):
            return context_decorator(self.clone, orig_func)
        warnings.warn(
            "Decorating classes is deprecated and will be disabled in future versions. "
            "You should only decorate functions or methods. To preserve the current "
            "behavior of class decoration, you can directly decorate the `__init__` "
            "method and nothing else.",
            FutureWarning,
            stacklevel=2,
        )
        plain = cast(_Function, lambda *args, **kwargs: orig_func(*args, **kwargs))
        return context_decorator(self.clone, plain)

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        raise NotImplementedError

    def clone(self) -> Any:
        """Return a fresh instance; classes with arguments override this."""
        return self.__class__()


class _NoParamDecoratorContextManager(_DecoratorContextManager):
    """The same for classes without arguments: ``@no_grad`` works without brackets."""

    @overload
    def __new__(cls, orig_func: _Function) -> _Function: ...  # type: ignore[misc]

    @overload
    def __new__(cls: type[_Manager], orig_func: None = None) -> _Manager: ...

    def __new__(cls, orig_func: Callable | None = None) -> Any:
        if orig_func is None:
            return object.__new__(cls)
        return cls()(orig_func)

"""``__torch_function__``: how other classes take part in torch functions.

Compiled functions find overloaded arguments by themselves; Python functions ask
``has_torch_function`` and then leave the call to ``handle_torch_function``. A
``TorchFunctionMode`` sees every such call in a ``with`` block, whatever the arguments.
"""

from __future__ import annotations

import contextlib
import functools
import types
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, Callable

import torch
from torch._C import (
    _disabled_torch_function_impl,
    _get_function_stack_at,
    _has_torch_function as has_torch_function,
    _has_torch_function_unary as has_torch_function_unary,
    _has_torch_function_variadic as has_torch_function_variadic,
    _is_torch_function_enabled,
    _is_torch_function_mode_enabled,
    _len_torch_function_stack,
    _pop_torch_function_stack,
    _push_on_torch_function_stack,
)

__all__ = [
    "enable_reentrant_dispatch",
    "get_default_nowrap_functions",
    "get_ignored_functions",
    "get_overridable_functions",
    "get_testing_overrides",
    "handle_torch_function",
    "has_torch_function",
    "has_torch_function_unary",
    "has_torch_function_variadic",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]

# ------------------------------------------------------------------ dispatch


def _get_overloaded_args(
    relevant_args: Iterable[Any], get_type_fn: Callable[[Any], type] = type
) -> list[Any]:
    """Return one argument per class that overrides, subclasses before their bases."""
    if not _is_torch_function_enabled():
        return []
    chosen: list[Any] = []
    seen: set[type] = set()
    for arg in relevant_args:
        kind = get_type_fn(arg)
        override = getattr(kind, "__torch_function__", None)
        if kind in seen or override in (None, _disabled_torch_function_impl):
            continue
        seen.add(kind)
        later = (
            i for i, other in enumerate(chosen) if issubclass(kind, get_type_fn(other))
        )
        chosen.insert(next(later, len(chosen)), arg)
    return chosen


def handle_torch_function(
    public_api: Callable, relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """Let modes and arguments that override ``__torch_function__`` answer a call.

    Args:
        public_api: the function that was called, as users name it.
        relevant_args: the arguments that may override.
        *args: all positional arguments of the call.
        **kwargs: its keyword arguments.

    Raises:
        TypeError: all of them returned NotImplemented.

    Example:
        >>> def twice(x):
        ...     if torch.overrides.has_torch_function_unary(x):
        ...         return torch.overrides.handle_torch_function(twice, (x,), x)
        ...     return x + x
    """
    overloaded = _get_overloaded_args(relevant_args)
    kinds = tuple(map(type, overloaded))
    if _is_torch_function_mode_enabled():
        # The mode is off while it runs, so that its own calls do not come back to it.
        with _pop_mode_temporarily() as mode:
            result = mode.__torch_function__(public_api, kinds, args, kwargs)
        if result is not NotImplemented:
            return result
    for arg in overloaded:
        override = arg.__torch_function__
        if getattr(override, "__self__", None) is arg:
            warnings.warn(
                "Defining your `__torch_function__ as a plain method is deprecated and "
                "will be an error in future, please define it as a classmethod.",
                DeprecationWarning,
                stacklevel=2,
            )
        result = override(public_api, kinds, args, kwargs)
        if result is not NotImplemented:
            return result
    text = (
        f"no implementation found for '{public_api.__module__}.{public_api.__name__}' "
        f"on types that implement __torch_function__: {list(kinds)}"
    )
    if _is_torch_function_mode_enabled():
        text += f" nor in mode {_get_current_function_mode()}"
    raise TypeError(text)


def wrap_torch_function(dispatcher: Callable) -> Callable:
    """Decorate a function so that its arguments may override it.

    Args:
        dispatcher: takes the function's arguments, returns those that may override.

    Example:
        >>> @torch.overrides.wrap_torch_function(lambda x: (x,))
        ... def twice(x):
        ...     return x + x
    """

    def decorate(func: Callable) -> Callable:
        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return func(*args, **kwargs)

        return wrapped

    return decorate


def is_tensor_like(inp: Any) -> bool:
    """Say whether an object is a tensor or overrides torch functions.

    Args:
        inp: any object.

    Example:
        >>> torch.overrides.is_tensor_like(torch.ones(1))
        True
    """
    return type(inp) is torch.Tensor or hasattr(inp, "__torch_function__")


# ------------------------------------------------------------------ modes


class TorchFunctionMode:
    """See every torch function call in a ``with`` block.

    Subclasses override ``__torch_function__(self, func, types, args, kwargs)``; inside
    it the mode is off.

    Example:
        >>> class Counter(torch.overrides.TorchFunctionMode):
        ...     calls = 0
        ...     def __torch_function__(self, func, types, args=(), kwargs=None):
        ...         Counter.calls += 1
        ...         return func(*args, **(kwargs or {}))
        >>> with Counter():
        ...     _ = torch.ones(1) + 1
        >>> Counter.calls
        2
    """

    inner: TorchFunctionMode

    def __torch_function__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: Any = None
    ) -> Any:
        raise NotImplementedError

    def __enter__(self) -> TorchFunctionMode:
        _push_mode(self)
        return self

    def __exit__(self, *exc: object) -> None:
        _pop_mode()

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> TorchFunctionMode:
        """Make a mode; the old spelling of calling the class."""
        warnings.warn(
            "`Mode.push()` is no longer necessary and can be replaced with just "
            "`with Mode()`",
            stacklevel=2,
        )
        return cls(*args, **kwargs)


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that changes nothing."""

    def __torch_function__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: Any = None
    ) -> Any:
        return func(*args, **(kwargs or {}))


def _get_current_function_mode() -> TorchFunctionMode | None:
    depth = _len_torch_function_stack()
    return _get_function_stack_at(depth - 1) if depth > 0 else None


def _get_current_function_mode_stack() -> list[TorchFunctionMode]:
    return [_get_function_stack_at(i) for i in range(_len_torch_function_stack())]


def _push_mode(mode: TorchFunctionMode) -> None:
    _push_on_torch_function_stack(mode)


def _pop_mode() -> TorchFunctionMode:
    return _pop_torch_function_stack()


@contextlib.contextmanager
def _pop_mode_temporarily() -> Iterator[TorchFunctionMode]:
    mode = _pop_mode()
    try:
        yield mode
    finally:
        _push_mode(mode)


@contextlib.contextmanager
def enable_reentrant_dispatch() -> Iterator[None]:
    """Allow ``__torch_dispatch__`` to be entered again; there is none yet."""
    yield


# ------------------------------------------------------------------ what can be
# overridden

# Functions without tensor arguments, or that make tensors from something else.
_IGNORED_FUNCTIONS = (
    "arange as_strided as_tensor asarray bartlett_window blackman_window "
    "broadcast_shapes can_cast clear_autocast_cache cond default_generator device "
    "dtype empty empty_permuted empty_strided enable_grad eye fill finfo from_dlpack "
    "from_file from_numpy frombuffer full get_default_device get_default_dtype "
    "get_deterministic_debug_mode get_device_module get_float32_matmul_precision "
    "get_num_interop_threads get_num_threads get_rng_state hamming_window hann_window "
    "iinfo inference_mode initial_seed is_anomaly_enabled is_autocast_cache_enabled "
    "is_autocast_enabled is_deterministic_algorithms_warn_only_enabled is_grad_enabled "
    "is_inference_mode_enabled is_storage is_tensor is_warn_always_enabled "
    "kaiser_window layout linspace load logspace manual_seed memory_format no_grad "
    "normal ones promote_types rand rand_like randint randint_like randn randn_like "
    "randperm range result_type save scalar_tensor seed set_anomaly_enabled "
    "set_autocast_enabled set_default_device set_default_tensor_type "
    "set_deterministic_debug_mode set_float32_matmul_precision set_flush_denormal "
    "set_grad_enabled set_num_interop_threads set_num_threads set_printoptions "
    "set_rng_state set_warn_always sparse_coo_tensor tensor tril_indices triu_indices "
    "typename use_deterministic_algorithms vander vmap zeros "
    "are_deterministic_algorithms_enabled"
)
_IGNORED_METHODS = (
    "__delattr__ __setattr__ __torch_function__ __torch_dispatch__ __new__ __class__ "
    "__subclasshook__ __hash__ as_subclass reinforce new new_tensor new_empty "
    "new_empty_strided new_zeros new_ones new_full _make_subclass stride unflatten "
    "_typed_storage _reduce_ex_internal _deepcopy_data _view_func "
    "_make_wrapper_subclass"
)


def _present(owner: Any, names: str) -> set[Callable]:
    found = (getattr(owner, name, None) for name in names.split())
    return {f for f in found if f is not None}


@functools.cache
def get_ignored_functions() -> set[Callable]:
    """Return public functions that ``__torch_function__`` never sees."""
    functions = _present(torch, _IGNORED_FUNCTIONS)
    return functions | _present(torch.Tensor, _IGNORED_METHODS)


@functools.cache
def get_default_nowrap_functions() -> set[Callable]:
    """Return getters whose result is kept as it is by the default override.

    They hand out a stored tensor, whose identity must not change: ``x.grad is x.grad``.
    """
    tensor: Any = torch.Tensor
    return {tensor._base.__get__, tensor.grad.__get__, tensor._grad.__get__}


@functools.cache
def _get_overridable_functions() -> tuple[dict[Any, list[Callable]], dict[Any, str]]:
    """Return what can be overridden by namespace, and the dotted name of each."""
    overridable: dict[Any, list[Callable]] = {}
    names: dict[Any, str] = {}
    for path, space in _namespaces():
        # Not dir(torch): that names submodules which load when they are touched.
        for name in torch.__all__ if space is torch else dir(space):
            value = getattr(space, name)
            if space is torch.Tensor:
                hidden = getattr(object, name, None) is value or name == "__weakref__"
            else:
                hidden = name.startswith("__") or isinstance(value, types.ModuleType)
            if hidden:
                continue
            private = space is not torch.Tensor and (
                name.startswith("_") or name.endswith("_") or not name[0].islower()
            )
            if not callable(value) and hasattr(value, "__get__"):
                names[value.__get__] = f"{path}.{name}.__get__"
                names[value.__set__] = f"{path}.{name}.__set__"
                home, api = value, value.__get__
            elif callable(value) and getattr(value, "__hash__", None):
                names[value] = f"{path}.{name}"
                home, api = space, value
            else:
                continue
            if not private and api not in get_ignored_functions():
                overridable.setdefault(home, []).append(api)
    return overridable, names


def _namespaces() -> Iterator[tuple[str, Any]]:
    yield "torch", torch
    for path in ("functional", "nn.functional", "nn.init"):
        yield f"torch.{path}", functools.reduce(getattr, path.split("."), torch)
    yield "torch.Tensor", torch.Tensor
    for path in ("linalg", "fft", "special"):
        space = getattr(torch, path, None)
        if space is not None:
            yield f"torch.{path}", space


def get_overridable_functions() -> dict[Any, list[Callable]]:
    """Return the functions that ``__torch_function__`` may override, by namespace.

    Example:
        >>> torch.add in torch.overrides.get_overridable_functions()[torch]
        True
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _get_overridable_functions()[0]


@functools.cache
def get_testing_overrides() -> dict[Callable, Callable]:
    """Return a function that gives -1 for each that can be overridden, for tests."""
    groups = get_overridable_functions().values()
    return {f: lambda *args, **kwargs: -1 for group in groups for f in group}


def resolve_name(f: Callable) -> str | None:
    """Return the dotted name of a function passed to ``__torch_function__``.

    Args:
        f: the function.

    Example:
        >>> torch.overrides.resolve_name(torch.Tensor.add)
        'torch.Tensor.add'
    """
    if isinstance(f, (torch._ops.OpOverload, torch._ops.OpOverloadPacket)):
        return str(f)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _get_overridable_functions()[1].get(f)


@functools.cache
def _get_tensor_methods() -> set[Callable]:
    return set(get_overridable_functions()[torch.Tensor])


def is_tensor_method_or_property(func: Callable) -> bool:
    """Say whether a function passed to ``__torch_function__`` is a method or a getter.

    Args:
        func: the function.

    Example:
        >>> torch.overrides.is_tensor_method_or_property(torch.Tensor.add)
        True
    """
    return func in _get_tensor_methods() or func.__name__ == "__get__"
